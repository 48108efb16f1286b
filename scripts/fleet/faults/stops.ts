import { until } from '../../../tests/support/engines/hands.ts';
import { manyTasks, note, pause, SOON, type TrialCase, within } from './trial.ts';

const TASKS = 400;

/** Stops a node for longer than its leases last, and lets it go on. */
export const stops: TrialCase = {
  name: 'stops',
  title: 'SIGSTOP of a node in the middle of its tasks, SIGCONT later',
  async run(ground, { stop }) {
    const stopped = await ground.node();
    const fleet = await ground.submitter();
    const { results, findings } = manyTasks(ground, fleet, TASKS, 25);
    // These two run for longer than another node needs to start, and end before this one goes on: only their ends are late.
    const late = Promise.all(
      ['a', 'b'].map((key) => fleet.run({ key, value: key, ms: stop / 3, log: ground.log }, { id: key, priority: 1 })),
    );
    await until(() => ['a', 'b'].every((key) => ground.begins().some((begin) => begin.key === key)));
    await ground.node();
    const at = Date.now();
    stopped.child.kill('SIGSTOP');
    const begunElsewhere = () =>
      ground.begins().filter(({ key, node }) => Number.isNaN(Number(key)) && node !== stopped.child.pid);
    await until(() => begunElsewhere().length === 2);
    const elsewhere = Math.max(...begunElsewhere().map((begin) => begin.at)) - at;
    await Promise.all([results, late]);
    await pause(Math.max(0, at + stop - Date.now()));
    stopped.child.kill('SIGCONT');
    const refused = () => stopped.words().split("is another node's now").length - 1;
    const back = Date.now();
    await until(() => refused() >= 2 || Date.now() - back > 2 * SOON);
    const after = Array.from({ length: 20 }, (_, i) =>
      fleet.run({ key: `after ${i}`, value: i, ms: 25, log: ground.log }),
    );
    await Promise.all(after);
    return [
      within('its tasks began elsewhere', elsewhere, SOON),
      { promise: 'its late ends are refused', isKept: refused() >= 2, figures: `${refused()}` },
      ...(await findings(2 + 20)),
      note('it was stopped for', `${Math.round((back - at) / 1000)} s`),
    ];
  },
};
