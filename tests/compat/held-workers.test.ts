import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { root } from '../support/sources.ts';

const run = promisify(execFile);
const filename = join(root, 'tests/fixtures/compat/handlers.cjs');

/** Runs a program whose pool has had one task. Returns what it has printed: whether the worker lived at its end. */
async function atTheEnd(library: string, options: object, then: string): Promise<string> {
  const program = `
    import Pool from 'statepool/compat/${library}';
    const pool = new Pool(${JSON.stringify({ filename, minThreads: 1, maxThreads: 1, execArgv: [], ...options })});
    await pool.run(0);
    const [worker] = pool.threads;
    const lives = () => pool.threads.some(({ threadId }) => threadId === worker.threadId);
    process.on('exit', () => console.log(lives() ? 'the worker lives' : 'the worker has ended'));
    ${then}`;
  const { stdout } = await run(process.execPath, ['--import=tsx', '--input-type=module', '-e', program], {
    cwd: root,
    timeout: 60_000,
  });
  return stdout.trim();
}

/** The worker has an answer at once, and ends soon after it. */
const leave = "await pool.run(20, { name: 'leaveLater' });";

const pools: readonly [name: string, library: string, options: object][] = [
  ['piscina', 'piscina', {}],
  ['tinypool, threads', 'tinypool', { runtime: 'worker_threads' }],
  ['tinypool, processes', 'tinypool', { runtime: 'child_process' }],
];

for (const [name, library, options] of pools) {
  test(`${name}: a worker without tasks keeps the program alive between its ref and its end`, async (t) => {
    t.timeout(120_000);
    t.is(await atTheEnd(library, options, `worker.ref(); ${leave}`), 'the worker has ended');
  });

  test(`${name}: after unref, and without ref, the program ends while a worker lives`, async (t) => {
    t.timeout(120_000);
    t.is(await atTheEnd(library, options, ''), 'the worker lives');
    t.is(await atTheEnd(library, options, 'worker.ref(); worker.ref(); worker.unref();'), 'the worker lives');
  });

  test(`${name}: the ref of a worker that has ended keeps nothing alive`, async (t) => {
    t.timeout(120_000);
    const late = 'worker.ref(); await worker.terminate(); while (lives()) await pool.run(1); worker.ref();';
    t.is(await atTheEnd(library, options, late), 'the worker has ended');
  });
}

test('a replaced worker of tinypool that is still busy can be ended', async (t) => {
  t.timeout(120_000);
  const { default: Tinypool } = await import('statepool/compat/tinypool');
  const pool = new Tinypool({ filename, minThreads: 1, maxThreads: 1, execArgv: [] });
  t.teardown(() => pool.destroy());
  await pool.run(0);
  const hanging = pool.run(0, { name: 'hang' });
  await pool.recycleWorkers();
  t.is(pool.threads.length, 2);
  await pool.threads[0]?.terminate();
  await t.throwsAsync(hanging);
});
