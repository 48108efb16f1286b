import type { Kind, PoolOptions } from 'statepool';
import { Farewells } from '../../support/farewells.ts';
import { echo, hold, type Job, type JobTypes } from '../../support/jobs.ts';
import { code, errorOf } from '../../support/outcome.ts';
import { type AnyPool, onEachHost, onEveryHost } from '../../support/pool.ts';
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
  'the time limit of its task': {
    options: { timeout: 1 },
    act: (pool) => void code(pool.run({ do: 'ignore', key: 'busy' })),
  },
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
