import test from 'ava';
import { faultOf, type Reentry, reentries } from '../support/reentry.ts';

/** So many pools at a time. */
const TOGETHER = 8;

/** Workers take their time to start: but for `STATEPOOL_REENTRY=all` one of so many combinations is tried on each host. */
const SHARE = process.env.STATEPOOL_REENTRY === 'all' ? 1 : 12;

for (const host of ['inline', 'thread', 'process'] as const) {
  test(`${host}: any hook may call any method of its pool in the midst of the work`, async (t) => {
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
