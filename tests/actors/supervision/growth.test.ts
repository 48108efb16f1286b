import test from 'ava';
import { runWithCollector } from '../../support/script.ts';

/** The noise of the heap, in bytes for each of thousands of things. */
const MOST = 60;

for (const what of ['workers', 'tasks', 'signals', 'pauses', 'resizes', 'feedbacks']) {
  test(`a pool keeps no memory of past ${what}`, async (t) => {
    const { code, stdout, stderr } = await runWithCollector('grow.js', 'inline', what);
    t.is(stderr, '');
    t.is(code, 0);
    t.true(Number(stdout) < MOST, `${stdout.trim()} bytes each`);
  });
}
