import { echo, hold } from '../../support/jobs.ts';
import { code, collect } from '../../support/outcome.ts';
import { onEveryHost } from '../../support/pool.ts';
import { begun, keys, together } from '../../support/together.ts';
import { Notes } from '../../support/witness.ts';

onEveryHost('tasks are spread: each worker gets one before any gets two', async (t, open) => {
  const k = keys();
  const pool = open(together(2), { size: 2 });
  await pool.ready();
  const notes = new Notes(pool);
  const all = [k('a'), k('b'), k('c'), k('d')].map((key) => pool.run(hold(key)));
  const places = await begun(notes, k('a'), k('b'), k('c'), k('d'));
  const workers = places.map(({ worker }) => worker).sort();
  t.deepEqual(workers, ['jobs:0:1', 'jobs:0:1', 'jobs:1:1', 'jobs:1:1']);
  for (const key of [k('a'), k('b'), k('c'), k('d')]) pool.forwardFeedback({ open: key });
  await Promise.all(all);
});

onEveryHost('two tasks go to two workers, though each has room for both', async (t, open) => {
  const k = keys();
  const pool = open(together(2), { size: 2 });
  await pool.ready();
  const notes = new Notes(pool);
  const all = [k('a'), k('b')].map((key) => pool.run(hold(key)));
  const [a, b] = await begun(notes, k('a'), k('b'));
  t.not(a?.worker, b?.worker);
  for (const key of [k('a'), k('b')]) pool.forwardFeedback({ open: key });
  await Promise.all(all);
});

onEveryHost('a pool that may be smaller grows only when its workers are full', async (t, open) => {
  const k = keys();
  const pool = open(together(2), { size: 2, minSize: 0 });
  const notes = new Notes(pool);
  const all = [k('a'), k('b')].map((key) => pool.run(hold(key)));
  await begun(notes, k('a'), k('b'));
  t.is(pool.stats.spawned, 1);
  all.push(pool.run(hold(k('c'))));
  await begun(notes, k('c'));
  t.is(pool.stats.spawned, 2);
  for (const key of [k('a'), k('b'), k('c')]) pool.forwardFeedback({ open: key });
  t.deepEqual(await Promise.all(all), [k('a'), k('b'), k('c')]);
});

onEveryHost('a fresh worker loads one key; others take the tasks of another key', async (t, open) => {
  const k = keys();
  const pool = open(
    together(2, {
      affinity: (task) => task.page as string,
      affinityOfCompetence: (page) => page as string,
      useResponse: (_status, task, result) => ({ type: 'stay', competence: task.page, result }),
    }),
    { size: 2 },
  );
  await pool.ready();
  const notes = new Notes(pool);
  const run = (key: string, page: string) => pool.run(hold(key, { page }));
  const all = [run(k('a'), 'left'), run(k('b'), 'right'), run(k('c'), 'left'), run(k('d'), 'right')];
  const [a, b, c, d] = await begun(notes, k('a'), k('b'), k('c'), k('d'));
  t.deepEqual([c?.worker, d?.worker], [a?.worker, b?.worker]);
  t.not(a?.worker, b?.worker);
  for (const key of [k('a'), k('b'), k('c'), k('d')]) pool.forwardFeedback({ open: key });
  await Promise.all(all);
});

onEveryHost(
  'a fresh worker takes no second key beside its first, and a later task of the first one',
  async (t, open) => {
    const k = keys();
    const pool = open(
      together(2, {
        affinity: (task) => task.page as string,
        affinityOfCompetence: (page) => page as string,
        useResponse: (_status, task, result) => ({ type: 'stay', competence: task.page, result }),
      }),
    );
    await pool.ready();
    const notes = new Notes(pool);
    const run = (key: string, page: string) => pool.run(hold(key, { page }));
    const all = [run(k('a'), 'left'), run(k('b'), 'right'), run(k('c'), 'left')];
    await notes.untilAll(() => notes.order.length === 2);
    t.deepEqual(notes.order, [k('a'), k('c')]);
    for (const key of [k('a'), k('b'), k('c')]) pool.forwardFeedback({ open: key });
    await Promise.all(all);
  },
);

onEveryHost('no task goes to a busy worker that does not take it', async (t, open) => {
  const k = keys();
  const pool = open(together(2, { taskMatch: (status, task) => task.old !== true || status.type === 'old' }));
  const notes = new Notes(pool);
  const a = pool.run(hold(k('a')));
  await begun(notes, k('a'));
  const old = pool.run(echo('old', { old: true }));
  t.is(await pool.run(echo('free')), 'free');
  t.is(await old, 'old');
  pool.forwardFeedback({ open: k('a') });
  t.is(await a, k('a'));
});

onEveryHost('without room in the queue, as many tasks are accepted as workers perform', async (t, open) => {
  const k = keys();
  const pool = open(together(2), { maxQueue: 0 });
  await pool.ready();
  const notes = new Notes(pool);
  const all = [k('a'), k('b')].map((key) => pool.run(hold(key)));
  t.is(await code(pool.run(echo('too many'))), 'QUEUE_FULL');
  await begun(notes, k('a'), k('b'));
  for (const key of [k('a'), k('b')]) pool.forwardFeedback({ open: key });
  await Promise.all(all);
  t.is(await pool.run(echo('room')), 'room');
});

onEveryHost('map keeps all places of the workers busy', async (t, open) => {
  const k = keys();
  const pool = open(together(4));
  const notes = new Notes(pool);
  const names = [k('a'), k('b'), k('c'), k('d'), k('e'), k('f')];
  const all = collect(pool.map(names.map((key) => hold(key))));
  await begun(notes, k('a'), k('b'), k('c'), k('d'));
  for (const key of names) pool.forwardFeedback({ open: key });
  t.deepEqual(await all, names);
});

onEveryHost('a closing pool finishes all that its workers perform', async (t, open) => {
  const k = keys();
  const pool = open(together(3));
  const notes = new Notes(pool);
  const running = [k('a'), k('b'), k('c')].map((key) => code(pool.run(hold(key))));
  const waiting = code(pool.run(echo('late')));
  await begun(notes, k('a'), k('b'), k('c'));
  const closed = pool.close({ tasks: 'finish-running' });
  t.is(await waiting, 'CANCELLED');
  for (const key of [k('b'), k('c'), k('a')]) pool.forwardFeedback({ open: key });
  t.deepEqual(await Promise.all(running), ['done', 'done', 'done']);
  t.like(await closed, { completed: 3, cancelled: 1, isForced: false });
});

onEveryHost('a pool that is destroyed cancels all that its workers perform', async (t, open) => {
  const k = keys();
  const pool = open(together(3));
  const notes = new Notes(pool);
  const running = [k('a'), k('b'), k('c')].map((key) => code(pool.run(hold(key))));
  await begun(notes, k('a'), k('b'), k('c'));
  await pool.destroy();
  t.deepEqual(await Promise.all(running), Array(3).fill('CANCELLED'));
  t.is(pool.workers.length, 0);
});

onEveryHost('cancelWorker cancels all that the worker performs', async (t, open) => {
  const k = keys();
  const pool = open(together(3));
  const notes = new Notes(pool);
  const running = [k('a'), k('b')].map((key) => code(pool.run(hold(key))));
  await begun(notes, k('a'), k('b'));
  t.true(pool.cancelWorker('jobs:0:1'));
  t.deepEqual(await Promise.all(running), ['CANCELLED', 'CANCELLED']);
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
});
