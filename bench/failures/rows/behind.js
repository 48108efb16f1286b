/**
 * Makes the experiment of most rows: one worker, A does that deed, B and C wait behind it, and D comes when they have
 * settled or when patience is over. `open` are options of the pool, `more` further properties of A's task. `during` is
 * called once all three are submitted, `last` at the end.
 */
export function behind(deed, { open, more, during, last } = {}) {
  return async (experiment) => {
    experiment.open(open);
    experiment.submit('A', deed, { more });
    experiment.submit('B');
    experiment.submit('C');
    await during?.(experiment);
    await experiment.settled('A', 'B', 'C');
    experiment.mark();
    experiment.submit('D');
    await experiment.settled('A', 'B', 'C', 'D');
    await last?.(experiment);
  };
}

/** The wanted ends of the other tasks in that experiment. */
export const others = { B: 'done', C: 'done', D: 'done' };
