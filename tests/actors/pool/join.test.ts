import { echo, hold, jobs } from '../../support/jobs.ts';
import { codes, errorOf } from '../../support/outcome.ts';
import { onEachHost } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

onEachHost('join resolves when the queue is empty and no worker is busy', async (t, open) => {
  const pool = open(jobs(), { size: 2 });
  const settled: string[] = [];
  const note = (key: string) => pool.run(hold(key)).then(() => void settled.push(key));
  const notes = new Notes(pool);
  const done = Promise.all(['a', 'b', 'c'].map(note));
  const joined = pool.join().then(() => void settled.push('joined'));
  for (const key of ['a', 'b', 'c']) {
    await notes.begun(key);
    pool.forwardFeedback({ open: key });
  }
  await done;
  await joined;
  t.is(settled.at(-1), 'joined');
  t.is(settled.length, 4);
  t.like(pool.stats, { queued: 0, busy: 0, pending: 0 });
  await pool.join();
});

onEachHost('join waits for follow-ups', async (t, open) => {
  const pool = open(jobs());
  const order: unknown[] = [];
  pool.on('task', ({ result }) => order.push(result));
  const verdict = () => ({ type: 'stay', competence: 1, result: 'made', tasks: [echo('follow-up')] }) as const;
  await pool.run(echo(0, { verdict }));
  await pool.join();
  t.deepEqual(order, ['made', 'follow-up']);
});

onEachHost('join rejects when no task can go on, and names the tasks', async (t, open) => {
  const pool = open(jobs({ taskMatch: (_status, task) => task.do === 'echo' }), { size: 2 });
  pool.on('stalled', () => {});
  const lost = codes([pool.run(hold('nobody 1')), pool.run(hold('nobody 2'))]);
  const error = await errorOf(pool.join());
  t.like(error, { name: 'StalledError', code: 'STALLED' });
  t.deepEqual(error.tasks, ['nobody 1', 'nobody 2']);
  t.regex(error.message, /nobody 1, nobody 2/);
  t.is((await errorOf(pool.join())).code, 'STALLED');
  t.is(await pool.run(echo(1)), 1);
  pool.cancelAll();
  t.deepEqual(await lost, ['CANCELLED', 'CANCELLED']);
  await t.notThrowsAsync(pool.join());
});

onEachHost('a join can be aborted, and the tasks go on', async (t, open) => {
  const pool = open(jobs());
  const notes = new Notes(pool);
  const task = pool.run(hold('a'));
  await notes.begun('a');
  const controller = new AbortController();
  const joined = errorOf(pool.join({ signal: controller.signal }));
  controller.abort(new Error('no time'));
  t.is((await joined).message, 'no time');
  t.is((await errorOf(pool.join({ signal: controller.signal }))).message, 'no time');
  pool.forwardFeedback({ open: 'a' });
  t.is(await task, 'a');
});

onEachHost('a snapshot returns the queued tasks in order and leaves them queued', async (t, open) => {
  const pool = open(jobs(), { size: 0 });
  const done = codes([pool.run(echo('b')), pool.run(echo('a'), { priority: 1 }), pool.run(echo('c'))]);
  const values = async () => (await pool.snapshot()).map(({ value }) => value);
  t.deepEqual(await values(), ['a', 'b', 'c']);
  t.deepEqual(await values(), ['a', 'b', 'c']);
  t.is(pool.queued, 3);
  pool.resize(1);
  t.deepEqual(await done, ['done', 'done', 'done']);
});

onEachHost('a snapshot waits for the busy workers, and the pool dispatches nothing meanwhile', async (t, open) => {
  const pool = open(jobs(), { size: 2 });
  const notes = new Notes(pool);
  const keys = ['a', 'b', 'c', 'd'];
  const done = codes(keys.map((key) => pool.run(hold(key))));
  await notes.begun('a');
  await notes.begun('b');
  const snapshot = pool.snapshot();
  pool.forwardFeedback({ open: 'a' });
  pool.forwardFeedback({ open: 'b' });
  t.deepEqual(
    (await snapshot).map(({ key }) => key),
    ['c', 'd'],
  );
  t.deepEqual(notes.order.sort(), ['a', 'b']);
  for (const key of keys) pool.forwardFeedback({ open: key });
  t.deepEqual(await done, ['done', 'done', 'done', 'done']);
});

onEachHost('clear cancels the queued tasks, and is legal only without workers', async (t, open) => {
  const pool = open(jobs(), { size: 0 });
  const done = codes([pool.run(echo(1)), pool.run(echo(2))]);
  pool.clear();
  t.is(pool.queued, 0);
  t.deepEqual(await done, ['CANCELLED', 'CANCELLED']);
  await pool.join();
  pool.resize(1);
  t.is(await pool.run(echo(3)), 3);
  t.throws(() => pool.clear(), { code: 'USAGE', message: /workers/ });
});

onEachHost(
  'a paused pool finishes the running tasks and dispatches nothing until each pause has its resume',
  async (t, open) => {
    const pool = open(jobs(), { size: 2 });
    const notes = new Notes(pool);
    const a = pool.run(hold('a'));
    await notes.begun('a');
    pool.pause();
    pool.pause();
    const b = pool.run(hold('b'));
    pool.forwardFeedback({ open: 'a' });
    t.is(await a, 'a');
    pool.resume();
    const snapshot = await pool.snapshot();
    t.deepEqual(
      snapshot.map(({ key }) => key),
      ['b'],
    );
    t.deepEqual(notes.order, ['a']);
    pool.resume();
    await notes.begun('b');
    pool.forwardFeedback({ open: 'b' });
    t.is(await b, 'b');
  },
);

onEachHost('a resume without a pause has no effect', async (t, open) => {
  const pool = open(jobs());
  pool.resume();
  pool.pause();
  const done = pool.run(echo(1));
  t.deepEqual((await pool.snapshot()).length, 1);
  pool.resume();
  t.is(await done, 1);
});
