import test from 'ava';
import type { StatepoolError } from 'statepool';
import { echo, hold, type Job, jobs } from '../../support/jobs.ts';
import { code, errorOf } from '../../support/outcome.ts';
import { onEachHost, opener, warm } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

onEachHost('a task that takes longer than its timeout fails, and its worker is replaced', async (t, open) => {
  const pool = open(jobs());
  const error = await errorOf(pool.run({ do: 'spin', key: 'slow' }, { timeout: 30 }));
  t.like(error, { code: 'TIMEOUT_RUN', name: 'TimeoutError', ms: 30 });
  t.is(error.message, 'the task slow took longer than 30 ms');
  t.is(await pool.run({ do: 'id' }, { timeout: 60_000 }), 'jobs:0:2');
  t.like(pool.stats, { timedOut: 1, cancelled: 0, failed: 1, completed: 1, pending: 0 });
});

onEachHost('a task that stops by itself at its timeout keeps its worker', async (t, open) => {
  const pool = open(jobs(), { killGrace: 60_000 });
  const error = await errorOf(pool.run({ do: 'obey', key: 'a', answer: 'late' }, { timeout: 30 }));
  t.is(error.code, 'TIMEOUT_RUN');
  const reason = 'the task a took longer than 30 ms';
  t.deepEqual(await pool.run({ do: 'aborts' }), [{ key: 'a', reason }]);
  t.is(await pool.run({ do: 'id' }), 'jobs:0:1');
});

onEachHost('the timeout of a task starts when its worker begins it', async (t, open) => {
  const pool = open(jobs());
  const notes = new Notes(pool);
  const first = pool.run(hold('a'));
  const second = pool.run(echo('b'), { timeout: 2000 });
  // A timer that ends after the second task's queueTimeout would end, if that were counted from now.
  const clock = errorOf(pool.run(echo('never'), { queueTimeout: 2050 }));
  await notes.begun('a');
  t.is((await clock).code, 'TIMEOUT_QUEUE');
  pool.forwardFeedback({ open: 'a' });
  t.deepEqual(await Promise.all([first, second]), ['a', 'b']);
});

onEachHost('a task that waits longer than its queueTimeout fails and is never sent', async (t, open) => {
  const sent: unknown[] = [];
  const reasons: string[] = [];
  const kind = jobs({
    requestOfTask(_status, task) {
      sent.push(task.key);
      return { ...task };
    },
    onTaskCancellationOrExpirationOrWorkerDeath: (task, { code }) => void reasons.push(`${task?.key} ${code}`),
  });
  const pool = open(kind);
  const first = pool.run(hold('a'), { queueTimeout: 60_000 });
  const error = await errorOf(pool.run(echo(1, { key: 'b' }), { queueTimeout: 20 }));
  t.like(error, { code: 'TIMEOUT_QUEUE', name: 'TimeoutError', ms: 20 });
  t.is(error.message, 'the task b waited longer than 20 ms for a worker');
  pool.forwardFeedback({ open: 'a' });
  t.is(await first, 'a');
  t.is(await pool.run({ do: 'id', key: 'c' }), 'jobs:0:1');
  t.deepEqual(sent, ['a', 'c']);
  t.deepEqual(reasons, ['b TIMEOUT_QUEUE']);
});

test('a prefetched task that waits too long never begins, and its worker stays', async (t) => {
  const pool = opener(t, 'thread')(jobs({ window: 4 }));
  await warm(pool);
  const notes = new Notes(pool);
  const [before] = pool.workers;
  pool.pause();
  const first = pool.run(hold('a'));
  const second = errorOf(pool.run({ do: 'hold', key: 'b' }, { queueTimeout: 30 }));
  const third = pool.run(echo('c'), { queueTimeout: 60_000 });
  pool.resume();
  await notes.begun('a');
  t.is((await second).code, 'TIMEOUT_QUEUE');
  pool.forwardFeedback({ open: 'a' });
  t.deepEqual(await Promise.all([first, third]), ['a', 'c']);
  t.is(pool.workers[0]?.id, before?.id);
  t.deepEqual(notes.order, ['a']);
});

onEachHost('a retried task has its whole timeout again', async (t, open) => {
  const begun: number[] = [];
  const kind = jobs({
    requestOfTask(_status, task) {
      begun.push(performance.now());
      return { ...task, do: begun.length === 1 ? 'exit' : 'hold' };
    },
    onTaskCancellationOrExpirationOrWorkerDeath: () => 'retry',
  });
  const pool = open(kind);
  const error = await errorOf(pool.run({ do: 'any', key: 'a', code: 1 }, { timeout: 1500 }));
  t.is(error.code, 'TIMEOUT_RUN');
  t.is(begun.length, 2);
  t.true(performance.now() - (begun[1] as number) >= 1500);
  t.like(pool.stats, { retried: 1, timedOut: 1, pending: 0 });
});

test('the timeouts of a pool apply to every task without its own, follow-ups too', async (t) => {
  const kind = jobs({
    perform: (request) => ((request as Job).do === 'hang' ? new Promise(() => {}) : 'done'),
    requestOfTask: (_status, task) => task,
    useResponse: () => ({ type: 'stay', competence: undefined, tasks: [{ do: 'hang', key: 'follow-up' }] }),
  });
  const pool = opener(t, 'inline')(kind, { timeout: 400, queueTimeout: 10 });
  const followUp = new Promise((resolve) => {
    pool.on('task', ({ isFollowUp, error }) => isFollowUp && resolve((error as StatepoolError).code));
  });
  await pool.run({ do: 'now' });
  t.is(await code(pool.run({ do: 'now' })), 'TIMEOUT_QUEUE');
  t.is(await code(pool.run({ do: 'now' }, { queueTimeout: 60_000 })), 'done');
  t.is(await followUp, 'TIMEOUT_RUN');
});

test('a time that is not a valid duration is refused', async (t) => {
  const pool = opener(t, 'inline')(jobs({ perform: () => 1 }));
  for (const options of [{ timeout: -1 }, { timeout: Number.NaN }, { queueTimeout: 2 ** 31 }]) {
    const error = await errorOf(pool.run({ do: 'a' }, options));
    t.is(error.code, 'USAGE');
    t.regex(
      error.message,
      /^(timeout|queueTimeout) is .+: it must be a number of ms from 0 to 2147483647, or Infinity$/,
    );
  }
  t.is(pool.stats.accepted, 0);
  t.throws(() => opener(t, 'inline')(jobs(), { timeout: -5 }), { code: 'USAGE' });
});
