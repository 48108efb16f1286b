import { until } from '../../../tests/support/engines/hands.ts';
import { equal, manyTasks, note, pause, type TrialCase } from './trial.ts';

/** A short lease: it runs out while the engine is away. In ms. */
const LEASE = 1000;
const AWAY = 1500;

const TASKS = 60;

/** Lets the leases of the only node run out while the engine is away: they come back to the node that runs their tasks. */
export const returns: TrialCase = {
  name: 'returns',
  title: 'leases run out while the engine is away, and come back to their own node',
  async run(ground) {
    await ground.node(['--lease', String(LEASE), '--ahead', '4']);
    const fleet = await ground.submitter({ lease: LEASE });
    const { ends, results } = manyTasks(ground, fleet, TASKS, 40);
    // Some tasks run for longer than the engine is away, and others end meanwhile.
    const slow = ['a', 'b'].map((key) => fleet.run({ key, ms: 2 * AWAY, log: ground.log }, { id: key }));
    await until(() => ends.length > TASKS / 4);
    await ground.engine.kill();
    await pause(AWAY);
    await ground.engine.start();
    await Promise.race([Promise.all([results, ...slow]), pause(60_000)]);
    return [
      equal('unsettled tasks', TASKS + 2 - new Set(ends.map(({ id }) => id)).size, 0),
      equal('ends', ends.length, TASKS + 2),
      note('begun more than once', `${ground.begunTwice()} tasks`),
    ];
  },
};
