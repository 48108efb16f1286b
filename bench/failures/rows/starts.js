/** How long a pool may go on trying before it says that it cannot: longer than patience with a task. In ms. */
const GIVING_UP = 12_000;

/** Workers that do not come up. */
export const starts = [
  {
    name: 'broken-file',
    title: "the worker's module throws while it loads",
    expects: 'A and B reject, and the reason is said',
    start: 'throw',
    wants: { A: 'rejects', B: 'rejects' },
    ours: { A: 'DEGRADED', B: 'DEGRADED' },
    play: two,
    judge: ({ tasks: { A } }) =>
      A.state === 'rejected' && !A.error.told?.includes('broken on purpose') ? ['A does not say why'] : [],
  },
  {
    name: 'dies-at-start',
    title: 'the worker exits while it loads',
    expects: 'A and B reject',
    start: 'exit',
    wants: { A: 'rejects', B: 'rejects' },
    ours: { A: 'DEGRADED', B: 'DEGRADED' },
    play: two,
  },
  {
    name: 'first-start-dies',
    title: 'the first worker exits while it loads, the next ones are well',
    expects: 'A and B settle, C is done',
    start: 'exit-once',
    wants: { A: 'settles', B: 'settles', C: 'done' },
    ours: { A: 'done', B: 'done' },
    async play(scene) {
      await two(scene);
      scene.mark();
      scene.submit('C');
      await scene.settled('C');
    },
  },
];

async function two(scene) {
  try {
    scene.open();
  } catch (error) {
    scene.note('refused', String(error));
    return;
  }
  scene.submit('A');
  scene.submit('B');
  const isSettled = () => ['A', 'B'].every((name) => scene.observation.tasks[name].state !== 'pending');
  await scene.until(isSettled, GIVING_UP);
}
