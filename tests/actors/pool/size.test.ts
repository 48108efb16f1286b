import { availableParallelism } from 'node:os';
import test from 'ava';
import { createPool } from 'statepool';
import { echo, hold, jobs } from '../../support/jobs.ts';
import { codes } from '../../support/outcome.ts';
import { onEachHost, onEveryHost } from '../../support/pool.ts';
import { Notes, watchWorkers } from '../../support/witness.ts';

onEachHost('a pool of n runs n tasks at once, each on a worker of its own', async (t, open) => {
  const pool = open(jobs(), { size: 3 });
  const notes = new Notes(pool);
  const done = codes(['a', 'b', 'c', 'd'].map((key) => pool.run(hold(key))));
  const workers = await Promise.all(['a', 'b', 'c'].map((key) => notes.begun(key)));
  t.is(new Set(workers.map(({ worker }) => worker)).size, 3);
  t.is(pool.workers.length, 3);
  t.deepEqual(pool.workers.map(({ state, task }) => [state, task]).sort(), [
    ['busy', 'a'],
    ['busy', 'b'],
    ['busy', 'c'],
  ]);
  t.is(pool.queued, 1);
  for (const key of ['a', 'b', 'c', 'd']) pool.forwardFeedback({ open: key });
  t.deepEqual(await done, ['done', 'done', 'done', 'done']);
  t.is(pool.stats.spawned, 3);
});

onEveryHost('a task goes to a worker and its response comes back', async (t, open) => {
  const pool = open(jobs());
  t.deepEqual(await pool.run(echo({ a: [1, new Map([['b', 2n]])] })), { a: [1, new Map([['b', 2n]])] });
  t.is(await pool.run({ do: 'later', value: 7 }), 7);
});

onEachHost("a worker's id is kind:slot:serial, and perform gets it", async (t, open) => {
  const pool = open(jobs(), { size: 2 });
  await pool.ready();
  t.deepEqual(pool.workers.map(({ id }) => id).sort(), ['jobs:0:1', 'jobs:1:1']);
  t.regex(String(await pool.run({ do: 'id' })), /^jobs:[01]:1$/);
  const [first] = pool.workers;
  pool.cancelWorker(first?.id ?? '');
  await pool.ready();
  t.true(pool.workers.some(({ id }) => id === first?.id.replace(/1$/, '2')));
});

onEachHost('in a pool of size 0 tasks wait and nothing is spawned, until a resize lets them run', async (t, open) => {
  const pool = open(jobs(), { size: 0 });
  const done = pool.run(echo('at last'));
  const error = await t.throwsAsync(pool.join(), { code: 'STALLED' });
  t.regex(error.message, /size 0/);
  t.is(pool.queued, 1);
  t.is(pool.stats.spawned, 0);
  t.deepEqual(pool.workers, []);
  pool.resize(1);
  t.is(await done, 'at last');
  t.is(pool.size, 1);
});

onEachHost('a pool that grows runs more tasks at once', async (t, open) => {
  const pool = open(jobs());
  const notes = new Notes(pool);
  const done = codes([pool.run(hold('a')), pool.run(hold('b'))]);
  await notes.begun('a');
  t.is(pool.queued, 1);
  pool.resize(2);
  await notes.begun('b');
  pool.forwardFeedback({ open: 'a' });
  pool.forwardFeedback({ open: 'b' });
  t.deepEqual(await done, ['done', 'done']);
});

onEachHost('a pool that shrinks ends free workers at once, and busy workers after their verdict', async (t, open) => {
  const pool = open(jobs(), { size: 3 });
  const notes = new Notes(pool);
  const workers = watchWorkers(pool);
  await pool.ready();
  const done = codes([pool.run(hold('a')), pool.run(hold('b'))]);
  const busy = [(await notes.begun('a')).worker, (await notes.begun('b')).worker];
  pool.resize(0);
  const free = pool.workers.find(({ id }) => !busy.includes(id));
  t.true(free === undefined || free.state === 'dead');
  const waiting = pool.run(echo('late'));
  pool.forwardFeedback({ open: 'a' });
  pool.forwardFeedback({ open: 'b' });
  t.deepEqual(await done, ['done', 'done']);
  for (const id of busy) await workers.until((worker) => worker.id === id && worker.state === 'dead');
  t.is(pool.queued, 1);
  pool.resize(1);
  t.is(await waiting, 'late');
});

onEachHost('a pool that shrank during its work comes to rest, and can be closed', async (t, open) => {
  const pool = open(jobs(), { size: 2 });
  const notes = new Notes(pool);
  const done = codes([pool.run(hold('a')), pool.run(hold('b'))]);
  await notes.begun('a');
  await notes.begun('b');
  pool.resize(0);
  const joined = pool.join();
  pool.forwardFeedback({ open: 'a' });
  pool.forwardFeedback({ open: 'b' });
  t.deepEqual(await done, ['done', 'done']);
  await joined;
  t.is(pool.stats.busy, 0);
  await pool.join();
  t.deepEqual(await pool.close(), { completed: 0, failed: 0, cancelled: 0, isForced: false });
});

onEachHost('ready waits for every worker', async (t, open) => {
  const pool = open(jobs(), { size: 3 });
  t.is(pool.stats.spawned, 3);
  await pool.ready();
  t.deepEqual(
    pool.workers.map(({ state }) => state),
    ['fresh', 'fresh', 'fresh'],
  );
  await pool.ready();
});

onEachHost('ready does not wait for workers that a shrink has removed', async (t, open) => {
  const pool = open(jobs(), { size: 2 });
  const ready = pool.ready();
  pool.resize(0);
  await t.notThrowsAsync(ready);
});

test('a pool has as many workers as the machine has processors by default', async (t) => {
  await using pool = createPool(jobs(), { host: 'inline' });
  t.is(pool.size, availableParallelism());
  await pool.ready();
  t.is(pool.workers.length, pool.size);
});
