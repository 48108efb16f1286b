import test, { type ExecutionContext } from 'ava';
import type { Kind, Verdict } from 'statepool';
import { ToMaster, ToWorker } from '../../../actors/protocol/messages.ts';
import { echo, type Job, type JobTypes, jobs } from '../../support/jobs.ts';
import { codes } from '../../support/outcome.ts';
import { Players, widen } from '../../support/played.ts';
import { type AnyPool, opener } from '../../support/pool.ts';

const end: Job['verdict'] = (result) => ({ type: 'end', result });

/** Opens a pool of one played worker that may already hold `window` requests. */
async function openWide(t: ExecutionContext, isCounted: boolean, functions: Partial<Kind<JobTypes>> = {}, window = 4) {
  const players = new Players(isCounted);
  const pool = opener(t, players.host)(jobs({ window, idempotent: !isCounted, ...functions }));
  const worker = await players.worker(1);
  await widen(pool, worker, window);
  return { players, pool, worker };
}

/** Runs all tasks at once. */
function runAll(pool: AnyPool, tasks: readonly Job[]): Promise<unknown>[] {
  pool.pause();
  const done = tasks.map((task) => pool.run(task));
  pool.resume();
  return done;
}

const valuesOf = (requests: readonly Job[]) => requests.map(({ value }) => value);

test('a quick worker may hold twice as many requests as before, at most its window, and a slow one only one', async (t) => {
  const players = new Players(false);
  const pool = opener(t, players.host)(jobs({ window: 8, idempotent: true }));
  const worker = await players.worker(1);
  const done = codes(
    runAll(
      pool,
      Array.from({ length: 40 }, (_, i) => echo(i)),
    ),
  );
  await worker.holds(1);
  const sizes: number[] = [];
  // The first task makes it old; each of the last takes longer than the way to the worker.
  for (const ms of [0.1, 0.1, 0.1, 0.1, 0.1, 40, 0.1]) {
    worker.answer(worker.held.length, ms * worker.held.length);
    sizes.push(worker.held.length);
  }
  t.deepEqual(sizes, [1, 2, 4, 8, 8, 1, 1]);
  while (worker.held.length > 0) worker.answer(worker.held.length);
  t.deepEqual(await done, Array(40).fill('done'));
});

test('a worker with a new competence gets one request at a time until it is quick again', async (t) => {
  const { pool, worker } = await openWide(t, false);
  const learns: Job['verdict'] = (result) => ({ type: 'stay', competence: 'new', result });
  const done = codes(
    runAll(
      pool,
      Array.from({ length: 12 }, (_, i) => echo(i, { verdict: learns })),
    ),
  );
  await worker.holds(4);
  const sizes: number[] = [];
  for (let i = 0; i < 3; i++) {
    worker.answer(worker.held.length, 0.01);
    sizes.push(worker.held.length);
  }
  t.deepEqual(sizes, [1, 2, 4]);
  while (worker.held.length > 0) worker.answer(worker.held.length);
  t.deepEqual(await done, Array(12).fill('done'));
});

for (const [isCounted, idempotent, most] of [
  [false, false, 1],
  [false, true, 4],
  [true, false, 4],
] as const) {
  const what = isCounted ? 'whose begun requests are counted' : 'whose begun requests are unknown';
  test(`a worker ${what} holds ${most} of a kind that is ${idempotent ? '' : 'not '}idempotent`, async (t) => {
    const { pool, worker } = await openWide(t, isCounted, { idempotent });
    const done = codes(
      runAll(
        pool,
        [1, 2, 3, 4].map((value) => echo(value)),
      ),
    );
    await worker.holds(most);
    while (worker.held.length > 0) worker.answer();
    t.deepEqual(await done, Array(4).fill('done'));
  });
}

test('the tasks of a killed worker return in order, and each runs alone, because any of them may be at fault', async (t) => {
  const { players, pool, worker } = await openWide(t, false);
  const done = codes(
    runAll(
      pool,
      ['a', 'b', 'c', 'd'].map((value) => echo(value)),
    ),
  );
  await worker.holds(4);
  worker.die();
  const next = await players.worker(2);
  await next.holds(1);
  while (next.held.length > 0) {
    t.is(next.held.length, 1);
    next.answer();
  }
  t.deepEqual(valuesOf(next.requests), ['a', 'b', 'c', 'd']);
  t.deepEqual(await done, Array(4).fill('done'));
});

test('the tasks of an ended worker go to the next one, in order', async (t) => {
  const { players, pool, worker } = await openWide(t, false);
  const done = codes(runAll(pool, [echo('a', { verdict: end }), ...['b', 'c', 'd'].map((value) => echo(value))]));
  await worker.holds(4);
  worker.answer();
  const next = await players.worker(2);
  await next.holds(1);
  while (next.held.length > 0) next.answer();
  t.deepEqual(valuesOf(next.requests), ['b', 'c', 'd']);
  t.deepEqual(await done, Array(4).fill('done'));
});

test('a non-idempotent worker ends when its begun tasks are answered, and the rest goes to the next one', async (t) => {
  const { players, pool, worker } = await openWide(t, true);
  const done = codes(runAll(pool, [echo('a', { verdict: end }), ...['b', 'c', 'd'].map((value) => echo(value))]));
  await worker.holds(4);
  worker.begun += 2;
  worker.answer();
  t.false(worker.isEnded);
  t.deepEqual(valuesOf(worker.held), ['b']);
  worker.answer();
  t.true(worker.isEnded);
  const next = await players.worker(2);
  await next.holds(1);
  while (next.held.length > 0) next.answer();
  t.deepEqual(valuesOf(next.requests), ['c', 'd']);
  t.deepEqual(await done, Array(4).fill('done'));
});

test('a death fails begun non-idempotent tasks, and the rest goes to the next worker', async (t) => {
  const { players, pool, worker } = await openWide(t, true);
  const done = codes(
    runAll(
      pool,
      ['a', 'b', 'c', 'd'].map((value) => echo(value)),
    ),
  );
  await worker.holds(4);
  worker.begun += 2;
  worker.die();
  const next = await players.worker(2);
  await next.holds(1);
  while (next.held.length > 0) next.answer();
  t.deepEqual(valuesOf(next.requests), ['c', 'd']);
  t.deepEqual(await done, ['WORKER_DIED', 'WORKER_DIED', 'done', 'done']);
});

test('a cancelled prefetched task leaves its worker, which stays', async (t) => {
  const { pool, worker } = await openWide(t, true);
  const controller = new AbortController();
  pool.pause();
  const tasks = ['a', 'b', 'c', 'd'].map((value) => echo(value));
  const done = codes(tasks.map((task) => pool.run(task, task.value === 'c' ? { signal: controller.signal } : {})));
  pool.resume();
  await worker.holds(4);
  worker.begun++;
  controller.abort();
  while (worker.held.length > 0) worker.answer();
  t.deepEqual(await done, ['done', 'done', 'CANCELLED', 'done']);
  t.deepEqual(valuesOf(worker.requests), ['a', 'b', 'c', 'd', 'b', 'd']);
  t.false(worker.isEnded);
});

test('a changed competence takes back the tasks not begun, in order, and matches them anew', async (t) => {
  const given: unknown[] = [];
  const { pool, worker } = await openWide(t, true, {
    requestOfTask(status, { verdict, ...request }) {
      given.push([status.type === 'old' ? status.competence : 'fresh', request.value]);
      return request;
    },
  });
  given.length = 0;
  const learns: Job['verdict'] = (result) => ({ type: 'stay', competence: 'new', result });
  const done = codes(
    runAll(
      pool,
      ['a', 'b', 'c', 'd'].map((value) => echo(value, { verdict: learns })),
    ),
  );
  await worker.holds(4);
  worker.begun += 2;
  worker.answer();
  while (worker.held.length > 0) worker.answer();
  t.deepEqual(await done, Array(4).fill('done'));
  const before = ['a', 'b', 'c', 'd'].map((value) => [undefined, value]);
  t.deepEqual(given, [...before, ['new', 'c'], ['new', 'd']]);
});

test('a worker that has answered all tasks but not yet reported its dropped ones is not ended to make room', async (t) => {
  const { pool, worker } = await openWide(t, false);
  const learns: Job['verdict'] = (result) => ({ type: 'stay', competence: 'new', result });
  const done = codes(
    runAll(
      pool,
      ['a', 'b', 'c', 'd', 'e'].map((value) => echo(value, { verdict: learns })),
    ),
  );
  await worker.holds(4);
  worker.answer();
  // The worker had begun all of them before the question. Its answers come first.
  worker.answer(3);
  await pool.ready();
  t.false(worker.isEnded);
  worker.say([ToMaster.Recalled, worker.begun]);
  await worker.holds(1);
  worker.answer();
  t.deepEqual(await done, Array(5).fill('done'));
  t.is(pool.stats.spawned, 1);
});

test('verdicts on answers in one message run in order, each with the status after the one before', async (t) => {
  const statuses: unknown[] = [];
  const { pool, worker } = await openWide(t, false, {
    useResponse(status, { value }, result): Verdict<Job> {
      statuses.push(status.type === 'old' ? status.competence : 'fresh');
      return { type: 'stay', competence: value, result };
    },
  });
  statuses.length = 0;
  const done = codes(
    runAll(
      pool,
      ['a', 'b', 'c', 'd'].map((value) => echo(value)),
    ),
  );
  await worker.holds(4);
  worker.answer(4);
  t.deepEqual(await done, Array(4).fill('done'));
  t.deepEqual(statuses, ['quick', 'a', 'b', 'c']);
});

test('a worker with an end verdict ends, even if more answers came in the same message', async (t) => {
  const { pool, worker } = await openWide(t, false);
  const done = codes(runAll(pool, [echo('a', { verdict: end }), ...['b', 'c', 'd'].map((value) => echo(value))]));
  await worker.holds(4);
  worker.answer(4);
  t.deepEqual(await done, Array(4).fill('done'));
  t.true(worker.isEnded);
});

test('several requests share a message if JSON keeps them whole, otherwise each has its own', async (t) => {
  for (const [value, tag] of [
    [['a'], ToWorker.Requests],
    [new Set(['a']), ToWorker.Request],
  ] as const) {
    const { pool, worker } = await openWide(t, false);
    worker.heard.length = 0;
    const done = codes(runAll(pool, Array(4).fill(echo(value))));
    await worker.holds(4);
    t.deepEqual([...new Set(worker.heard.map(([each]) => each))], [tag]);
    worker.answer(4);
    t.deepEqual(await done, Array(4).fill('done'));
  }
});

test('messages of a worker after its end are dropped', async (t) => {
  const used: unknown[] = [];
  const { players, pool, worker } = await openWide(t, false, {
    useResponse(_status, { value }, result): Verdict<Job> {
      used.push(value);
      return { type: 'stay', competence: undefined, result };
    },
  });
  used.length = 0;
  const done = codes(
    runAll(
      pool,
      ['a', 'b', 'c'].map((value) => echo(value)),
    ),
  );
  await worker.holds(3);
  t.true(pool.cancelWorker(worker.id));
  worker.answer(3);
  t.deepEqual(used, []);
  const next = await players.worker(2);
  await next.holds(1);
  next.answer();
  next.answer();
  t.deepEqual(await done, ['CANCELLED', 'done', 'done']);
  t.deepEqual(used, ['b', 'c']);
});
