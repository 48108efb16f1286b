import { createRequire } from 'node:module';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import tinypool, { type Options, Tinypool, workerId } from 'statepool/compat/tinypool';
import { root } from '../support/sources.ts';

const filename = join(root, 'tests/fixtures/compat/handlers.cjs');

function open(t: ExecutionContext, options: Options): Tinypool {
  t.timeout(60_000);
  const pool = new Tinypool({ filename, minThreads: 1, maxThreads: 1, execArgv: [], ...options });
  t.teardown(() => pool.destroy());
  return pool;
}

test('a wrong option is refused under its own name, with its value', (t) => {
  for (const [options, message] of [
    [{ maxThreads: -1 }, 'options.maxThreads is -1: it must be above 0'],
    [{ runtime: 'vm' }, "options.runtime is vm: it must be 'worker_threads' or 'child_process'"],
    [{ filename: 5 }, 'options.filename is 5: it must be the path or the URL of a file, as text'],
  ] as const)
    t.throws(() => new Tinypool({ filename, minThreads: 0, ...options } as never), { message });
});

test('a message of a thread that is on no channel is an error of its task', async (t) => {
  const pool = open(t, {});
  await t.throwsAsync(pool.run('hi', { name: 'tell' }), { message: "Unexpected message on Worker: 'hi'" });
});

for (const runtime of ['worker_threads', 'child_process'] as const) {
  test(`${runtime}: run calls the export of a file, and errors arrive as they are`, async (t) => {
    const pool = open(t, { runtime });
    t.is(await pool.run({ a: 4, b: 6 }, { name: 'add' }), 10);
    t.is(await pool.run(5), 5);
    const error = await t.throwsAsync(pool.run(0, { name: 'fail' }), { instanceOf: RangeError, message: 'no' });
    t.is((error as unknown as { extra: number }).extra, 1);
    await t.throwsAsync(pool.run(0, { name: 'nothing' }), { message: /^No handler function "nothing" exported from/ });
    t.is(pool.completed, 4);
  });

  test(`${runtime}: a task whose worker exits, with any code, rejects, and the next ones run`, async (t) => {
    const pool = open(t, { runtime });
    for (const code of [0, 1]) {
      const exit = runtime === 'child_process' ? 'Worker exited unexpectedly' : `worker exited with code: ${code}`;
      await t.throwsAsync(pool.run(code, { name: 'leave' }), { message: exit });
      t.is(await pool.run(5), 5);
    }
  });

  test(`${runtime}: isolateWorkers gives each task a worker of its own, recycleWorkers new ones to all`, async (t) => {
    const isolated = open(t, { runtime, isolateWorkers: true });
    const who = () => isolated.run(0, { name: 'who' });
    t.not(await who(), await who());
    const pool = open(t, { runtime });
    const first = await pool.run(0, { name: 'who' });
    t.is(await pool.run(0, { name: 'who' }), first);
    await pool.recycleWorkers();
    t.not(await pool.run(0, { name: 'who' }), first);
  });

  test(`${runtime}: a worker whose task runs is replaced after it, and is one of the threads until then`, async (t) => {
    const pool = open(t, { runtime });
    await pool.run(5);
    const controller = new AbortController();
    const hanging = pool.run(0, { name: 'hang', signal: controller.signal });
    const [before] = pool.threads;
    await pool.recycleWorkers();
    const ids = () => pool.threads.map(({ threadId }) => threadId);
    t.is(pool.threads.length, 2);
    t.true(ids().includes(before?.threadId));
    controller.abort();
    await t.throwsAsync(hanging, { name: 'AbortError' });
    t.is(await pool.run(6), 6);
    t.false(ids().includes(before?.threadId));
  });

  test(`${runtime}: a worker is replaced after the task with which its heap has grown beyond the limit`, async (t) => {
    const pool = open(t, { runtime, maxMemoryLimitBeforeRecycle: 2 ** 26 });
    const who = () => pool.run(0, { name: 'who' });
    const first = await who();
    t.is(await who(), first);
    t.is(await pool.run(2 ** 24, { name: 'grow' }), 2 ** 24);
    t.not(await who(), first);
  });

  test(`${runtime}: workers know their workerData, argv, env and id`, async (t) => {
    const pool = open(t, { runtime, workerData: { a: 1 }, argv: ['extra'], env: { ONLY: 'this' } });
    t.deepEqual(await pool.run(0, { name: 'data' }), { argv: ['extra'], only: 'this', home: undefined });
    t.like(await pool.run(0, { name: 'tiny' }), { isTinypoolWorker: true, workerData: { a: 1 }, workerId: 1 });
  });

  test(`${runtime}: an aborted task rejects with an AbortError, and its worker is replaced`, async (t) => {
    const pool = open(t, { runtime });
    await pool.run(5);
    const controller = new AbortController();
    const hanging = pool.run(0, { name: 'hang', signal: controller.signal });
    const waiting = pool.run(6);
    controller.abort();
    await t.throwsAsync(hanging, { name: 'AbortError', message: 'The task has been aborted' });
    t.is(await waiting, 6);
  });

  test(`${runtime}: destroy and cancelPendingTasks reject, each with its error`, async (t) => {
    const pool = open(t, { runtime });
    const hanging = pool.run(0, { name: 'hang' });
    const waiting = pool.run(6);
    t.is(pool.queueSize, 1);
    pool.cancelPendingTasks();
    await t.throwsAsync(waiting, { name: 'CancelError' });
    void pool.destroy();
    await t.throwsAsync(hanging, { message: 'Terminating worker thread' });
  });
}

test('as many tasks share a worker as concurrentTasksPerWorker says, and one that may be aborted shares none', async (t) => {
  const pool = open(t, { concurrentTasksPerWorker: 2 });
  const meet = () => pool.run(2, { name: 'meet' });
  const [first, second] = await Promise.all([meet(), meet()]);
  t.is(first, second);
  const controller = new AbortController();
  const hanging = pool.run(0, { name: 'hang', signal: controller.signal });
  const both = Promise.all([meet(), meet()]);
  t.is(pool.queueSize, 1);
  controller.abort();
  await t.throwsAsync(hanging, { name: 'AbortError' });
  const [third, fourth] = await both;
  t.is(third, fourth);
  t.not(third, first);
});

test('a program that waits synchronously finds its tasks done, two in each worker', async (t) => {
  const pool = open(t, { concurrentTasksPerWorker: 2 });
  const done = new Int32Array(new SharedArrayBuffer(4));
  const tasks = [pool.run(done, { name: 'count' }), pool.run(done, { name: 'count' })];
  for (let seen = 0; seen < 2; seen = Atomics.load(done, 0))
    if (Atomics.wait(done, 0, seen, 30_000) === 'timed-out') return t.fail('a task has not begun');
  t.deepEqual(await Promise.all(tasks), [1, 2]);
});

test('child_process: a channel carries messages both ways during a task', async (t) => {
  const pool = open(t, { runtime: 'child_process' });
  const got: unknown[] = [];
  let send: (message: unknown) => void = () => {};
  const result = pool.run('hello', {
    name: 'answer',
    channel: {
      onMessage: (callback) => {
        send = callback;
      },
      postMessage: (message) => {
        got.push(message);
        send({ reply: 1 });
      },
    },
  });
  t.deepEqual(await result, { reply: 1 });
  t.deepEqual(got, [{ got: 'hello' }]);
});

test('the channel of a task stays open while tasks of other workers begin and end', async (t) => {
  const pool = open(t, { minThreads: 2, maxThreads: 2, isolateWorkers: true });
  const closed: string[] = [];
  const channel = (name: string) => ({ onClose: () => closed.push(name) });
  const controller = new AbortController();
  const first = pool.run(0, { name: 'hang', channel: channel('first'), signal: controller.signal });
  await pool.run(2, { channel: channel('second') });
  t.deepEqual(closed, ['second']);
  controller.abort();
  await t.throwsAsync(first, { name: 'AbortError' });
});

test('with isolateWorkers the channel of a task is closed after it, before its caller goes on', async (t) => {
  const pool = open(t, { isolateWorkers: true });
  const closed: number[] = [];
  for (const n of [1, 2]) {
    await pool.run(n, { channel: { onClose: () => closed.push(n) } });
    t.is(closed.at(-1), n);
  }
  t.deepEqual(closed, [1, 2]);
});

test('a destroyed pool goes on with its next task', async (t) => {
  const pool = open(t, {});
  await pool.destroy();
  t.is(await pool.run(5), 5);
});

test('a full queue, a missing file and options in conflict are the errors of tinypool', async (t) => {
  const pool = open(t, { maxQueue: 0 });
  void pool.run(0, { name: 'hang' }).catch(() => {});
  await t.throwsAsync(pool.run(1), { message: 'No task queue available and all Workers are busy' });
  await t.throwsAsync(new Tinypool({ minThreads: 0, maxThreads: 1 }).run(1), { message: /^filename must be provided/ });
  t.throws(() => new Tinypool({ minThreads: 2, maxThreads: 1 }), { instanceOf: RangeError });
});

test('CommonJS gets the same class; outside of workers there is no id', (t) => {
  t.is(createRequire(import.meta.url)('statepool/compat/tinypool').default, tinypool);
  t.is(tinypool, Tinypool);
  t.is(workerId, undefined);
});
