import test, { type ExecutionContext } from 'ava';
import type { Kind, PoolOptions, Verdict } from 'statepool';
import { fixture } from '../../support/jobs.ts';
import { codes } from '../../support/outcome.ts';
import { type AnyPool, onProcesses, opener, warm } from '../../support/pool.ts';

interface Task {
  readonly index: number;
  readonly counts?: Int32Array;
  readonly do?: 'exit' | 'kill' | 'oom' | 'hold';
  readonly verdict?: (result: unknown) => Verdict;
}

type Types = { task: Task; request: Omit<Task, 'verdict'>; response: unknown; competence: unknown; feedback: number };

/** Makes a kind whose workers may hold 16 requests and that is not marked as idempotent. */
function counted(functions: Partial<Kind<Types>> = {}): Kind<Types> {
  return {
    name: 'counted',
    url: fixture('counted.js'),
    window: 16,
    requestOfTask: (_status, { verdict, ...request }) => request,
    useResponse: (_status, { verdict }, result) =>
      (verdict?.(result) ?? { type: 'stay', competence: undefined, result }) as Verdict<Task, unknown, unknown>,
    perform: () => undefined,
    ...functions,
  };
}

/** Makes tasks that count their begins; `special` changes some of them. */
function tasksOf(count: number, special: (index: number) => Partial<Task> | undefined) {
  const counts = new Int32Array(new SharedArrayBuffer(4 * count));
  const tasks = Array.from({ length: count }, (_, index): Task => ({ index, counts, ...special(index) }));
  return { counts, tasks };
}

const end = (result: unknown): Verdict => ({ type: 'end', result });

/** Makes a pool of one thread, or more, with open windows. */
async function openWarm(
  t: ExecutionContext,
  size = 1,
  functions: Partial<Kind<Types>> = {},
  options: PoolOptions = {},
): Promise<AnyPool> {
  const pool = opener(t, 'thread')(counted(functions), { size, ...options });
  await warm(pool);
  return pool;
}

/** Runs all tasks at once. */
function runAll(pool: AnyPool, tasks: readonly Task[]): Promise<unknown>[] {
  pool.pause();
  const done = tasks.map((task) => pool.run(task));
  pool.resume();
  return done;
}

/** Resolves when a holding task begins. */
function begun(pool: AnyPool, index: number): Promise<string> {
  return new Promise((resolve) => {
    pool.on('feedback', ({ feedback, worker }) => {
      if (feedback === index) resolve(worker);
    });
  });
}

test('end verdicts in the middle of a batch fail no task and repeat none', async (t) => {
  const pool = await openWarm(t, 2);
  const { counts, tasks } = tasksOf(120, (index) => (index % 7 === 3 ? { verdict: end } : undefined));
  const results = await Promise.all(runAll(pool, tasks));
  t.is(results.length, 120);
  t.deepEqual([...counts], Array(120).fill(1));
});

test('a death in the middle of a batch fails the begun tasks, and the others are performed once', async (t) => {
  const pool = await openWarm(t, 2);
  const { counts, tasks } = tasksOf(120, (index) => (index % 20 === 11 ? { do: 'exit' } : undefined));
  const endings = await codes(runAll(pool, tasks));
  t.deepEqual([...counts], Array(120).fill(1));
  for (const [index, ending] of endings.entries()) {
    if (index % 20 === 11) t.is(ending, 'WORKER_DIED');
    else t.true(ending === 'done' || ending === 'WORKER_DIED');
  }
});

test('a death without a last message fails all begun tasks, answered or not, and repeats none', async (t) => {
  const pool = await openWarm(t, 1, {}, { resourceLimits: { maxOldGenerationSizeMb: 32 } });
  const { counts, tasks } = tasksOf(12, (index) => (index === 3 ? { do: 'oom' } : undefined));
  const endings = await codes(runAll(pool, tasks));
  t.is(endings[3], 'WORKER_DIED');
  t.deepEqual(endings.slice(4), Array(8).fill('done'));
  t.deepEqual([...counts], Array(12).fill(1));
});

test('a cancelled worker fails its begun tasks, and the rest is performed once, in order', async (t) => {
  const pool = await openWarm(t);
  const order: number[] = [];
  const { counts, tasks } = tasksOf(12, (index) => (index === 2 ? { do: 'hold' } : undefined));
  pool.on('task', ({ task, status }) => status === 'done' && order.push((task as Task).index));
  const isBegun = begun(pool, 2);
  const done = codes(runAll(pool, tasks));
  pool.cancelWorker(await isBegun);
  const endings = await done;
  t.is(endings[2], 'CANCELLED');
  t.deepEqual(endings.slice(3), Array(9).fill('done'));
  t.deepEqual([...counts], Array(12).fill(1));
  t.deepEqual(order.slice(-9), [3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('a cancelled prefetched task never begins, and its worker stays', async (t) => {
  const pool = await openWarm(t);
  const controller = new AbortController();
  const { counts, tasks } = tasksOf(6, (index) => (index === 0 ? { do: 'hold' } : undefined));
  const isBegun = begun(pool, 0);
  const [before] = pool.workers;
  pool.pause();
  const done = codes(tasks.map((task) => pool.run(task, index3(task) ? { signal: controller.signal } : {})));
  pool.resume();
  await isBegun;
  controller.abort();
  pool.forwardFeedback(0);
  t.deepEqual(await done, ['done', 'done', 'done', 'CANCELLED', 'done', 'done']);
  t.deepEqual([...counts], [1, 1, 1, 0, 1, 1]);
  t.is(pool.workers[0]?.id, before?.id);
});

const index3 = ({ index }: Task) => index === 3;

test('of several, only the running task is cancelled, and the ones after it return in order', async (t) => {
  const pool = await openWarm(t);
  const controller = new AbortController();
  const { counts, tasks } = tasksOf(6, (index) => (index === 1 ? { do: 'hold' } : undefined));
  const isBegun = begun(pool, 1);
  pool.pause();
  const done = codes(tasks.map((task) => pool.run(task, task.index === 1 ? { signal: controller.signal } : {})));
  pool.resume();
  await isBegun;
  controller.abort();
  t.deepEqual(await done, ['done', 'CANCELLED', 'done', 'done', 'done', 'done']);
  t.deepEqual([...counts], Array(6).fill(1));
});

test('a changed competence takes back the requests made for the old one', async (t) => {
  const given: [unknown, number][] = [];
  const pool = await openWarm(t, 1, {
    // A task that only an even worker takes does not stay with an odd one.
    taskMatch: (status, { index }) =>
      status.type === 'fresh' || status.competence === undefined || index % 2 === Number(status.competence) % 2,
    requestOfTask(status, { verdict, ...request }) {
      given.push([status.type === 'old' ? status.competence : 'fresh', request.index]);
      return request;
    },
  });
  given.length = 0;
  const learn = (result: unknown): Verdict => ({ type: 'stay', competence: 1, result });
  const { tasks } = tasksOf(4, (index) => {
    if (index > 1) return undefined;
    return index === 0 ? { do: 'hold', verdict: learn } : { do: 'hold' };
  });
  const isBegun = begun(pool, 0);
  const running = runAll(pool, tasks);
  const done = codes(running);
  await isBegun;
  // The window was open: all requests were made for a worker without competence.
  t.is(given.length, 4);
  const isNextBegun = begun(pool, 1);
  pool.forwardFeedback(0);
  await Promise.all([running[0], isNextBegun]);
  pool.forwardFeedback(1);
  t.deepEqual(await done, Array(4).fill('done'));
  // The second task had begun in any case. The others were matched anew with the new competences.
  t.deepEqual(
    given
      .slice(4)
      .map(([, index]) => index)
      .sort((a, b) => a - b),
    [2, 3],
  );
  for (const [competence, index] of given.slice(4)) t.true(competence !== 1 || index % 2 === 1);
});

test('for any events on workers with windows, each task settles once and begins at most once', async (t) => {
  const pool = await openWarm(t, 2);
  const { counts, tasks } = tasksOf(400, (index) => {
    if (index % 41 === 7) return { do: 'exit' };
    if (index % 13 === 5) return { verdict: end };
    return undefined;
  });
  let settled = 0;
  const controllers = new Map<number, AbortController>();
  pool.pause();
  const done = tasks.map((task) => {
    const controller = new AbortController();
    if (task.index % 5 === 0) controllers.set(task.index, controller);
    return pool.run(task, { signal: controller.signal }).then(
      () => settled++,
      () => {
        settled++;
        // Each failure cancels another task, wherever that task is by now.
        controllers.get(task.index + 3 - ((task.index + 3) % 5))?.abort();
        if (task.index % 82 === 7) pool.cancelWorker(pool.workers[0]?.id ?? '');
      },
    );
  });
  pool.resume();
  await Promise.all(done);
  t.is(settled, 400);
  t.is(Math.max(...counts), 1);
  t.is(pool.stats.pending, 0);
});

onProcesses('in processes a worker of a non-idempotent kind gets one request at a time', async (t, open) => {
  let sent = 0;
  let most = 0;
  const pool = open(
    counted({
      requestOfTask(_status, { verdict, ...request }) {
        most = Math.max(most, ++sent);
        return request;
      },
      useResponse(_status, _task, result) {
        sent--;
        return { type: 'stay', competence: undefined, result };
      },
    }),
  );
  await Promise.all(Array.from({ length: 200 }, (_, index) => pool.run({ index })));
  t.is(most, 1);
});

onProcesses(
  'kill -9 of a process that holds several idempotent requests repeats only the necessary ones',
  async (t, open) => {
    const pool: AnyPool = open(counted({ idempotent: true }));
    await warm(pool);
    const { tasks } = tasksOf(4, (index) => (index === 0 ? { do: 'hold' } : undefined));
    const isBegun = begun(pool, 0);
    const done = codes(
      runAll(
        pool,
        tasks.map(({ counts, ...task }) => task),
      ),
    );
    await isBegun;
    process.kill(pool.workers[0]?.pid ?? 0, 'SIGKILL');
    pool.on('feedback', ({ feedback }) => pool.forwardFeedback(feedback));
    const endings = await done;
    // Any of the tasks may be at fault: all of them are retried.
    t.deepEqual(endings, Array(4).fill('done'));
    t.is(pool.stats.spawned, 2);
  },
);
