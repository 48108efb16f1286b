import test from 'ava';
import type { TaskOutcome } from 'statepool';
import { echo, type Job, jobs } from '../../support/jobs.ts';
import { codes } from '../../support/outcome.ts';
import { type AnyPool, onEveryHost } from '../../support/pool.ts';
import { faultOf, type Reentry, reentries } from '../../support/reentry.ts';

/** The number of pools at a time. */
const TOGETHER = 8;

/**
 * The part of the combinations that is tried on each host, because workers start slowly: one in so many, or all with
 * `STATEPOOL_REENTRY=all`.
 */
const SHARE = process.env.STATEPOOL_REENTRY === 'all' ? 1 : 12;

for (const host of ['inline', 'thread', 'process'] as const) {
  test(`${host}: any hook may call any method of its pool during the work`, async (t) => {
    t.timeout(600_000);
    const all = reentries(host);
    const first = Math.floor(Math.random() * SHARE);
    const left = all.filter((_, i) => i % SHARE === first);
    t.log(`${left.length} of ${all.length} combinations of a hook, a method and a window, from the ${first}th on`);
    const faults: string[] = [];
    const work = async () => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        const fault = await faultOf(next);
        if (fault !== undefined) faults.push(`${nameOf(next)}: ${fault}`);
      }
    };
    await Promise.all(Array.from({ length: TOGETHER }, work));
    t.deepEqual(faults, []);
  });
}

function nameOf({ hook, method, window }: Reentry): string {
  return `${method} in ${hook}, window ${window}`;
}

for (const hook of ['requestOfTask', 'taskMatch'] as const) {
  for (const method of ['destroy', 'cancelAll', 'close'] as const) {
    onEveryHost(
      `${method} in ${hook}, while a busy worker takes its next task, settles every task once`,
      async (t, open) => {
        const calls: unknown[] = [];
        const act = () => {
          // The first answer has come: the worker takes the next task by itself.
          if (calls.length === 0 && pool.stats.completed === 1) calls.push(pool[method]());
        };
        const kind = jobs({
          requestOfTask(_status, { verdict, ...request }) {
            if (hook === 'requestOfTask') act();
            return request;
          },
          taskMatch() {
            if (hook === 'taskMatch') act();
            return true;
          },
        });
        const pool: AnyPool = open(kind);
        const reported: unknown[] = [];
        pool.on('task', ({ task }: TaskOutcome) => reported.push((task as Job).value));
        const ends = await codes([0, 1, 2].map((value) => pool.run(echo(value))));
        await Promise.all([...calls, pool.destroy()]);
        t.is(calls.length, 1);
        t.is(ends[0], 'done');
        t.deepEqual(reported.toSorted(), [0, 1, 2]);
        t.is(pool.stats.pending, 0);
      },
    );
  }
}
