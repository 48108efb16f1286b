import { createPool } from 'statepool';
import { echo, hold, jobs } from '../../support/jobs.ts';
import { code, codes, errorOf } from '../../support/outcome.ts';
import { onEachHost } from '../../support/pool.ts';
import { isAlive, Notes } from '../../support/witness.ts';

onEachHost('destroy cancels every task and leaves no worker', async (t, open) => {
  const reported: unknown[] = [];
  const pool = open(jobs({ onTaskCancellationOrExpirationOrWorkerDeath: (task) => void reported.push(task?.key) }), {
    size: 2,
  });
  const notes = new Notes(pool);
  const done = codes(['a', 'b', 'c', 'd'].map((key) => pool.run(hold(key))));
  const pids = [(await notes.begun('a')).pid, (await notes.begun('b')).pid].filter((pid) => pid !== process.pid);
  await pool.destroy();
  t.deepEqual(await done, ['CANCELLED', 'CANCELLED', 'CANCELLED', 'CANCELLED']);
  t.deepEqual(pids.filter(isAlive), []);
  t.deepEqual(reported.sort(), ['a', 'b', 'c', 'd']);
  t.deepEqual(pool.workers, []);
  t.like(pool.stats, { spawned: 2, died: 2, pending: 0 });
  await pool.destroy();
});

onEachHost('destroy kills workers that are still starting, and those in an endless loop', async (t, open) => {
  const pool = open(jobs(), { size: 2 });
  const notes = new Notes(pool);
  const spinning = code(pool.run({ do: 'spin', key: 'spin' }));
  const { pid } = await notes.begun('spin');
  pool.resize(4);
  await pool.destroy();
  t.is(await spinning, 'CANCELLED');
  if (pid !== process.pid) t.false(isAlive(pid));
  t.is(pool.stats.spawned, pool.stats.died);
});

onEachHost('after destroy the pool refuses everything', async (t, open) => {
  const pool = open(jobs());
  await pool.destroy();
  t.is(await code(pool.run(echo(1))), 'CLOSED');
  t.is(await code(pool.ready()), 'CLOSED');
  t.is(await code(pool.slot()), 'CLOSED');
  await pool.join();
  t.deepEqual(await pool.snapshot(), []);
  t.false(pool.cancelWorker('jobs:0:1'));
  pool.resize(3);
  pool.broadcast();
  pool.forwardFeedback({});
  t.deepEqual(pool.workers, []);
});

onEachHost('callers that wait when the pool is destroyed are released', async (t, open) => {
  const pool = open(jobs(), { maxQueue: 1 });
  const notes = new Notes(pool);
  const task = code(pool.run(hold('a')));
  await notes.begun('a');
  const queued = code(pool.run(hold('b')));
  const waiting = codes([pool.snapshot(), pool.slot()]);
  const joined = code(pool.join());
  await pool.destroy();
  t.deepEqual(await waiting, ['CLOSED', 'CLOSED']);
  t.deepEqual([await task, await queued, await joined], ['CANCELLED', 'CANCELLED', 'done']);
});

onEachHost('await using destroys the pool at the end of its scope', async (t, _open, host) => {
  let done: Promise<string>;
  let pids: (number | undefined)[];
  {
    await using pool = createPool(jobs(), { size: 2, host, execArgv: [] });
    const notes = new Notes(pool);
    done = code(pool.run(hold('a')));
    await notes.begun('a');
    pids = pool.workers.map(({ pid }) => pid);
  }
  t.is(await done, 'CANCELLED');
  t.deepEqual(pids.filter(isAlive), []);
});

onEachHost('close finishes all tasks, their follow-ups too, and resolves with their numbers', async (t, open) => {
  const pool = open(jobs());
  const notes = new Notes(pool);
  const verdict = () => ({ type: 'stay', competence: 1, tasks: [echo('follow-up')] }) as const;
  t.is(await pool.run(echo('before')), 'before');
  const done = codes([pool.run(hold('a')), pool.run(echo('b', { verdict })), pool.run({ do: 'throw', what: 'type' })]);
  await notes.begun('a');
  const closing = pool.close();
  t.is(await code(pool.run(echo('late'))), 'CLOSED');
  pool.forwardFeedback({ open: 'a' });
  t.deepEqual(await closing, { completed: 3, failed: 1, cancelled: 0, isForced: false });
  t.deepEqual(await done, ['done', 'done', 'PERFORM']);
  t.deepEqual(pool.workers, []);
});

onEachHost('close can finish the running tasks alone', async (t, open) => {
  const pool = open(jobs());
  const notes = new Notes(pool);
  const done = codes([pool.run(hold('a')), pool.run(hold('b'))]);
  await notes.begun('a');
  const closing = pool.close({ tasks: 'finish-running' });
  pool.forwardFeedback({ open: 'a' });
  t.deepEqual(await closing, { completed: 1, failed: 0, cancelled: 1, isForced: false });
  t.deepEqual(await done, ['done', 'CANCELLED']);
  t.deepEqual(notes.order, ['a']);
});

onEachHost('close can cancel every task', async (t, open) => {
  const pool = open(jobs());
  const notes = new Notes(pool);
  const done = codes([pool.run(hold('a')), pool.run(hold('b'))]);
  await notes.begun('a');
  t.deepEqual(await pool.close({ tasks: 'cancel' }), { completed: 0, failed: 0, cancelled: 2, isForced: false });
  t.deepEqual(await done, ['CANCELLED', 'CANCELLED']);
});

onEachHost('close cancels the remaining tasks when its time is over', async (t, open) => {
  const pool = open(jobs());
  const notes = new Notes(pool);
  const done = codes([pool.run({ do: 'spin', key: 'a' }), pool.run(hold('b'))]);
  await notes.begun('a');
  t.deepEqual(await pool.close({ timeout: 10 }), { completed: 0, failed: 0, cancelled: 2, isForced: true });
  t.deepEqual(await done, ['CANCELLED', 'CANCELLED']);
});

onEachHost(
  'close of a pool with nothing to do ends it, and a second close and a destroy do nothing',
  async (t, open) => {
    const pool = open(jobs(), { size: 2 });
    const nothing = { completed: 0, failed: 0, cancelled: 0, isForced: false };
    t.deepEqual(await Promise.all([pool.close(), pool.close(), pool.destroy()]), [nothing, nothing, undefined]);
    t.deepEqual(await pool.close(), nothing);
  },
);

onEachHost('close resumes a paused pool, and destroy ends a close early', async (t, open) => {
  const pool = open(jobs());
  const notes = new Notes(pool);
  pool.pause();
  const done = codes([pool.run(echo(1)), pool.run(hold('a'))]);
  const closing = pool.close();
  await notes.begun('a');
  await pool.destroy();
  t.deepEqual(await closing, { completed: 1, failed: 0, cancelled: 1, isForced: false });
  t.deepEqual(await done, ['done', 'CANCELLED']);
});

onEachHost('close fails the tasks that no worker will take, so that it ends', async (t, open) => {
  const pool = open(jobs({ taskMatch: (_status, task) => task.do === 'echo' }));
  const empty = open(jobs(), { size: 0 });
  const done = codes([pool.run(echo(1)), pool.run(hold('nobody')), empty.run(echo(2))]);
  t.deepEqual(await pool.close(), { completed: 1, failed: 1, cancelled: 0, isForced: false });
  t.deepEqual(await empty.close(), { completed: 0, failed: 1, cancelled: 0, isForced: false });
  t.deepEqual(await done, ['done', 'STRANDED', 'STRANDED']);
});

onEachHost('close finishes a task whose worker dies and whose kind retries it', async (t, open) => {
  const hook = () => 'retry' as const;
  const pool = open(jobs({ onTaskCancellationOrExpirationOrWorkerDeath: hook }), { retries: 1 });
  const done = errorOf(pool.run({ do: 'exit', code: 3 }));
  t.deepEqual(await pool.close(), { completed: 0, failed: 1, cancelled: 0, isForced: false });
  t.like(await done, { code: 'WORKER_DIED', worker: 'jobs:0:2' });
});

onEachHost('close refuses modes and times that do not exist', async (t, open) => {
  const pool = open(jobs());
  await t.throwsAsync(pool.close({ tasks: 'later' as never }), { code: 'USAGE', message: /'finish-running'/ });
  await t.throwsAsync(pool.close({ timeout: -1 }), { code: 'USAGE', message: /-1/ });
  t.is(await pool.run(echo(1)), 1);
});
