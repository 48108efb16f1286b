import { once } from 'node:events';
import { until } from '../../../tests/support/engines/hands.ts';
import { killed } from '../ground.ts';
import { equal, type TrialCase } from './trial.ts';

const TASKS = 200;

/** Kills a submitter in the middle of its tasks, and starts it again: it submits the same ids. */
export const returning: TrialCase = {
  name: 'submitters',
  title: 'kill -9 of a submitter in the middle of its tasks; it comes back with their ids',
  async run(ground) {
    await ground.node();
    const first = new Set<unknown>();
    const dying = ground.submitterProcess(TASKS);
    dying.on('message', (line) => first.add(line));
    await until(() => first.size > TASKS / 3);
    await killed(dying);
    const outcomes = new Set<unknown>();
    const second = ground.submitterProcess(TASKS);
    second.on('message', (line) => outcomes.add(line));
    const [code] = await once(second, 'exit');
    const right = Array.from({ length: TASKS }, (_, i) => `job ${i}: ${i}`).filter((line) => outcomes.has(line)).length;
    const begun = ground.begins().length;
    return [
      equal(`outcomes, ${first.size} of which it had got before its death`, right, TASKS),
      equal('begins of tasks', begun, TASKS),
      { promise: 'it ends by itself', isKept: code === 0, figures: `exit code ${code}` },
    ];
  },
};
