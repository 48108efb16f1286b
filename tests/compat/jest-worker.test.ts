import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { FifoQueue, messageParent, PriorityQueue, Worker, type WorkerFarmOptions } from 'statepool/compat/jest-worker';
import { root } from '../support/sources.ts';

// biome-ignore lint/suspicious/noExplicitAny: the methods of the module are known at run time only.
type Farm = Worker & Record<string, (...args: unknown[]) => any>;

const path = join(root, 'tests/fixtures/compat/jest-methods.cjs');

type Open = (options?: WorkerFarmOptions) => Farm;

function onBoth(title: string, body: (t: ExecutionContext, open: Open, host: string) => Promise<void>): void {
  for (const host of ['process', 'thread']) {
    test(`${host}: ${title}`, async (t) => {
      t.timeout(60_000);
      const open: Open = (options) => {
        const base = { numWorkers: 2, enableWorkerThreads: host === 'thread', forkOptions: { execArgv: [] } };
        const farm = new Worker(path, { ...base, ...options }) as Farm;
        t.teardown(() => farm.end().catch(() => {}));
        return farm;
      };
      await body(t, open, host);
    });
  }
}

function newFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-jest-worker-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function errorOf(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  return promise.then(
    () => {
      throw new Error('it resolved');
    },
    (error) => error,
  );
}

onBoth(
  'a sticky key has one worker, 100 times of 100, also for calls before the first worker has started',
  async (t, open) => {
    const farm = open({ computeWorkerKey: (method, key) => (method === 'who' ? String(key) : null) });
    const keys = Array.from({ length: 100 }, (_, i) => `key ${i}`);
    const answers = await Promise.all([...keys, ...keys, ...keys].map((key) => farm.who?.(key)));
    const workers = new Map(keys.map((key) => [key, new Set<string>()]));
    for (const { key, worker } of answers) workers.get(key)?.add(worker);
    t.is([...workers.values()].filter(({ size }) => size === 1).length, 100);
    t.is(new Set(answers.map(({ worker }) => worker)).size, 2);
  },
);

onBoth('sticky keys belong to the workers in turn, however quick the first one is', async (t, open) => {
  const farm = open({ computeWorkerKey: (_method, key) => String(key) });
  const answers = await Promise.all(['a', 'b', 'a', 'b'].map((key) => farm.who?.(key)));
  t.is(new Set(answers.map(({ worker }) => worker)).size, 2);
});

onBoth('a key stays with one worker after a death: with the worker that took its place', async (t, open) => {
  const farm = open({ computeWorkerKey: (_method, key) => String(key), maxRetries: 0 });
  await farm.who?.('a');
  await errorOf(farm.exit?.('a'));
  const answers = await Promise.all(Array.from({ length: 20 }, () => farm.who?.('a')));
  t.is(new Set(answers.map(({ worker }) => worker)).size, 1);
});

onBoth('an error arrives with its class, message, type and properties', async (t, open) => {
  const error = await errorOf(open().fail?.());
  t.true(error instanceof TypeError);
  t.like(error, { message: 'no', extra: 1, type: 'TypeError' });
});

onBoth('a thrown value that is no error arrives as it is', async (t, open) => {
  const farm = open();
  t.is(await errorOf(farm.failWith?.('text')), 'text' as never);
  t.is((await errorOf(farm.failWith?.(null))).message, '"null" or "undefined" thrown');
});

for (const code of [0, 1, 7]) {
  onBoth(`a call whose worker exits with code ${code} is made again`, async (t, open) => {
    t.is(await open().exitOnce?.(join(newFolder(t), 'once'), code), 'second');
  });
}

onBoth('a call that exits each time rejects after its retries, and the farm goes on', async (t, open) => {
  const farm = open({ maxRetries: 1 });
  const error = await errorOf(farm.exit?.(0));
  t.regex(error.message, /^Call retries were exceeded: /);
  t.is(error.type, 'WorkerError');
  t.is(await farm.slow?.(5), 5);
});

test('process: a call whose worker is killed is made again, and rejects after its retries', async (t) => {
  const farm = new Worker(path, { numWorkers: 2, maxRetries: 1 }) as Farm;
  t.teardown(() => farm.end().catch(() => {}));
  t.is(await farm.killOnce?.(join(newFolder(t), 'once')), 'second');
  t.regex((await errorOf(farm.kill?.())).message, /terminated by another process: signal=SIGKILL, exitCode=null/);
  t.is(await farm.slow?.(5), 5);
});

onBoth('messageParent reaches the caller of the method, until it unsubscribes', async (t, open) => {
  const farm = open();
  const seen: unknown[] = [];
  const first = farm.tell?.({ x: 1 });
  first.UNSTABLE_onCustomMessage((message: unknown) => seen.push(message));
  t.is(await first, 2);
  const second = farm.tell?.({ x: 2 });
  second.UNSTABLE_onCustomMessage((message: unknown) => seen.push(message))();
  t.is(await second, 2);
  t.deepEqual(seen, [{ x: 1 }]);
});

test('messageParent is an error outside of a worker', (t) => {
  t.throws(() => messageParent(1), { message: '"messageParent" can only be used inside a worker' });
});

onBoth('getStdout has the output of all workers', async (t, open) => {
  const farm = open();
  let output = '';
  farm.getStdout().on('data', (text) => {
    output += text;
  });
  await farm.print?.();
  await farm.end();
  t.is(output, 'printed\n');
});

onBoth('setup gets setupArgs, and workers have JEST_WORKER_ID from 1 on', async (t, open) => {
  const farm = open({ setupArgs: ['a'], numWorkers: 1 });
  t.deepEqual(await farm.started?.(), ['a']);
  t.is(await farm.id?.(), '1');
});

onBoth('forkOptions.env is the whole environment of workers', async (t, open) => {
  const farm = open({ forkOptions: { execArgv: [], env: { ONLY: 'this' } } });
  t.is(await farm.variable?.('ONLY'), 'this');
  t.is(await farm.variable?.('HOME'), undefined);
});

onBoth('end runs teardown and the exit handlers of each worker that was used', async (t, open) => {
  const notes = join(newFolder(t), 'notes');
  const farm = open({ setupArgs: ['a', notes], numWorkers: 1, workerGracefulExitTimeout: 30_000 });
  await farm.slow?.(1);
  t.deepEqual(await farm.end(), { forceExited: false });
  t.is(readFileSync(notes, 'utf8'), 'teardown exit ');
});

onBoth('end rejects the calls under way, and says that it used force', async (t, open) => {
  const farm = open({ computeWorkerKey: () => 'a' });
  await farm.slow?.(1);
  const call = errorOf(farm.hang?.());
  // A call of the same worker: it is certain to wait behind the first.
  const next = errorOf(farm.slow?.(1));
  await new Promise(setImmediate);
  t.deepEqual(await farm.end(), { forceExited: true });
  t.is((await call).code, 'CANCELLED');
  t.is((await next).code, 'CANCELLED');
});

onBoth('after end every call throws, and a second end rejects', async (t, open) => {
  const farm = open();
  await farm.end();
  t.throws(() => farm.who?.('a'), { message: 'Farm is ended, no more calls can be done to it' });
  t.is((await errorOf(farm.end())).message, 'Farm is ended, no more calls can be done to it');
});

onBoth('methods are those of the module, of exposedMethods, and never private or taken ones', async (t, open) => {
  t.is(await open().default?.(), 'default');
  t.is(open().nothing, undefined);
  const farm = open({ exposedMethods: ['slow', '_secret'] });
  t.deepEqual(Object.keys(farm), ['slow']);
  t.throws(() => open({ exposedMethods: ['end'] }), { message: 'Cannot define a method called end' });
});

onBoth('a PriorityQueue runs the calls with the lowest priority first', async (t, open) => {
  const taskQueue = new PriorityQueue((_method, value) => Number(value));
  const farm = open({ numWorkers: 1, taskQueue });
  const order: number[] = [];
  const file = join(newFolder(t), 'there');
  const call = (value: number) => farm.whenThere?.(value, file).then(() => order.push(value));
  await farm.slow?.(0);
  // A free worker takes the first call at once, and is busy with it while the others are made.
  const first = call(9);
  await new Promise((resolve) => setImmediate(resolve));
  const others = [3, 1, 2].map(call);
  writeFileSync(file, '');
  await Promise.all([first, ...others]);
  t.deepEqual(order, [9, 1, 2, 3]);
});

test('a relative path, a queue of another library and WorkerPool are errors', (t) => {
  t.throws(() => new Worker('./work.js'), { message: "'workerPath' must be absolute, got './work.js'" });
  t.notThrows(() => new FifoQueue());
  const queue = { enqueue() {}, dequeue() {} };
  for (const wrong of [
    { taskQueue: queue },
    { WorkerPool: class {} },
    { numWorkers: 0 },
    { numWorkers: '2' },
    { exposedMethods: 5 },
  ])
    t.throws(() => new Worker(path, wrong as never), { message: /^the option '\w+' / });
});

test('CommonJS gets the same classes', (t) => {
  const required = createRequire(import.meta.url)('statepool/compat/jest-worker');
  t.is(required.Worker, Worker);
});
