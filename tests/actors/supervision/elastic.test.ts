import { echo, hold, jobs } from '../../support/jobs.ts';
import { errorOf } from '../../support/outcome.ts';
import { type AnyPool, onEachHost, stayAlive } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

/** Resolves when the pool has this many workers. */
function untilWorkers(pool: AnyPool, count: number): Promise<void> {
  return new Promise((resolve) => {
    const check = () => (pool.workers.length === count ? resolve() : void setImmediate(check));
    check();
  });
}

onEachHost('a pool with a smaller minSize starts workers when tasks need them, at most its size', async (t, open) => {
  const pool = open(jobs(), { minSize: 0, size: 2 });
  const notes = new Notes(pool);
  await pool.ready();
  t.is(pool.workers.length, 0);
  t.is(pool.stats.spawned, 0);
  const first = pool.run(hold('a'));
  await notes.begun('a');
  t.is(pool.workers.length, 1);
  const second = pool.run(hold('b'));
  await notes.begun('b');
  const third = pool.run(hold('c'));
  for (const key of ['a', 'b', 'c']) pool.forwardFeedback({ open: key });
  t.deepEqual(await Promise.all([first, second, third]), ['a', 'b', 'c']);
  t.like(pool.stats, { spawned: 2, died: 0 });
});

onEachHost('a worker that is idle for long ends, except the workers that minSize keeps', async (t, open) => {
  stayAlive(t);
  const pool = open(jobs(), { minSize: 1, size: 3, idleTimeout: 50 });
  const notes = new Notes(pool);
  const keys = ['a', 'b', 'c'];
  const done = Promise.all(keys.map((key) => pool.run(hold(key))));
  for (const key of keys) await notes.begun(key);
  t.is(pool.workers.length, 3);
  for (const key of keys) pool.forwardFeedback({ open: key });
  await done;
  await untilWorkers(pool, 1);
  t.is(await pool.run(echo('more')), 'more');
  t.is(pool.workers.length, 1);
  t.like(pool.stats, { spawned: 3, died: 2, failed: 0 });
});

onEachHost('a task that no worker takes, not even a fresh one, starts no worker', async (t, open) => {
  const pool = open(jobs({ taskMatch: (_status, task) => task.do !== 'never' }), { minSize: 0, size: 2 });
  const stalled = new Promise((resolve) => pool.on('stalled', resolve));
  const waiting = errorOf(pool.run({ do: 'never' }));
  await stalled;
  t.is(pool.stats.spawned, 0);
  t.is(await pool.run(echo(1)), 1);
  await pool.destroy();
  t.is((await waiting).code, 'CANCELLED');
});

onEachHost('a pool without workers reports it when the first one cannot start', async (t, open) => {
  const kind = jobs({ url: new URL('../../fixtures/nowhere.js', import.meta.url).href });
  const pool = open(kind, { minSize: 0, size: 3, restart: { limit: 1, delay: 1 } });
  t.is((await errorOf(pool.run(echo(1)))).code, 'DEGRADED');
});

onEachHost('minSize is at most size', (t, open) => {
  t.throws(() => open(jobs(), { minSize: 3, size: 2 }), { code: 'USAGE', message: /^minSize is 3: .* from 0 to 2/ });
});
