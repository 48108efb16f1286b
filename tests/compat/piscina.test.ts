import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import piscina, { type Options, Piscina } from 'statepool/compat/piscina';
import { root } from '../support/sources.ts';

const filename = join(root, 'tests/fixtures/compat/handlers.cjs');

function open(t: ExecutionContext, options: Options = {}): Piscina {
  t.timeout(60_000);
  const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1, execArgv: [], ...options });
  t.teardown(() => pool.destroy());
  return pool;
}

test('run calls the export of a file, and errors arrive as they are', async (t) => {
  const pool = open(t);
  t.is(await pool.run({ a: 4, b: 6 }, { name: 'add' }), 10);
  t.is(await pool.run(5), 5);
  await t.throwsAsync(pool.run(0, { name: 'fail' }), { instanceOf: RangeError, message: 'no' });
  await t.throwsAsync(pool.run(0, { name: 'nothing' }), { message: /^No handler function "nothing" exported from/ });
  t.is(pool.completed, 4);
  t.true(pool.histogram.runTime !== undefined && pool.utilization > 0);
});

test('a task whose worker exits, with any code, rejects, and the next ones run', async (t) => {
  const pool = open(t);
  for (const code of [0, 1]) {
    await t.throwsAsync(pool.run(code, { name: 'leave' }), { message: `worker exited with code: ${code}` });
    t.is(await pool.run(5), 5);
  }
});

test('workers know that they are workers, their workerData, argv and env', async (t) => {
  const pool = open(t, { workerData: { a: 1 }, argv: ['extra'], env: { ONLY: 'this' } });
  t.deepEqual(await pool.run(0, { name: 'data' }), { argv: ['extra'], only: 'this', home: undefined });
  t.deepEqual(await pool.run(0, { name: 'insideWorker' }), { isWorkerThread: true, workerData: { a: 1 } });
  t.false(Piscina.isWorkerThread);
});

test('movable values move both ways, and messages of workers are events', async (t) => {
  const pool = open(t);
  const bytes = new Uint8Array(8);
  t.deepEqual(await pool.run(Piscina.move(bytes)), new Uint8Array(8));
  t.is(bytes.byteLength, 0);
  t.deepEqual(await pool.run(0, { name: 'bytes' }), new Uint8Array(4).fill(7));
  const message = once(pool, 'message');
  await pool.run('news', { name: 'tell' });
  t.deepEqual(await message, ['news']);
});

test('an aborted task rejects with an AbortError that has the reason, and its worker is replaced', async (t) => {
  const pool = open(t);
  const controller = new AbortController();
  const hanging = pool.run(0, { name: 'hang', signal: controller.signal });
  const waiting = pool.run(6);
  controller.abort('enough');
  const error = await t.throwsAsync(hanging, { name: 'AbortError', message: 'The task has been aborted' });
  t.is(error?.cause, 'enough');
  t.is(await waiting, 6);
});

test('an abort replaces the worker also before the task has begun; each worker is told of once, and each end', async (t) => {
  const pool = open(t);
  const created: unknown[] = [];
  const destroyed: unknown[] = [];
  pool.on('workerCreate', ({ id }) => created.push(id));
  pool.on('workerDestroy', ({ id }) => destroyed.push(id));
  const controller = new AbortController();
  // The thread has not started when this call ends.
  const aborted = pool.run(1, { signal: controller.signal });
  controller.abort();
  await t.throwsAsync(aborted, { name: 'AbortError' });
  t.is(await pool.run(6), 6);
  await pool.close();
  t.is(new Set(created).size, 2);
  t.deepEqual(destroyed, created);
});

test('close waits for tasks, destroy rejects them, and after close run rejects', async (t) => {
  const pool = open(t);
  const results = Promise.all([1, 2, 3].map((value) => pool.run(value)));
  await pool.close();
  t.deepEqual(await results, [1, 2, 3]);
  await t.throwsAsync(pool.run(4), { name: 'AbortError' });
  const other = open(t);
  const hanging = other.run(0, { name: 'hang' });
  void other.destroy();
  await t.throwsAsync(hanging, { message: 'Terminating worker thread' });
});

test('a load balancer chooses the worker of a task, and lets tasks wait', async (t) => {
  const seen = new Set<number | undefined>();
  const pool = open(t, {
    minThreads: 2,
    maxThreads: 2,
    loadBalancer: (_task, workers) => {
      const [first] = workers;
      if (first === undefined || first.currentUsage > 0) return null;
      seen.add(first.id);
      return first;
    },
  });
  const answers = await Promise.all([1, 2, 3, 4].map(() => pool.run(0, { name: 'who' })));
  t.is(new Set(answers).size, 1);
  t.is(seen.size, 1);
});

test('as many tasks share a worker as concurrentTasksPerWorker says', async (t) => {
  const pool = open(t, { maxThreads: 2, concurrentTasksPerWorker: 2 });
  const meet = () => pool.run(2, { name: 'meet' });
  const first = [meet(), meet()];
  t.is(pool.queueSize, 0);
  const threads = await Promise.all([...first, meet(), meet()]);
  t.is(new Set(threads).size, 2);
  t.true(pool.threads.length <= 2);
});

test('a task that may be aborted shares no worker', async (t) => {
  const pool = open(t, { concurrentTasksPerWorker: 2 });
  const controller = new AbortController();
  const hanging = pool.run(0, { name: 'hang', signal: controller.signal });
  const waiting = pool.run(6);
  t.is(pool.queueSize, 1);
  controller.abort();
  await t.throwsAsync(hanging, { name: 'AbortError' });
  t.is(await waiting, 6);
  const alone = pool.run(2, { name: 'meet' });
  const second = pool.run(7, { signal: new AbortController().signal });
  t.is(pool.queueSize, 1);
  const lost = Promise.allSettled([alone, second]);
  await pool.destroy();
  t.deepEqual(
    (await lost).map(({ status }) => status),
    ['rejected', 'rejected'],
  );
});

test('the caller of a task that is over finds the next ones started', async (t) => {
  const pool = open(t);
  const first = pool.run(1);
  const second = pool.run(2);
  t.is(pool.queueSize, 1);
  await first;
  t.is(pool.queueSize, 0);
  t.is(await second, 2);
});

test('wrong options are the errors of piscina', async (t) => {
  t.throws(() => new Piscina({ minThreads: -1 }), { message: 'options.minThreads must be a non-negative integer' });
  t.throws(() => new Piscina({ minThreads: 2, maxThreads: 1 }), { instanceOf: RangeError });
  t.throws(() => new Piscina({ env: Symbol('shared') }), { message: /^options.env must be an object/ });
  await t.throwsAsync(open(t).run(0, { name: 1 as never }), { message: 'name argument must be a string' });
});

test('CommonJS gets the class itself', (t) => {
  t.is(createRequire(import.meta.url)('statepool/compat/piscina'), Piscina);
  t.is(piscina, Piscina);
});
