import { until } from '../../../tests/support/engines/hands.ts';
import { startProxy } from '../../../tests/support/engines/proxy.ts';
import { manyTasks, note, type TrialCase, within } from './trial.ts';

/** The time without an answer after which a node gives a connection up, by default. In ms. */
const ANSWER = 3000;

/** The most time beyond it in which the node works again. In ms. */
const MORE = 2000;

const TASKS = 200;

/** Lets all connections of a node die in silence: what they send goes nowhere, and nothing comes back. */
export const holes: TrialCase = {
  name: 'holes',
  title: 'the connections of the only node die in silence; new ones work',
  async run(ground) {
    const proxy = await startProxy(ground.engine.port);
    try {
      const node = await ground.node([], ground.engine.urlAt(proxy.port));
      const fleet = await ground.submitter();
      const { ends, findings } = manyTasks(ground, fleet, TASKS, 25);
      await until(() => ends.length > TASKS / 4);
      const at = Date.now();
      proxy.swallow();
      proxy.heal();
      const known = new Set(ground.begins().map(({ key }) => key));
      const begunSince = () => ground.begins().find(({ key }) => !known.has(key));
      await until(() => begunSince() !== undefined);
      const works = (begunSince()?.at ?? 0) - at;
      return [
        within('the node begins tasks again', works, ANSWER + MORE),
        ...(await findings()),
        note('begun more than once', `${ground.begunTwice()} tasks`),
        note('the node', node.child.exitCode === null ? 'lives' : 'has ended'),
      ];
    } finally {
      await proxy.close();
    }
  },
};
