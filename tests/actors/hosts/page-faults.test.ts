import test from 'ava';
import { runScript } from '../../support/script.ts';

/** More than the noise. If glibc gives freed memory back, a request of 1 MB causes over 70 page faults. */
const MOST = 20;

const { header } = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } };
/** From Node 24 on the gain is smaller, and differs from run to run. */
const isSteady = Number.parseInt(process.versions.node, 10) < 24;
const withGlibc = header?.glibcVersionRuntime !== undefined && isSteady ? test : test.skip;

for (const where of ['request', 'both']) {
  withGlibc(
    `a thread's large buffers in ${where === 'both' ? 'request and answer' : where} get the memory of freed ones`,
    async (t) => {
      const { code, stdout, stderr } = await runScript('page-faults.js', 'thread', where);
      t.is(stderr, '');
      t.is(code, 0);
      t.true(Number(stdout) < MOST, `${stdout.trim()} page faults a task`);
    },
  );
}
