/**
 * The scene of most rows: one worker, A does that deed, B and C wait behind it, D comes when they have settled or never will.
 * `open` are options of the pool, `more` further properties of A's task; `during` is called once all three are given, `last`
 * when all is over.
 */
export function behind(deed, { open, more, during, last } = {}) {
  return async (scene) => {
    scene.open(open);
    scene.submit('A', deed, { more });
    scene.submit('B');
    scene.submit('C');
    await during?.(scene);
    await scene.settled('A', 'B', 'C');
    scene.mark();
    scene.submit('D');
    await scene.settled('A', 'B', 'C', 'D');
    await last?.(scene);
  };
}

/** What is wanted of the others in that scene. */
export const others = { B: 'done', C: 'done', D: 'done' };
