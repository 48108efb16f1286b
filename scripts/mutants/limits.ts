import type { Mutant } from './mutant.ts';

/**
 * Seeded bugs in the limits of tasks and workers: times, recycling, heartbeats, the number of workers and of their
 * deaths.
 */
export const limits: readonly Mutant[] = [
  {
    name: 'time-runs-while-waiting',
    file: 'actors/tasks/time-limits.ts',
    from: '  waits.clear(entry);\n',
    to: '',
    breaks: 'A task that is performed fails because it waits too long.',
    catchers: ['tests/actors/tasks/timeout.test.ts'],
  },
  {
    name: 'time-is-never-over',
    file: 'actors/platform/deadlines.ts',
    from: 'if (due > now) return this.#wait(line, Math.ceil(due - now));',
    to: 'if (due > 0) return;',
    breaks: 'A timeout never fires.',
    catchers: ['tests/actors/tasks/timeout.test.ts'],
  },
  {
    name: 'worn-worker-stays',
    file: 'actors/workers/health.ts',
    from: '>= tasks || this.#memory',
    to: '> tasks || this.#memory',
    breaks: 'A worker performs one task more than it may.',
    catchers: ['tests/actors/workers/recycle.test.ts'],
  },
  {
    name: 'memory-of-nobody',
    file: 'actors/workers/health.ts',
    from: 'this.#memory = bytes;',
    to: 'this.#memory = 0;',
    breaks: 'A worker is never ended for its memory.',
    catchers: ['tests/actors/workers/recycle.test.ts'],
  },
  {
    name: 'follow-ups-of-the-worn',
    file: 'actors/workers/pending-verdict.ts',
    from: '!hasFollowUps && isWorn',
    to: 'isWorn',
    breaks: 'A worker ends though its follow-ups need its competence.',
    catchers: ['tests/actors/workers/recycle.test.ts'],
  },
  {
    name: 'no-sign-no-end',
    file: 'actors/workers/health.ts',
    from: "if (this.#isAwaited) return this.#connection.kill('unresponsive');",
    to: 'if (this.#isAwaited) return;',
    breaks: 'A worker that is stopped is never found.',
    catchers: ['tests/actors/workers/heartbeat.test.ts'],
  },
  {
    name: 'signs-of-nobody',
    file: 'actors/workers/link.ts',
    from: '    this.#health?.heard();\n',
    to: '',
    breaks: 'A worker that answers is taken for one that does not.',
    catchers: ['tests/actors/workers/heartbeat.test.ts'],
  },
  {
    name: 'no-demand',
    file: 'machines/rules/decide.ts',
    from: 'seats.size + waiting.size + Math.max(0, wanted)',
    to: 'seats.size + waiting.size',
    breaks: 'A pool that may be smaller never grows.',
    catchers: ['tests/machines/rules/decide.test.ts'],
  },
  {
    name: 'all-retire',
    file: 'machines/rules/ending.ts',
    from: 'if (living > leastOf(pool)) end(pool, seat, effects);',
    to: 'end(pool, seat, effects);',
    breaks: 'Workers end below minSize.',
    catchers: ['tests/machines/rules/decide.test.ts'],
  },
  {
    name: 'given-up-and-working',
    file: 'machines/rules/take.ts',
    from: ' || pool.degraded !== undefined) return false;',
    to: ') return false;',
    breaks: 'A pool that has given up begins another task.',
    catchers: ['tests/actors/workers/intensity.test.ts'],
  },
  {
    name: 'no-history',
    file: 'actors/tasks/settlement.ts',
    from: 'entry.failures = [...died.history, died];',
    to: 'entry.failures = [];',
    breaks: 'A task that ends every worker has no history.',
    catchers: ['tests/actors/workers/intensity.test.ts'],
  },
  {
    name: 'reaper-forgets-all',
    file: 'actors/hosts/orphan-reaper.ts',
    from: 'kill -9 $pid',
    to: 'true',
    breaks: 'A worker that loops outlives its killed program.',
    catchers: ['tests/actors/workers/stubborn.test.ts'],
  },
];
