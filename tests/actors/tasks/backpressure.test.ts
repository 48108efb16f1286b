import { echo, hold, jobs } from '../../support/jobs.ts';
import { code, codes, collect } from '../../support/outcome.ts';
import { onEachHost, onEveryHost } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

onEveryHost(
  'with maxQueue 0 no task waits: a free worker takes one task, and the next one is refused',
  async (t, open) => {
    const pool = open(jobs(), { maxQueue: 0 });
    await pool.ready();
    t.is(await pool.run(echo('a')), 'a');
    const notes = new Notes(pool);
    const running = pool.run(hold('b'));
    await notes.begun('b');
    t.is(await code(pool.run(echo('c'))), 'QUEUE_FULL');
    const slot = pool.slot();
    pool.forwardFeedback({ open: 'b' });
    t.is(await running, 'b');
    await slot;
    t.is(await pool.run(echo('d')), 'd');
  },
);

onEachHost('a full queue accepts a task that a free worker takes at once', async (t, open) => {
  const pool = open(jobs({ taskMatch: (_status, task) => task.isPicky !== true }), { maxQueue: 1 });
  await pool.ready();
  const waiting = code(pool.run(echo('never', { isPicky: true })));
  t.is(await pool.run(echo('now')), 'now');
  t.is(await code(pool.run(echo('no', { isPicky: true }))), 'QUEUE_FULL');
  await pool.destroy();
  t.is(await waiting, 'CANCELLED');
});

onEachHost(
  'of tasks that come together, a free worker takes one, and the queue holds no more than maxQueue',
  async (t, open) => {
    const pool = open(jobs(), { maxQueue: 1 });
    await pool.ready();
    const outcomes = codes(['a', 'b', 'c'].map((name) => pool.run(hold(name))));
    t.is(pool.queued, 1);
    await pool.destroy();
    t.deepEqual(await outcomes, ['CANCELLED', 'CANCELLED', 'QUEUE_FULL']);
  },
);

onEachHost('every caller that waits for a slot is admitted while there is room', async (t, open) => {
  const pool = open(jobs(), { maxQueue: 1 });
  const notes = new Notes(pool);
  const running = pool.run(hold('a'));
  await notes.begun('a');
  const queued = pool.run(echo('b'));
  const slots = Array.from({ length: 8 }, () => pool.slot());
  pool.forwardFeedback({ open: 'a' });
  t.deepEqual(await Promise.all([running, queued]), ['a', 'b']);
  await Promise.all(slots);
  t.is(pool.queued, 0);
});

onEachHost('callers that wait for a slot are admitted one after the other', async (t, open) => {
  const pool = open(jobs(), { maxQueue: 1 });
  const run = async (value: number) => {
    await pool.slot();
    return pool.run(echo(value));
  };
  t.deepEqual(await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(run)), [0, 1, 2, 3, 4, 5, 6, 7]);
});

onEachHost('map runs no more tasks than the queue has room for', async (t, open) => {
  const pool = open(jobs(), { size: 2, maxQueue: 1 });
  const all = Array.from({ length: 30 }, (_, i) => i);
  const other = codes(all.slice(0, 2).map((value) => pool.run(echo(value))));
  t.deepEqual(
    await collect(
      pool.map(
        all.map((value) => echo(value)),
        { inFlight: 8 },
      ),
    ),
    all,
  );
  t.true((await other).includes('done'));
});

onEveryHost('with a full queue, a map waits for a worker that takes its task', async (t, open) => {
  let isOpen = false;
  const pool = open(jobs({ taskMatch: (_status, task) => task.isPicky !== true || isOpen }), { maxQueue: 0 });
  await pool.ready();
  const mapped = collect(pool.map([echo(1, { isPicky: true }), echo(2, { isPicky: true })]));
  const others = collect(pool.map([echo(3), echo(4)]));
  t.deepEqual(await others, [3, 4]);
  isOpen = true;
  pool.broadcast();
  t.deepEqual(await mapped, [1, 2]);
});
