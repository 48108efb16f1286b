import { join } from 'node:path';
import test from 'ava';
import { createPool, PerformError, UsageError, WorkerDiedError } from 'statepool';
import { folderOf } from '../../support/cli.ts';
import { echo, hold, type Job, jobs } from '../../support/jobs.ts';
import { code, codes, errorOf } from '../../support/outcome.ts';
import { onEachHost } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

/** The longest wait of a timer: a task that is delayed for so long stays delayed. */
const FOR_EVER = 2 ** 31 - 1;

/** A kind whose tasks fail in the listed ways, one after the other, before they succeed. */
function failing(hooks: Parameters<typeof jobs>[0] = {}) {
  const begun: string[] = [];
  const kind = jobs({
    requestOfTask(_status, task: Job) {
      const { verdict: _, ways = [], ...request } = task as Job & { ways?: Job[] };
      begun.push(String(task.value));
      return ways.shift() ?? request;
    },
    ...hooks,
  });
  return { kind, begun };
}

const throws: Job = { do: 'throw', what: 'type' };
const dies: Job = { do: 'exit', code: 7 };
const after = (ways: Job[], value: unknown = 'done') => echo(value, { ways: [...ways] });

onEachHost('a task is performed again after a throw and after a death, until it succeeds', async (t, open) => {
  const heard: unknown[] = [];
  const { kind, begun } = failing({
    onTaskCancellationOrExpirationOrWorkerDeath: (_task, reason) => void heard.push(reason.code),
  });
  const pool = open(kind, { attempts: 3 });
  t.is(await pool.run(after([throws, dies])), 'done');
  t.deepEqual(begun, ['done', 'done', 'done']);
  t.deepEqual(heard, []);
  t.like(pool.stats, { completed: 1, failed: 0, retried: 2 });
});

onEachHost(
  'the last error has the number of attempts and the earlier errors; the hook hears of it once',
  async (t, open) => {
    const heard: unknown[] = [];
    const { kind } = failing({
      onTaskCancellationOrExpirationOrWorkerDeath: (_task, reason) => void heard.push(reason.code),
    });
    const pool = open(kind, { attempts: 3 });
    const thrown = await errorOf(pool.run(after([throws, dies, throws])));
    t.true(thrown instanceof PerformError);
    t.is(thrown.attemptsMade, 3);
    t.deepEqual(
      thrown.history.map((error: Error) => error.constructor),
      [PerformError, WorkerDiedError],
    );
    t.deepEqual(heard, []);
    const died = await errorOf(pool.run(after([throws, dies, dies])));
    t.like(died, { code: 'WORKER_DIED', attemptsMade: 3 });
    t.is(died.history.length, 2);
    t.deepEqual(heard, ['WORKER_DIED']);
  },
);

onEachHost('a task of run has its own attempts; without any, one failure is final', async (t, open) => {
  const { kind } = failing();
  const pool = open(kind);
  t.is(await code(pool.run(after([throws]))), 'PERFORM');
  t.is(await pool.run(after([throws]), { attempts: 2 }), 'done');
  t.is((await errorOf(pool.run(after([throws])))).attemptsMade, 1);
});

onEachHost('verdicts with an error, time limits and cancels are final', async (t, open) => {
  const { kind, begun } = failing();
  const pool = open(kind, { attempts: 5, killGrace: 0 });
  const error = new Error('no');
  t.is(await errorOf(pool.run(echo(1, { verdict: () => ({ type: 'stay', competence: 1, error }) }))), error);
  t.is(await code(pool.run(hold('a', { value: 2 }), { timeout: 1 })), 'TIMEOUT_RUN');
  const notes = new Notes(pool);
  const controller = new AbortController();
  const cancelled = code(pool.run(hold('b', { value: 3 }), { signal: controller.signal }));
  await notes.begun('b');
  controller.abort();
  t.is(await cancelled, 'CANCELLED');
  t.deepEqual(begun, ['1', '2', '3']);
});

onEachHost('with several requests in a worker each task has its own attempts', async (t, open) => {
  const { kind } = failing({ window: 8, idempotent: true });
  const pool = open(kind, { attempts: 3 });
  const tasks = Array.from({ length: 40 }, (_, i) =>
    after(i % 4 === 0 ? [throws, throws] : i % 13 === 1 ? [dies] : [], i),
  );
  t.deepEqual(
    await Promise.all(tasks.map((task) => pool.run(task))),
    tasks.map(({ value }) => value),
  );
});

onEachHost(
  'a task that waits for its next attempt counts as delayed: the pool is neither idle nor stalled',
  async (t, open) => {
    const { kind } = failing();
    const pool = open(kind, { attempts: 2, backoff: FOR_EVER });
    const events: string[] = [];
    pool.on('idle', () => events.push('idle'));
    pool.on('stalled', () => events.push('stalled'));
    const waiting = codes([pool.run(after([throws], 'a')), pool.run(after([dies], 'b'))]);
    const joined = pool.join().then(() => events.push('joined'));
    // The third task is done after the others have failed.
    await pool.run(echo('c'));
    await pool.run(echo('d'));
    t.like(pool.stats, { delayed: 2, queued: 0, pending: 2 });
    t.is((await pool.snapshot()).length, 2);
    t.deepEqual(events, []);
    pool.cancelAll();
    t.deepEqual(await waiting, ['CANCELLED', 'CANCELLED']);
    await joined;
    t.like(pool.stats, { delayed: 0, pending: 0, cancelled: 2 });
  },
);

onEachHost('an abort, close and destroy end a task that waits for its next attempt', async (t, open) => {
  const { kind } = failing();
  const delayed = async (options: { signal?: AbortSignal } = {}) => {
    const pool = open(kind, { attempts: 2, backoff: { type: 'exponential', delay: FOR_EVER, jitter: 0 } });
    const settled = code(pool.run(after([throws]), options));
    while (pool.stats.delayed === 0) await pool.run(echo(0));
    return { pool, settled };
  };
  const controller = new AbortController();
  const aborted = await delayed({ signal: controller.signal });
  controller.abort();
  t.is(await aborted.settled, 'CANCELLED');
  const closed = await delayed();
  await closed.pool.close({ tasks: 'finish-running' });
  t.is(await closed.settled, 'CANCELLED');
  const destroyed = await delayed();
  await destroyed.pool.destroy();
  t.is(await destroyed.settled, 'CANCELLED');
});

onEachHost('close waits for the attempts of its tasks', async (t, open) => {
  const { kind } = failing();
  const pool = open(kind, { attempts: 4, backoff: { type: 'exponential', delay: 1, jitter: 0.5 } });
  const settled = pool.run(after([throws, dies, throws]));
  t.like(await pool.close(), { completed: 1, failed: 0 });
  t.is(await settled, 'done');
});

onEachHost('the kind may retry a task whose attempts are used up', async (t, open) => {
  const { kind, begun } = failing({ onTaskCancellationOrExpirationOrWorkerDeath: () => 'retry' });
  const pool = open(kind, { attempts: 2, retries: 1 });
  t.is(await pool.run(after([dies, dies])), 'done');
  t.is(begun.length, 3);
  t.like(await errorOf(pool.run(after([dies, dies, dies]))), { code: 'WORKER_DIED', attemptsMade: 3 });
});

onEachHost('a journal counts the attempts: a task gets no more of them after a crash', async (t, open) => {
  const path = join(folderOf(t, {}), 'work');
  const { kind } = failing();
  const options = { attempts: 3, backoff: FOR_EVER, journal: path };
  const first = open(kind, options);
  const lost = code(first.run(after([throws]), { id: 'task' }));
  while (first.stats.delayed === 0) await first.run(echo(0));
  await first.destroy();
  t.is(await lost, 'CANCELLED');
  let begun = 0;
  const { kind: again } = failing({
    requestOfTask() {
      begun++;
      return throws;
    },
  });
  const second = open(again, { ...options, backoff: 0 });
  const error = await errorOf(second.run({ do: 'echo' }, { id: 'task' }));
  t.like(error, { code: 'PERFORM', attemptsMade: 3 });
  t.is(begun, 2);
});

test('wrong attempts and backoffs are refused by name', async (t) => {
  const refused = (options: object, message: RegExp) =>
    t.throws(() => createPool(jobs(), { size: 0, ...options }), { instanceOf: UsageError, message });
  refused({ attempts: 0 }, /attempts is 0: it must be a whole number from 1/);
  refused({ attempts: 1.5 }, /attempts is 1.5/);
  refused({ backoff: -1 }, /backoff is -1/);
  refused({ backoff: 'slow' }, /backoff is 'slow': it must be a number of ms, or { type, delay, jitter }/);
  refused({ backoff: { type: 'linear', delay: 1 } }, /backoff.type is 'linear'.*'fixed', 'exponential'/);
  refused({ backoff: { type: 'fixed' } }, /backoff.delay is undefined/);
  refused({ backoff: { type: 'fixed', delay: 1, jitter: 2 } }, /backoff.jitter is 2/);
  refused({ backoff: { type: 'fixed', delay: 1, jiter: 1 } }, /jiter.*jitter/);
  await using pool = createPool(jobs(), { size: 0 });
  t.like(await errorOf(pool.run(echo(1), { attempts: -1 })), { code: 'USAGE' });
});
