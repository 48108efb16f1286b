import { echo, hold, jobs } from '../../support/jobs.ts';
import { code, codes } from '../../support/outcome.ts';
import { onEachHost } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

onEachHost('a full queue refuses more tasks, and slot resolves when there is room', async (t, open) => {
  const pool = open(jobs(), { maxQueue: 1 });
  const notes = new Notes(pool);
  const first = pool.run(hold('a'));
  await notes.begun('a');
  const second = pool.run(hold('b'));
  t.is(await code(pool.run(echo('no room'))), 'QUEUE_FULL');
  t.is(pool.queued, 1);
  const slot = pool.slot();
  pool.forwardFeedback({ open: 'a' });
  t.is(await first, 'a');
  await slot;
  t.is(pool.queued, 0);
  const third = pool.run(echo('c'));
  pool.forwardFeedback({ open: 'b' });
  t.deepEqual([await second, await third], ['b', 'c']);
  await pool.slot();
});

onEachHost('a producer that awaits a slot never overfills the queue', async (t, open) => {
  const pool = open(jobs(), { size: 2, maxQueue: 3 });
  const done: Promise<unknown>[] = [];
  for (let i = 0; i < 100; i++) {
    await pool.slot();
    done.push(pool.run(echo(i)));
    t.true(pool.queued <= 3);
  }
  t.deepEqual(await codes(done), Array(100).fill('done'));
});

onEachHost('each caller that waits for a slot gets one in turn', async (t, open) => {
  const pool = open(jobs(), { maxQueue: 1 });
  const notes = new Notes(pool);
  const first = pool.run(hold('a'));
  await notes.begun('a');
  const second = pool.run(echo('b'));
  const order: number[] = [];
  const waiting = [1, 2, 3].map(async (number) => {
    for (;;) {
      await pool.slot();
      if (pool.queued < 1) break;
    }
    order.push(number);
    return pool.run(echo(number));
  });
  pool.forwardFeedback({ open: 'a' });
  await Promise.all([first, second, ...waiting]);
  t.deepEqual(order.sort(), [1, 2, 3]);
});

onEachHost('a cancelled task frees its room', async (t, open) => {
  const pool = open(jobs(), { size: 0, maxQueue: 1 });
  const controller = new AbortController();
  const queued = code(pool.run(echo(1), { signal: controller.signal }));
  const slot = pool.slot();
  controller.abort();
  await slot;
  t.is(await queued, 'CANCELLED');
});

onEachHost('waiting for a slot can be aborted, and ends with the pool', async (t, open) => {
  const pool = open(jobs(), { size: 0, maxQueue: 1 });
  const queued = code(pool.run(echo(1)));
  await t.throwsAsync(pool.slot({ signal: AbortSignal.abort(new Error('no time')) }), { message: 'no time' });
  const slot = code(pool.slot());
  await pool.destroy();
  t.is(await slot, 'CLOSED');
  t.is(await code(pool.slot()), 'CLOSED');
  t.is(await queued, 'CANCELLED');
});

onEachHost('tasks for free workers do not wait, and so do not fill the queue', async (t, open) => {
  const pool = open(jobs(), { size: 2, maxQueue: 1 });
  await pool.ready();
  t.deepEqual(await codes([pool.run(echo(1)), pool.run(echo(2)), pool.run(echo(3))]), ['done', 'done', 'done']);
});
