import type { WorkerStatus } from 'statepool';
import { echo, hold, type Job, jobs } from '../../support/jobs.ts';
import { code, codes, errorOf } from '../../support/outcome.ts';
import { onEachHost } from '../../support/pool.ts';
import { Notes, watchWorkers } from '../../support/witness.ts';

/**
 * Returns whether a status may take a task. A task names its worker: `fresh`, `any`, or the competence of an old
 * worker.
 */
function isFor(status: WorkerStatus, { who = 'any' }: Job): boolean {
  return who === 'any' || who === (status.type === 'fresh' ? 'fresh' : status.competence);
}

const picky = () => jobs({ taskMatch: isFor });
const learns = (competence: string, tasks: Job[] = []): Job['verdict'] => {
  return (result) => ({ type: 'stay', competence, tasks, result });
};

onEachHost(
  'if only a fresh worker takes a task, the least recently used old worker makes room, and no other',
  async (t, open) => {
    const pool = open(picky(), { size: 3 });
    const notes = new Notes(pool);
    const ids: string[] = [];
    await pool.ready();
    const done = ['a', 'b', 'c'].map((key) => pool.run(hold(key, { verdict: learns(key) })));
    for (const key of ['a', 'b', 'c']) ids.push((await notes.begun(key)).worker);
    // The workers are used in the order b, a, c.
    for (const key of ['b', 'a', 'c']) {
      pool.forwardFeedback({ open: key });
      await done['abc'.indexOf(key)];
      await pool.run({ do: 'id', who: key, verdict: learns(key) });
    }
    await pool.join();
    t.is(await pool.run({ do: 'id', who: 'fresh', verdict: learns('d') }), ids[1]?.replace(/1$/, '2'));
    await pool.join();
    t.deepEqual(pool.workers.map(({ id }) => id).sort(), [ids[0], ids[2], ids[1]?.replace(/1$/, '2')].sort());
    t.is(pool.stats.spawned, 4);
  },
);

onEachHost('an old worker that matches a task gets it before room is made', async (t, open) => {
  const pool = open(picky(), { size: 2 });
  await pool.ready();
  await pool.run(echo(1, { verdict: learns('red') }));
  t.regex(String(await pool.run({ do: 'id', who: 'red', verdict: learns('red') })), /:1$/);
  t.regex(String(await pool.run({ do: 'id', who: 'fresh', verdict: learns('red') })), /:1$/);
  t.is(pool.stats.spawned, 2);
});

onEachHost('no room is made while a busy worker may still take the task', async (t, open) => {
  const pool = open(picky(), { size: 2 });
  const notes = new Notes(pool);
  await pool.ready();
  const [a, b] = [pool.run(hold('a', { verdict: learns('red') })), pool.run(hold('b', { verdict: learns('blue') }))];
  await notes.begun('a');
  await notes.begun('b');
  pool.forwardFeedback({ open: 'a' });
  await a;
  const waiting = pool.run({ do: 'id', who: 'fresh' });
  t.is(pool.stats.died, 0);
  t.is(pool.queued, 1);
  pool.forwardFeedback({ open: 'b' });
  await b;
  t.regex(String(await waiting), /:2$/);
  t.is(pool.stats.died, 1);
});

onEachHost('a follow-up that only its dead maker could take is stranded', async (t, open) => {
  const pool = open(picky());
  const outcomes: [unknown, unknown][] = [];
  pool.on('task', ({ task, error }) => outcomes.push([(task as Job).key, (error as { code?: string })?.code]));
  const tasks = [hold('held', { who: 'red', verdict: learns('red') }), echo(0, { who: 'red', key: 'next' })];
  await pool.run(echo(1, { key: 'maker', verdict: learns('red', tasks) }));
  await new Notes(pool).begun('held');
  t.true(pool.cancelWorker(pool.workers[0]?.id ?? ''));
  await pool.join();
  t.deepEqual(outcomes, [
    ['maker', undefined],
    ['held', 'CANCELLED'],
    ['next', 'STRANDED'],
  ]);
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
});

onEachHost("the kind's hook is called for a stranded follow-up", async (t, open) => {
  const reported: unknown[] = [];
  const pool = open(
    jobs({
      taskMatch: isFor,
      onTaskCancellationOrExpirationOrWorkerDeath: (task, reason) => void reported.push([task?.key, reason.code]),
    }),
  );
  const tasks = [echo(0, { who: 'red', key: 'orphan' })];
  await pool.run(echo(1, { verdict: (result) => ({ type: 'end', tasks, result }) }));
  await pool.join();
  t.deepEqual(reported, [['orphan', 'STRANDED']]);
});

onEachHost('a follow-up whose maker is gone runs on any worker that takes it', async (t, open) => {
  const pool = open(picky(), { size: 2 });
  const results: unknown[] = [];
  pool.on('task', ({ result }) => results.push(result));
  const tasks = [echo('by a fresh one', { who: 'fresh' })];
  await pool.run(echo('maker', { verdict: (result) => ({ type: 'end', tasks, result }) }));
  await pool.join();
  t.deepEqual(results, ['maker', 'by a fresh one']);
});

onEachHost('a follow-up that a fresh worker would take waits in a pool without workers', async (t, open) => {
  const pool = open(picky());
  const notes = new Notes(pool);
  const outcomes: unknown[] = [];
  pool.on('task', ({ result, error }) => outcomes.push(result ?? (error as { code: string }).code));
  const tasks = [echo('follow-up')];
  const maker = pool.run(hold('maker', { verdict: (result) => ({ type: 'end', tasks, result }) }));
  await notes.begun('maker');
  pool.resize(0);
  pool.forwardFeedback({ open: 'maker' });
  await maker;
  t.is(await code(pool.join()), 'STALLED');
  pool.resize(1);
  await pool.join();
  t.deepEqual(outcomes, ['maker', 'follow-up']);
});

onEachHost('a pool whose tasks no worker takes emits stalled once, with the names of the tasks', async (t, open) => {
  const pool = open(picky());
  const reported: unknown[] = [];
  const stalled = new Promise<void>((resolve) => {
    pool.on('stalled', (error) => {
      reported.push([error.code, error.tasks]);
      resolve();
    });
  });
  const lost = codes([pool.run(echo(1, { who: 'nobody', key: 'lost' }))]);
  await stalled;
  t.is(pool.actor.getSnapshot().value, 'stalled');
  pool.broadcast();
  t.is(pool.actor.getSnapshot().value, 'stalled');
  t.deepEqual(reported, [['STALLED', ['lost']]]);
  pool.cancelAll();
  t.deepEqual(await lost, ['CANCELLED']);
  await pool.ready();
  t.is(pool.actor.getSnapshot().value, 'running');
});

onEachHost('a stall without a listener is a warning', async (t, open) => {
  const warned = new Promise<Error & { code?: string }>((resolve) => process.once('warning', resolve));
  const pool = open(picky());
  const lost = code(pool.run(echo(1, { who: 'nobody', key: 'lost' })));
  const warning = await warned;
  t.is(warning.code, 'STATEPOOL_STALLED');
  t.regex(warning.message, /lost/);
  await pool.destroy();
  t.is(await lost, 'CANCELLED');
});

const ways: Readonly<Record<string, (pool: ReturnType<typeof stall>) => unknown>> = {
  'a new task that teaches a worker what it lacks': ({ pool }) =>
    pool.run(echo(2, { who: 'old', verdict: learns('blue') })),
  'a broadcast after the outside has changed': ({ pool, allow }) => {
    allow('red');
    pool.broadcast();
  },
  'a cancel of the task': ({ cancel }) => cancel(),
};

function stall(open: Parameters<Parameters<typeof onEachHost>[1]>[1]) {
  const allowed = new Set<unknown>(['any']);
  const controller = new AbortController();
  const pool = open(
    jobs({
      taskMatch(status, task) {
        if (allowed.has(task.who ?? 'any')) return true;
        if (task.who === 'blue') return status.type === 'old' && status.competence === 'blue';
        return task.who === 'old' && status.type === 'old';
      },
    }),
  );
  const stalled = new Promise((resolve) => pool.on('stalled', resolve));
  const allow = (who: string) => allowed.add(who);
  return { pool, stalled, allow, signal: controller.signal, cancel: () => controller.abort() };
}

for (const [way, act] of Object.entries(ways)) {
  onEachHost(`a stall ends by ${way}`, async (t, open) => {
    const world = stall(open);
    const { pool, stalled, signal } = world;
    await pool.run(echo(0));
    const who = way.includes('teaches') ? 'blue' : 'red';
    const waiting = code(pool.run(echo(1, { who }), { signal }));
    await stalled;
    t.is(await code(pool.join()), 'STALLED');
    await act(world);
    t.is(await waiting, way.includes('cancel') ? 'CANCELLED' : 'done');
    await pool.join();
    t.is(pool.actor.getSnapshot().value, 'running');
  });
}

onEachHost('a stall ends by an order under which a worker has work again', async (t, open) => {
  let isOrdered = false;
  const pool = open(jobs({ taskMatch: () => isOrdered }));
  const stalled = new Promise((resolve) => pool.on('stalled', resolve));
  const done = [pool.run(echo('b', { rank: 2 })), pool.run(echo('a', { rank: 1 }))];
  await stalled;
  isOrdered = true;
  const results: unknown[] = [];
  pool.on('task', ({ result }) => results.push(result));
  pool.setOrder((a, b) => Number(a.rank) - Number(b.rank));
  await Promise.all(done);
  t.deepEqual(results, ['a', 'b']);
});

onEachHost('join rejects when the pool stalls while it waits', async (t, open) => {
  const pool = open(picky());
  const notes = new Notes(pool);
  const first = pool.run(hold('a'));
  await notes.begun('a');
  const lost = code(pool.run(echo(1, { who: 'nobody', key: 'lost' })));
  const joined = errorOf(pool.join());
  pool.forwardFeedback({ open: 'a' });
  t.is(await first, 'a');
  t.deepEqual((await joined).tasks, ['lost']);
  await pool.destroy();
  t.is(await lost, 'CANCELLED');
});

onEachHost('a pool that makes room makes progress: no task waits for a worker that never comes', async (t, open) => {
  const pool = open(picky(), { size: 2 });
  const workers = watchWorkers(pool);
  const names = ['red', 'blue', 'green', 'gold'];
  const done = names.flatMap((name) => [
    pool.run(echo(name, { who: 'fresh', verdict: learns(name) })),
    pool.run(echo(`${name} too`, { who: name, verdict: learns(name) })),
  ]);
  t.deepEqual(await codes(done), Array(8).fill('done'));
  t.true(workers.all.some(({ state }) => state === 'dead'));
});
