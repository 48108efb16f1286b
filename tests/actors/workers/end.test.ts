import test from 'ava';
import type { Kind, PoolOptions } from 'statepool';
import { Farewells, warningOf } from '../../support/farewells.ts';
import { echo, hold, type Job, type JobTypes } from '../../support/jobs.ts';
import { code, codes, errorOf } from '../../support/outcome.ts';
import { type AnyPool, onEachHost, onEveryHost, opener, warm } from '../../support/pool.ts';
import { Notes, watchWorkers } from '../../support/witness.ts';

/** Makes a task whose verdict ends its worker. */
const last = (value: unknown): Job => echo(value, { verdict: (result) => ({ type: 'end', result }) });

/** A way to end the only worker of a pool on purpose, or to kill it. */
interface Cause {
  readonly options?: PoolOptions;
  readonly functions?: Partial<Kind<JobTypes>>;
  act(pool: AnyPool, notes: Notes): unknown;
}

/** An old worker takes no more `hold`, so that room is made for one. */
const picky: Partial<Kind<JobTypes>> = {
  taskMatch: (status, task) => status.type === 'fresh' || task.do !== 'hold',
};

const planned: Readonly<Record<string, Cause>> = {
  'the verdict end': { act: (pool) => pool.run(last(1)) },
  'a response that cannot be cloned': { act: (pool) => code(pool.run({ do: 'unsendable' })) },
  recycle: { options: { recycle: { tasks: 1 } }, act: (pool) => pool.run(echo(1)) },
  idleTimeout: { options: { minSize: 0, idleTimeout: 1 }, act: (pool) => pool.run(echo(1)) },
  'room for a fresh worker': {
    functions: picky,
    async act(pool) {
      await pool.run(echo(1));
      void code(pool.run(hold('fresh')));
    },
  },
  'resize of a free worker': {
    async act(pool) {
      await pool.run(echo(1));
      pool.resize(0);
    },
  },
  'resize of a busy worker, after its verdict': {
    async act(pool, notes) {
      void pool.run(hold('busy'));
      await notes.begun('busy');
      pool.resize(0);
      pool.forwardFeedback({ open: 'busy' });
    },
  },
  'close of a fresh worker': { act: (pool) => void pool.close() },
  'close of an old worker': {
    async act(pool) {
      await pool.run(echo(1));
      void pool.close({ tasks: 'finish-running' });
    },
  },
  'close of a busy worker, after its verdict': {
    async act(pool, notes) {
      void pool.run(hold('busy'));
      await notes.begun('busy');
      void pool.close();
      pool.forwardFeedback({ open: 'busy' });
    },
  },
  'close of a free worker of a pool whose tasks are cancelled': { act: (pool) => void pool.close({ tasks: 'cancel' }) },
};

for (const [cause, { options, functions, act }] of Object.entries(planned)) {
  onEveryHost(`end runs once after ${cause}, and the slot stays taken until it is over`, async (t, open) => {
    const farewells = await Farewells.begin(t);
    const pool = farewells.pool(open, 'wait', options, functions);
    const workers = watchWorkers(pool);
    if (options?.minSize !== 0) await pool.ready();
    await act(pool, new Notes(pool));
    await farewells.begun(1);
    await workers.until(({ state }) => state === 'dead');
    t.deepEqual(
      pool.workers.map(({ id, state }) => [id, state]),
      [['closing:0:1', 'dead']],
    );
    t.is(pool.stats.spawned, 1);
    farewells.allow();
    if (cause.startsWith('close')) await pool.close();
    else if (cause.startsWith('resize')) pool.resize(1);
    if (!cause.startsWith('close') && options?.minSize !== 0) {
      await pool.ready();
      t.is(pool.workers[0]?.id, 'closing:0:2');
    }
    await pool.destroy();
    t.is(await farewells.count(), 1);
    t.like(pool.stats, { pending: 0 });
  });
}

/** Makes a task that never stops by itself, and waits until it runs. */
async function ignored(pool: AnyPool, notes: Notes, signal?: AbortSignal): Promise<void> {
  void code(pool.run({ do: 'ignore', key: 'busy' }, signal === undefined ? {} : { signal }));
  await notes.begun('busy');
}

async function cancelled(pool: AnyPool, notes: Notes): Promise<void> {
  const controller = new AbortController();
  await ignored(pool, notes, controller.signal);
  controller.abort();
}

const kills: Readonly<Record<string, Cause>> = {
  'a cancel of its task': { act: cancelled },
  'a cancel of its task that it ignores for too long': { options: { killGrace: 1 }, act: cancelled },
  'the time limit of its task': { options: { timeout: 1 }, act: ignored },
  'cancelWorker while it is free': { act: (pool) => pool.cancelWorker('closing:0:1') },
  'cancelWorker while it is busy': {
    async act(pool, notes) {
      await ignored(pool, notes);
      pool.cancelWorker('closing:0:1');
    },
  },
  cancelAll: { act: (pool) => pool.cancelAll() },
  destroy: { act: (pool) => pool.destroy() },
  'a close that cancels its task': {
    async act(pool, notes) {
      await ignored(pool, notes);
      await pool.close({ tasks: 'cancel' });
    },
  },
  'a close whose time is over': {
    async act(pool, notes) {
      await ignored(pool, notes);
      await pool.close({ timeout: 1 });
    },
  },
};

for (const [cause, { options, act }] of Object.entries(kills)) {
  onEveryHost(`end does not run in a worker that is killed by ${cause}`, async (t, open) => {
    const farewells = await Farewells.begin(t);
    const pool = farewells.pool(open, 'wait', options);
    await pool.ready();
    const workers = watchWorkers(pool);
    await act(pool, new Notes(pool));
    await workers.until(({ id, state }) => id === 'closing:0:1' && state === 'dead');
    await pool.destroy();
    t.is(await farewells.count(), 0);
  });
}

onEachHost('end does not run in a worker that dies, or whose heartbeat stops', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'wait', { heartbeat: 50 });
  t.is(await code(pool.run({ do: 'exit', code: 3 })), 'WORKER_DIED');
  t.is(await code(pool.run({ do: 'uncaught' })), 'WORKER_DIED');
  t.is((await errorOf(pool.run({ do: 'spin' }))).reason, 'unresponsive');
  await pool.destroy();
  t.is(await farewells.count(), 0);
});

onEachHost('end does not run in the workers of a pool that gives up', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'wait', { size: 2, restart: { intensity: 0 } });
  await pool.ready();
  t.is(await code(pool.run({ do: 'exit', code: 3 })), 'WORKER_DIED');
  await pool.destroy();
  t.is(await farewells.count(), 0);
});

onEachHost('end does not run in a worker that has not completed its start', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'wait', { size: 2 });
  pool.resize(0);
  await pool.close();
  t.is(await farewells.count(), 0);
});

for (const way of ['hang', 'spin'] as const) {
  onEachHost(`an end that never ends (${way}) is cut at its grace, with a warning`, async (t, open) => {
    const farewells = await Farewells.begin(t);
    const pool = farewells.pool(open, way, { endGrace: 200 });
    const warning = warningOf(t, 'endGrace of 200 ms');
    t.is(await pool.run(last(1)), 1);
    await farewells.begun(1);
    await warning;
    t.is(await pool.run({ do: 'id' }), 'closing:0:2');
    t.like(pool.stats, { completed: 2, failed: 0 });
  });
}

onEveryHost('a hanging end is cut at its grace while the pool closes', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'hang', { endGrace: 100 });
  await pool.ready();
  t.like(await pool.close(), { isForced: false });
  t.is(await farewells.count(), 1);
});

onEveryHost('with an endGrace of 0 workers are killed at once', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'wait', { endGrace: 0 });
  t.is(await pool.run(last(1)), 1);
  t.is(await pool.run({ do: 'id' }), 'closing:0:2');
  await pool.close();
  t.is(await farewells.count(), 0);
});

for (const [way, text] of [
  ['throw', 'thrown by end'],
  ['reject', 'rejected by end'],
] as const) {
  onEveryHost(`an end that fails (${way}) is a warning, fails no task and is no death`, async (t, open) => {
    const farewells = await Farewells.begin(t);
    const pool = farewells.pool(open, way, { restart: { intensity: 0, limit: 0 } });
    const warning = warningOf(t, text);
    t.deepEqual(await codes([pool.run(last(1)), pool.run(last(2)), pool.run(echo(3))]), ['done', 'done', 'done']);
    t.regex(await warning, /^closing: end threw Error: /);
    await pool.close();
    t.like(pool.stats, { completed: 3, failed: 0, spawned: 3, died: 3 });
  });
}

for (const [way, text] of [
  ['exit', 'closing:0:1 died in its end: exit 3'],
  ['uncaught', 'end threw Error: uncaught in end'],
  ['float', 'end threw Error: nobody waits for end'],
] as const) {
  onEachHost(`a worker that dies in its end (${way}) is a warning, and is replaced as usual`, async (t, open) => {
    const farewells = await Farewells.begin(t);
    const deaths: unknown[] = [];
    const onDeath = (task: unknown) => void deaths.push(task);
    const pool = farewells.pool(
      open,
      way,
      { restart: { intensity: 0, limit: 0 } },
      { onTaskCancellationOrExpirationOrWorkerDeath: onDeath },
    );
    const warning = warningOf(t, text);
    t.is(await pool.run(last(1)), 1);
    t.is(await pool.run({ do: 'id' }), 'closing:0:2');
    await warning;
    t.deepEqual(deaths, []);
    t.is(farewells.runs.length, 1);
  });
}

onEachHost('what end writes reaches onOutput, to the last line', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const lines: string[] = [];
  const pool = farewells.pool(open, 'print', { onOutput: ({ line }) => lines.push(line) });
  await pool.ready();
  await pool.close();
  t.is(lines.filter((line) => line.endsWith('.')).length, 20_000);
  t.true(lines.includes('the last line'));
});

onEveryHost('destroy does not wait for an end', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'wait');
  await pool.ready();
  const closing = pool.close();
  await farewells.begun(1);
  await pool.destroy();
  t.like(await closing, { isForced: false });
  t.deepEqual(pool.workers, []);
});

onEveryHost('a close whose time is over does not wait for an end', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'wait');
  await pool.ready();
  t.like(await pool.close({ timeout: 1 }), { isForced: true });
});

onEveryHost('a cancel leaves a worker that runs its end alone', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'wait');
  await pool.run(last(1));
  await farewells.begun(1);
  pool.cancelAll();
  t.false(pool.cancelWorker('closing:0:1'));
  t.is(pool.workers[0]?.id, 'closing:0:1');
  farewells.allow();
  await pool.ready();
  t.is(pool.workers[0]?.id, 'closing:0:2');
});

onEachHost('close runs the end of each worker and of each started spare', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'wait', { size: 2, spares: 1 });
  await pool.ready();
  // The place of this worker goes to the spare, and the pool starts another one.
  await pool.run(last(1));
  await farewells.begun(1);
  farewells.allow();
  await pool.ready();
  const closing = pool.close();
  await farewells.begun(3);
  farewells.allow();
  const isStarted = await Promise.race([farewells.begun(4).then(() => true), closing.then(() => false)]);
  farewells.allow();
  await closing;
  t.is(await farewells.count(), isStarted ? 4 : 3);
});

onEachHost('destroy runs no end, also not that of a spare', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'wait', { spares: 1 });
  await pool.ready();
  await pool.destroy();
  t.is(await farewells.count(), 0);
});

for (const host of ['thread', 'process', 'inline'] as const) {
  for (const isIdempotent of [true, false]) {
    test(`${host}: requests that a worker holds when it ends go to the next one (${isIdempotent ? 'idempotent' : 'once'})`, async (t) => {
      const farewells = await Farewells.begin(t);
      const pool = farewells.pool(opener(t, host), 'quick', {}, { window: 8, idempotent: isIdempotent });
      await warm(pool, isIdempotent || host !== 'process' ? 4 : 1);
      const tasks = Array.from({ length: 100 }, (_, i) => (i % 10 === 5 ? last(i) : echo(i)));
      t.deepEqual(
        await Promise.all(tasks.map((task) => pool.run(task))),
        tasks.map(({ value }) => value),
      );
      await pool.close();
      t.is(await farewells.count(), pool.stats.spawned);
    });
  }
}
