import { until } from '../../../tests/support/engines/hands.ts';
import { type Ground, killed, type NodeProcess } from '../ground.ts';
import { type Finding, manyTasks, note, pause, SOON, type TrialCase, within } from './trial.ts';

const TASKS = 2000;

/** The time that a task takes: all take about 10 s, so that the death of a node is over before that of the engine. In ms. */
const MS = 30;

/** The time for which the engine is away. In ms. */
const AWAY = 1000;

/** Kills a node, and later the engine, in the middle of many tasks. */
export const kills: TrialCase = {
  name: 'kills',
  title: `kill -9 of a node, then of the engine, in the middle of ${TASKS} tasks`,
  async run(ground) {
    const nodes = await Promise.all([ground.node(), ground.node(), ground.node()]);
    const fleet = await ground.submitter();
    const { ends, results, findings } = manyTasks(ground, fleet, TASKS, MS);
    await until(() => ends.length > TASKS / 4);
    const death = await killNode(ground, nodes[0] as NodeProcess, () => new Set(ends.map(({ id }) => id)));
    await until(() => ends.length > TASKS / 2);
    await ground.engine.kill();
    await pause(AWAY);
    const before = ends.length;
    const started = Date.now();
    await ground.engine.start();
    const back = Date.now();
    await results;
    const first = Math.max(back, ends[before]?.at ?? back);
    return [
      death,
      within('first result after the return of the engine', first - back, SOON),
      ...(await findings()),
      note('the engine needed to start', `${back - started} ms`),
      note('ended before the engine was killed', `${before}`),
      note('begun more than once', `${ground.begunTwice()} tasks`),
    ];
  },
};

/** Kills a node, and waits until the tasks that it had begun have begun elsewhere, or have ended after all. */
async function killNode(ground: Ground, { child }: NodeProcess, ended: () => Set<string>): Promise<Finding> {
  const at = Date.now();
  await killed(child);
  const before = ended();
  const left = ground.begins().filter(({ key, node }) => node === child.pid && !before.has(`t${key}`));
  const again = new Map<string, number>();
  await until(() => {
    const ends = ended();
    for (const { key, node, at: begun } of ground.begins()) if (node !== child.pid) again.set(key, begun);
    return left.every(({ key }) => again.has(key) || ends.has(`t${key}`));
  });
  const begun = left.flatMap(({ key }) => again.get(key) ?? []);
  return within(`${begun.length} tasks of the dead node began elsewhere`, Math.max(at, ...begun) - at, SOON);
}
