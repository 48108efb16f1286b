import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import workerpool, {
  pool as open,
  type Pool,
  Promise as PoolPromise,
  TerminateError,
  type WorkerPoolOptions,
  worker,
  workerEmit,
} from 'statepool/compat/workerpool';
import { root } from '../support/sources.ts';

const script = join(root, 'tests/fixtures/compat/workerpool-script.cjs');

type Open = (options?: WorkerPoolOptions, script?: string | null) => Pool;

function onBoth(
  title: string,
  body: (t: ExecutionContext, make: Open, type: 'process' | 'thread') => Promise<void>,
): void {
  for (const workerType of ['process', 'thread'] as const) {
    test(`${workerType}: ${title}`, async (t) => {
      t.timeout(60_000);
      const make: Open = (options, path = script) => {
        const made = open(path, { workerType, maxWorkers: 1, forkOpts: { execArgv: [] }, ...options });
        t.teardown(async () => void (await made.terminate(true)));
        return made;
      };
      await body(t, make, workerType);
    });
  }
}

function newFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-workerpool-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function errorOf(promise: PromiseLike<unknown>): Promise<Error & Record<string, unknown>> {
  return promise.then(
    () => {
      throw new Error('it resolved');
    },
    (error) => error as never,
  ) as Promise<never>;
}

onBoth('exec calls a method of the script, or a function by its text', async (t, make) => {
  const pool = make();
  t.is(await pool.exec('add', [3, 4]), 7);
  t.is(await pool.exec((a: number, b: number) => a * b, [3, 4]), 12);
  t.is(await make({}, null).exec((a: number) => a + 1, [3]), 4);
  t.is((await errorOf(pool.exec('nothing'))).message, 'Unknown method "nothing"');
});

onBoth('a proxy has the methods of the script', async (t, make) => {
  const proxy = await make().proxy<{ add(a: number, b: number): number }>();
  t.is(await proxy.add(1, 2), 3);
  t.true(Object.keys(proxy).includes('methods'));
});

onBoth('an error arrives with its class and properties, and so do the properties of another value', async (t, make) => {
  const pool = make();
  const error = await errorOf(pool.exec('fail'));
  t.true(error instanceof RangeError);
  t.like(error, { message: 'no', extra: 1 });
  t.like(await errorOf(pool.exec('failWith', [{ message: 'text', details: 2 }])), { message: 'text', details: 2 });
  t.is((await errorOf(pool.exec('failWith', ['text']))).message, 'text');
});

for (const code of [0, 1]) {
  onBoth(
    `a task whose worker exits with code ${code} rejects, and the next one has another worker`,
    async (t, make) => {
      const ended: unknown[] = [];
      const pool = make({ onTerminateWorker: (arg) => ended.push(arg.script) });
      const first = await pool.exec('who');
      const error = await errorOf(pool.exec('exit', [code]));
      t.true(error instanceof TerminateError);
      t.regex(error.message, new RegExp(`^Workerpool Worker terminated Unexpectedly\\n +exitCode: \`${code}\``));
      t.not(await pool.exec('who'), first);
      t.deepEqual(ended, [script]);
    },
  );
}

onBoth('with retries a task whose worker exits is performed again', async (t, make) => {
  const file = join(newFolder(t), 'once');
  t.is(await make({ retries: 1 }).exec('exitOnce', [file, 0]), 'second');
  t.true((await errorOf(make({ retries: 2 }).exec('exit', [0]))) instanceof TerminateError);
});

test('process: with retries a task whose worker is killed is performed again', async (t) => {
  const pool = open(script, { workerType: 'process', maxWorkers: 1, retries: 1, forkOpts: { execArgv: [] } });
  t.teardown(async () => void (await pool.terminate(true)));
  const first = await pool.exec('who');
  let isKilled = false;
  const on = (payload: unknown) => {
    if (payload === 'begun' && !isKilled) process.kill(Number(String(first).split(':')[0]), 'SIGKILL');
    else if (payload === 'begun') task.cancel();
    isKilled = true;
  };
  const task = pool.exec('abortable', [], { on });
  t.true((await errorOf(task)) instanceof PoolPromise.CancellationError);
  t.not(await pool.exec('who'), first);
});

onBoth('a worker that cannot load its script fails its task', async (t, make) => {
  const error = await errorOf(
    make({ emitStdStreams: true }, join(root, 'tests/fixtures/compat/nothing.cjs')).exec('add', [1, 2]),
  );
  t.true(error instanceof TerminateError);
  t.regex(error.message, /^Workerpool Worker error: Cannot find module/);
});

onBoth('events reach the task that emits them, and output only with emitStdStreams', async (t, make) => {
  const seen: unknown[] = [];
  const on = (payload: unknown) => seen.push(payload);
  t.is(await make().exec('tell', [{ a: 1 }], { on }), 'told');
  const pool = make({ emitStdStreams: true });
  t.is(await pool.exec('print', [], { on }), 'done');
  t.deepEqual(seen, [{ a: 1 }, { stdout: 'printed\n' }]);
});

onBoth('a cancelled task rejects, and its worker, which has no abort listeners, leaves', async (t, make) => {
  // In so much time no worker is killed: it leaves by itself.
  const pool = make({ workerTerminateTimeout: 2 ** 30 });
  const first = await pool.exec('who');
  const hanging = pool.exec('hang');
  const next = pool.exec('who');
  hanging.cancel();
  t.true((await errorOf(hanging)) instanceof PoolPromise.CancellationError);
  t.not(await next, first);
});

onBoth('a late task rejects, and its worker, which hears nothing, is killed and replaced', async (t, make) => {
  const pool = make({ workerTerminateTimeout: 50 });
  const first = await pool.exec('who');
  t.true((await errorOf(pool.exec('block').timeout(1))) instanceof PoolPromise.TimeoutError);
  t.not(await pool.exec('who'), first);
});

onBoth('a worker stays if its abort listeners resolve, and they still emit', async (t, make) => {
  const pool = make({ workerTerminateTimeout: 2 ** 30 });
  const first = await pool.exec('who');
  const seen: unknown[] = [];
  const task = pool.exec('abortable', [], {
    on(payload) {
      seen.push(payload);
      if (payload === 'begun') task.cancel();
    },
  });
  await errorOf(task);
  t.is(await pool.exec('who'), first);
  t.deepEqual(seen, ['begun', 'cleaned']);
});

onBoth('the time of a task that waits begins with its start', async (t, make) => {
  const pool = make();
  const first: PoolPromise = pool.exec('abortable', [], { on: () => first.cancel() });
  const second = pool.exec('hang').timeout(1);
  const third = pool.exec('add', [1, 1]);
  await errorOf(first);
  t.true((await errorOf(second)) instanceof PoolPromise.TimeoutError);
  t.is(await third, 2);
});

onBoth('onCreateWorker gives each worker options of its own', async (t, make, type) => {
  let made = 0;
  const pool = make({
    maxWorkers: 2,
    onCreateWorker() {
      const env = { ONLY: `worker ${++made}` };
      const argv = [`${made}`];
      return {
        forkArgs: argv,
        forkOpts: { execArgv: [], env },
        workerThreadOpts: { env, argv, workerData: { own: 5 } },
      };
    },
  });
  const facts = await Promise.all([pool.exec('facts'), pool.exec('facts')]);
  const data = type === 'thread' ? 5 : undefined;
  for (const number of ['1', '2']) {
    const own = facts.find(({ only }) => only === `worker ${number}`);
    t.deepEqual(
      { home: undefined, data, ...own },
      { argv: [number], isMain: false, only: `worker ${number}`, home: undefined, data },
    );
  }
});

onBoth('stats and workers count in the turn of the call', async (t, make) => {
  const pool = make({ maxWorkers: 2 });
  t.deepEqual(pool.stats(), { totalWorkers: 0, busyWorkers: 0, idleWorkers: 0, pendingTasks: 0, activeTasks: 0 });
  const tasks = [1, 2, 3].map((n) => pool.exec('add', [n, n]));
  t.deepEqual(pool.stats(), { totalWorkers: 2, busyWorkers: 2, idleWorkers: 0, pendingTasks: 1, activeTasks: 2 });
  t.deepEqual(await Promise.all(tasks), [2, 4, 6]);
  t.deepEqual(pool.stats(), { totalWorkers: 2, busyWorkers: 0, idleWorkers: 2, pendingTasks: 0, activeTasks: 0 });
  await pool.terminate();
  t.is(pool.workers.length, 0);
});

onBoth(
  'terminate finishes the running tasks, rejects the others, and runs onTerminate in the worker',
  async (t, make) => {
    const file = join(newFolder(t), 'notes');
    const pool = make();
    const first = pool.exec('noteIn', [file]);
    const second = errorOf(pool.exec('add', [1, 2]));
    await pool.terminate();
    await first;
    t.is((await second).message, 'Pool terminated');
    t.is(readFileSync(file, 'utf8'), 'terminated 0');
  },
);

onBoth('terminate by force rejects the running tasks, and ends workers that do not listen', async (t, make) => {
  const pool = make({ workerTerminateTimeout: 50 });
  await pool.exec('who');
  const blocking = errorOf(pool.exec('block'));
  await pool.terminate(true);
  t.is((await blocking).message, 'Worker terminated');
  t.is(pool.workers.length, 0);
});

onBoth('minWorkers are there from the start, and again after a death', async (t, make) => {
  let gone = () => {};
  const replaced = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const pool = make({ minWorkers: 2, maxWorkers: 2, onTerminateWorker: () => gone() });
  t.is(pool.workers.length, 2);
  await Promise.all([pool.exec('who'), pool.exec('who')]);
  const [first] = pool.workers;
  first?.worker.kill();
  await replaced;
  await pool.exec('add', [1, 2]);
  t.is(pool.workers.length, 2);
  t.false(pool.workers.includes(first as never));
});

onBoth('the queue may be last in first out, or a queue of the program', async (t, make) => {
  const pool = make({ queueStrategy: 'lifo' });
  const order: number[] = [];
  await Promise.all([1, 2, 3].map((n) => pool.exec('add', [n, 0]).then((sum) => order.push(sum))));
  t.deepEqual(order, [1, 3, 2]);
  t.throws(() => make({ queueStrategy: {} as never }), { message: 'Queue strategy must implement method: push' });
});

test('thread: buffers move both ways', async (t) => {
  const pool = open(script, { maxWorkers: 1 });
  t.teardown(async () => void (await pool.terminate(true)));
  const bytes = new Uint8Array(8);
  t.is(await pool.exec('length', [bytes], { transfer: [bytes.buffer] }), 8);
  t.is(bytes.byteLength, 0);
  t.deepEqual(await pool.exec('bytes'), new Uint8Array(4).fill(7));
});

test('process: values cross as JSON, as with fork; with advanced serialization they are cloned', async (t) => {
  for (const [serialization, expected] of [
    ['json', {}],
    ['advanced', new Map([[1, 2]])],
  ] as const) {
    const pool = open({ workerType: 'process', maxWorkers: 1, forkOpts: { execArgv: [], serialization } });
    t.teardown(async () => void (await pool.terminate(true)));
    t.deepEqual(await pool.exec(() => new Map([[1, 2]])), expected as never);
  }
});

test('wrong arguments, options and uses are errors', (t) => {
  const pool = open({ maxQueueSize: 1, maxWorkers: 1 });
  t.teardown(async () => void (await pool.terminate(true)));
  t.throws(() => pool.exec(5 as never), { instanceOf: TypeError, message: /^Function or string expected/ });
  t.throws(() => pool.exec('add', {} as never), { instanceOf: TypeError, message: /^Array expected/ });
  t.throws(() => open({ maxWorkers: 0 }), { message: 'Option maxWorkers must be an integer number >= 1' });
  t.throws(() => open({ minWorkers: -1 }), { message: 'Option minWorkers must be an integer number >= 0' });
  t.throws(() => open({ workerType: 'process', forkOpts: { foo: 1 } as never }).exec('add'), {
    message: 'Object "forkOpts" contains an unknown option "foo"',
  });
  t.throws(() => open({ workerType: 'process', forkOpts: { uid: 7 } }).exec('add'), { message: /has no equal/ });
  t.throws(() => worker({}), { message: 'worker() is for the scripts of workers: this is none' });
  t.throws(() => workerEmit(1), { message: 'workerEmit() is for the scripts of workers: this is none' });
  void pool.exec(() => 1);
  void pool.exec(() => 2);
  t.throws(() => pool.exec(() => 3), { message: 'Max queue size of 1 reached' });
});

test('CommonJS gets the same functions, and the default export has all of them', (t) => {
  const required = createRequire(import.meta.url)('statepool/compat/workerpool');
  t.is(required.pool, open);
  t.is(workerpool.pool, open);
  t.is(workerpool.isMainThread, process.connected !== true);
});
