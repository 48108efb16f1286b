import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { root } from '../../support/sources.ts';

/** The longest run of one subject, in ms. A longer run hangs. */
const LIMIT = 90_000;

const load = (path: string) => import(pathToFileURL(join(root, path)).href);

interface Figures {
  us: number;
  ms: number;
  mib: number;
  bytes: number;
  more: { tasks: number };
}

/** Runs a subject under a workload, as a row does; returns its figures. */
function measure(t: ExecutionContext, subject: string, workload: string, options: object) {
  t.timeout(LIMIT);
  const args = ['--expose-gc', 'bench/child.js', subject, workload, '1', JSON.stringify({ ...options, isQuick: true })];
  return new Promise<Figures>((resolve, reject) => {
    execFile(process.execPath, args, { cwd: root, timeout: LIMIT, encoding: 'utf8' }, (error, stdout) => {
      if (error !== null) reject(error);
      else resolve(JSON.parse(stdout.trim().split('\n').at(-1) as string));
    });
  });
}

for (const host of ['thread', 'process']) {
  test(`a whole program on a ${host} has a time and a peak of memory`, async (t) => {
    const { ms, mib, us } = await measure(t, 'statepool', 'program', { host, runs: 1 });
    t.true(ms > 0);
    t.is(us, ms * 1000);
    t.true(mib > 10 && mib < 1000);
  });
}

test('a low rate has as many tasks as ticks', async (t) => {
  const { more, us } = await measure(t, 'statepool', 'rate', { gap: 1, ms: 100 });
  t.is(more.tasks, 100);
  t.true(us > 0);
});

test('the first tasks of a pool are counted, or measured for some time', async (t) => {
  t.true((await measure(t, 'statepool', 'first', { count: 5 })).us > 0);
  t.true((await measure(t, 'statepool', 'first', { ms: 5 })).us > 0);
});

test('the elements of a map, and ended workers, have a size', async (t) => {
  t.true(Number.isFinite((await measure(t, 'statepool', 'mapHeap', { queued: 1000 })).bytes));
  t.true(Number.isFinite((await measure(t, 'statepool one-shot inline', 'endedWorkers', { count: 10 })).bytes));
});

test('the queue alone is measured behind refused tasks', async (t) => {
  for (const subject of ['queue by cursor', 'queue by keys']) {
    const { us } = await measure(t, subject, 'dispatch', { dispatches: 100, refused: [10, 100, 1000], main: 100 });
    t.true(us > 0);
  }
});

test('a pipe gives answers of any size back in order', async (t) => {
  const { subjects } = await load('bench/subjects.js');
  const { run, destroy } = await subjects['raw pipe'](1);
  const sizes = [1, 3_000_000, 0, 70_000];
  const answers = await Promise.all(sizes.map((size) => run({ data: new Uint8Array(size) })));
  t.deepEqual(
    answers.map(({ data }) => data.length),
    sizes,
  );
  await destroy();
});

test('other programs compute only while something is measured', async (t) => {
  const { withLoops } = await load('bench/workloads/loops.js');
  t.is(await withLoops(2, async () => 'measured'), 'measured');
  await t.throwsAsync(
    withLoops(1, async () => {
      throw new Error('no figure');
    }),
    { message: 'no figure' },
  );
});
