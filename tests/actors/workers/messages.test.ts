import test from 'ava';
import { echo, hold, type Job, jobs } from '../../support/jobs.ts';
import { code, errorOf } from '../../support/outcome.ts';
import { onEachHost, onEveryHost, opener, warm } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

const read = (count: number, more: Partial<Job> = {}): Job => ({ do: 'read', count, ...more });

onEveryHost(
  'a task reads the messages of its caller in order: those from before its begin, and later ones',
  async (t, open) => {
    const pool = open(jobs());
    const notes = new Notes(pool);
    pool.pause();
    const task = pool.run(read(4, { key: 'a' }), { messages: true });
    t.true(task.post(1));
    t.true(task.post({ two: [2] }));
    pool.resume();
    await notes.begun('a');
    t.true(task.post(3));
    t.true(task.post(4));
    t.deepEqual(await task, [1, { two: [2] }, 3, 4]);
    t.false(task.post(5));
    t.deepEqual(await pool.run(echo('next')), 'next');
  },
);

onEveryHost('a message is copied when it is sent, and one that cannot be copied is refused', async (t, open) => {
  const pool = open(jobs());
  const task = pool.run(read(2), { messages: true });
  const message = { list: [1] };
  task.post(message);
  message.list.push(2);
  t.throws(() => task.post(() => {}), { any: true, name: 'DataCloneError' });
  task.post('last');
  t.deepEqual(await task, [{ list: [1] }, 'last']);
});

onEveryHost('each of several tasks that a worker holds reads its own messages', async (t, open) => {
  const pool = open(jobs({ window: 8, idempotent: true }));
  await warm(pool, 8);
  const runs = Array.from({ length: 6 }, () => pool.run(read(2), { messages: true }));
  const between = pool.run(echo('between'));
  for (const [i, run] of runs.entries()) run.post(`${i} first`);
  for (const [i, run] of [...runs.entries()].reverse()) run.post(`${i} second`);
  t.deepEqual(
    await Promise.all(runs),
    runs.map((_, i) => [`${i} first`, `${i} second`]),
  );
  t.is(await between, 'between');
});

onEveryHost('each of several tasks that a worker performs at a time reads its own messages', async (t, open) => {
  const pool = open(jobs({ concurrency: 4 }));
  const runs = Array.from({ length: 6 }, (_, i) => pool.run(read(i === 1 ? 3 : 2), { messages: true }));
  for (const word of ['first', 'second', 'third']) for (const [i, run] of runs.entries()) run.post(`${i} ${word}`);
  t.deepEqual(
    await Promise.all(runs),
    runs.map((_, i) => (i === 1 ? ['first', 'second', 'third'] : ['first', 'second']).map((word) => `${i} ${word}`)),
  );
});

onEachHost('another attempt reads all messages again', async (t, open) => {
  let attempts = 0;
  const kind = jobs({
    requestOfTask: (_status, task) => ({ ...task, dies: attempts++ === 0 }),
    onTaskCancellationOrExpirationOrWorkerDeath: () => 'retry',
  });
  const pool = open(kind);
  const task = pool.run(read(2), { messages: true });
  task.post('first');
  task.post('second');
  t.deepEqual(await task, ['first', 'second']);
  t.is(attempts, 2);
});

onEachHost('a task that goes back to the queue takes its messages along', async (t, open) => {
  const pool = open(jobs({ window: 8, idempotent: true }), { size: 2 });
  await warm(pool, 8);
  const notes = new Notes(pool);
  const held = ['a', 'b'].map((key) => pool.run(hold(key)));
  await Promise.all(['a', 'b'].map((key) => notes.begun(key)));
  const tasks = Array.from({ length: 8 }, (_, i) => pool.run(read(1, { key: `task ${i}` }), { messages: true }));
  for (const [i, task] of tasks.entries()) task.post(i);
  // The other worker is lost, with all that it holds: the first one takes what goes back.
  const [, other] = held;
  const lost = code(other as Promise<unknown>);
  pool.cancelWorker((await notes.begun('b')).worker);
  t.is(await lost, 'CANCELLED');
  pool.forwardFeedback({ open: 'a' });
  t.deepEqual(
    await Promise.all(tasks),
    tasks.map((_, i) => [i]),
  );
});

onEachHost('the messages of a task that was cancelled before its begin reach no other task', async (t, open) => {
  const pool = open(jobs({ window: 8, idempotent: true }));
  await warm(pool, 8);
  const notes = new Notes(pool);
  const held = pool.run(hold('a'));
  const controller = new AbortController();
  const { signal } = controller;
  const cancelled = pool.run(read(1), { messages: true, signal });
  const tasks = Array.from({ length: 3 }, (_, i) => pool.run(read(1, { key: `task ${i}` }), { messages: true }));
  cancelled.post('nobody reads this');
  // The worker has got them all.
  await notes.begun('a');
  controller.abort();
  t.is(await code(cancelled), 'CANCELLED');
  for (const [i, task] of tasks.entries()) task.post(i);
  pool.forwardFeedback({ open: 'a' });
  t.is(await held, 'a');
  t.deepEqual(await Promise.all(tasks), [[0], [1], [2]]);
});

onEveryHost('a cancelled task ends its loop over the messages within the grace', async (t, open) => {
  const pool = open(jobs(), { killGrace: 60_000 });
  const notes = new Notes(pool);
  const controller = new AbortController();
  const task = pool.run({ do: 'read', key: 'a' }, { messages: true, signal: controller.signal });
  const before = (await notes.begun('a')).worker;
  task.post(1);
  await notes.until(({ feedback }) => (feedback as { read?: number }).read === 1);
  controller.abort();
  t.is(await code(task), 'CANCELLED');
  t.is(await pool.run({ do: 'id' }), before);
});

onEveryHost('a message to a task that does not read it disturbs no other task', async (t, open) => {
  const pool = open(jobs({ window: 4, idempotent: true }));
  const tasks = Array.from({ length: 5 }, (_, i) => pool.run(echo(i), { messages: true }));
  for (const task of tasks) for (let i = 0; i < 3; i++) task.post(`not for you ${i}`);
  const reader = pool.run(read(1), { messages: true });
  reader.post('for you');
  t.deepEqual(await Promise.all(tasks), [0, 1, 2, 3, 4]);
  t.deepEqual(await reader, ['for you']);
});

test('a run that the pool refuses has no worker to send a message to', async (t) => {
  const pool = opener(t, 'inline')(jobs(), { maxQueue: 1 });
  pool.pause();
  const first = code(pool.run(echo(1)));
  const full = pool.run(echo(2), { messages: true });
  t.false(full.post('anybody?'));
  t.is(await code(full), 'QUEUE_FULL');
  pool.resume();
  t.is(await first, 'done');
  const wrong = pool.run(echo(2), { messages: true, priority: 'high' as unknown as number });
  t.false(wrong.post('anybody?'));
  t.is(await code(wrong), 'USAGE');
  await pool.destroy();
  const late = pool.run(echo(3), { messages: true });
  t.false(late.post('anybody?'));
  t.is(await code(late), 'CLOSED');
});

test('messages belong to a single run with a caller', async (t) => {
  const pool = opener(t, 'inline')(jobs());
  t.regex(
    (await errorOf(pool.run(echo(1), { messages: 'yes' as unknown as true }))).message,
    /messages is 'yes': it must be true or false/,
  );
  t.regex(
    (await errorOf(pool.runAll([echo(1)], { messages: true } as object))).message,
    /there is no option messages of runAll/,
  );
  t.is(await pool.run(echo(1), { messages: false }), 1);
});
