import test from 'ava';
import { runWithCollector } from '../../support/script.ts';

/** The number of things that come and go, and the noise of the heap, in bytes for each. */
const CASES = {
  workers: [10_000, 30],
  tasks: [6000, 60],
  keys: [6000, 60],
  pools: [200, 4000],
  signals: [6000, 60],
  pauses: [6000, 60],
  resizes: [6000, 60],
  feedbacks: [6000, 60],
} as const;

for (const [what, [times, most]] of Object.entries(CASES)) {
  // One at a time: together they would slow one another down.
  test.serial(`the memory of ${times} past ${what} is given back: at most ${most} bytes stay for each`, async (t) => {
    const { code, stdout, stderr } = await runWithCollector('grow.js', 'inline', what, String(times));
    t.is(stderr, '');
    t.is(code, 0);
    t.true(Number(stdout) < most, `${stdout.trim()} bytes each`);
  });
}
