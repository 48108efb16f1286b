import type { Mutant } from './mutant.ts';

const ATTEMPTS = ['tests/actors/tasks/attempts.test.ts'];

/** Bugs in the attempts at a task. */
export const attempts: readonly Mutant[] = [
  {
    name: 'one-attempt-more',
    file: 'actors/tasks/attempts.ts',
    from: 'entry.failed + 1 < most',
    to: 'entry.failed < most',
    breaks: 'A task gets one attempt more than it has.',
    catchers: ATTEMPTS,
  },
  {
    name: 'attempts-forgotten-by-the-journal',
    file: 'actors/tasks/durable-run.ts',
    from: '    entry.failed = failed;\n',
    to: '',
    breaks: 'A task gets all its attempts again after a crash of the program.',
    catchers: ATTEMPTS,
  },
  {
    name: 'idle-while-delayed',
    file: 'machines/rules/progress.ts',
    from: ' && pool.delayed.size === 0) {',
    to: ') {',
    breaks: 'A pool says that it is idle while a task waits for its next attempt.',
    catchers: ATTEMPTS,
  },
  {
    name: 'close-before-the-attempts',
    file: 'machines/rules/decide.ts',
    from: 'if (queue.length > 0 || delayed.size > 0 || busy > 0) return false;',
    to: 'if (queue.length > 0 || busy > 0) return false;',
    breaks: 'close ends a pool while a task waits for its next attempt.',
    catchers: ['tests/actors/tasks/attempts.test.ts', 'tests/testing/exploring/explore.test.ts'],
  },
  {
    name: 'delayed-is-not-cancelled',
    file: 'machines/rules/decide.ts',
    from: "  if (entry.place === 'queued' || entry.place === 'delayed') leave(pool, entry);",
    to: "  if (entry.place === 'queued') leave(pool, entry);",
    breaks: 'A cancelled task comes back when its wait is over.',
    catchers: ['tests/testing/exploring/explore.test.ts'],
  },
  {
    name: 'hook-hears-of-each-attempt',
    file: 'actors/tasks/settlement.ts',
    from: 'if (hasAttempts(core, entry) && !entry.isSpent) {',
    to: 'if (hasAttempts(core, entry) && !entry.isSpent && callHook(core, entry, died) !== null) {',
    breaks: "The kind's hook is called for a death after which the task is performed again.",
    catchers: ATTEMPTS,
  },
];
