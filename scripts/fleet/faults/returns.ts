import { until } from '../../../tests/support/engines/hands.ts';
import { equal, note, pause, type TrialCase } from './trial.ts';

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
    const ends: string[] = [];
    fleet.on('task', ({ id }) => ends.push(id));
    const run = (ms: number) => (key: number) => fleet.run({ key, value: key, ms, log: ground.log }, { id: `t${key}` });
    const quick = Array.from({ length: TASKS }, (_, i) => i).map(run(40));
    // Some tasks run for longer than the engine is away, and others end meanwhile.
    const slow = [TASKS, TASKS + 1].map(run(2 * AWAY));
    await until(() => ends.length > TASKS / 4);
    await ground.engine.kill();
    await pause(AWAY);
    await ground.engine.start();
    await Promise.race([Promise.all([...quick, ...slow]), pause(60_000)]);
    return [
      equal('unsettled tasks', TASKS + 2 - new Set(ends).size, 0),
      equal('ends', ends.length, TASKS + 2),
      note('begun more than once', `${ground.begunTwice()} tasks`),
    ];
  },
};
