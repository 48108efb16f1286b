import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { EndReason, PoolOptions } from 'statepool';
import { echo, type Job, jobs } from '../../support/jobs.ts';
import { code, codes, errorOf } from '../../support/outcome.ts';
import { type Open, onEachHost, onProcesses, stayAlive, warm } from '../../support/pool.ts';
import { isAlive, Seen } from '../../support/witness.ts';

/**
 * Checks that a worker dies of one task among others: that task fails, the hook is called once, and all others finish.
 */
async function dies(t: ExecutionContext, open: Open, death: Job, expected: object, options?: PoolOptions) {
  const reported: unknown[] = [];
  const kind = jobs({
    onTaskCancellationOrExpirationOrWorkerDeath: (task: Job | undefined, reason: EndReason) =>
      void reported.push([task?.do, reason.code]),
  });
  const pool = open(kind, { size: 2, ...options });
  const others = codes(Array.from({ length: 10 }, (_, i) => pool.run(echo(i))));
  const error = errorOf(pool.run(death));
  const later = codes(Array.from({ length: 10 }, (_, i) => pool.run(echo(i))));
  t.like(await error, { name: 'WorkerDiedError', code: 'WORKER_DIED', phase: 'busy', started: true, ...expected });
  t.regex((await error).worker, /^jobs:[01]:1$/);
  t.deepEqual([...(await others), ...(await later)], Array(20).fill('done'));
  await pool.ready();
  t.is(pool.workers.length, 2);
  t.deepEqual(reported, [[death.do, 'WORKER_DIED']]);
  t.like(pool.stats, { spawned: 3, died: 1, completed: 20, failed: 1, pending: 0 });
  return await error;
}

onEachHost('process.exit in perform fails its task alone, with the exit code and the last output', async (t, open) => {
  const task = { do: 'exit', code: 3, last: 'something is wrong\n' };
  const error = await dies(t, open, task, { reason: 'exit', exitCode: 3, signal: null });
  t.is(error.stderrTail, 'something is wrong\n');
  t.regex(error.message, /exit code 3/);
});

onEachHost('an exit code of 0 in perform is a death too', async (t, open) => {
  await dies(t, open, { do: 'exit', code: 0 }, { reason: 'exit', exitCode: 0 });
});

onEachHost('an uncaught error fails the running task, with the error as its cause', async (t, open) => {
  const error = await dies(t, open, { do: 'uncaught' }, { reason: 'uncaught', exitCode: 1 });
  t.is(error.cause.message, 'thrown into the void');
  t.regex(error.message, /thrown into the void/);
});

onEachHost('an error of process.nextTick ends the worker of its task, and not the program', async (t, open) => {
  const error = await dies(t, open, { do: 'uncaughtTick', value: 'looks well' }, { reason: 'uncaught' });
  t.is(error.cause.message, 'thrown by a tick');
});

onEachHost('a listener of the kind may take an error of process.nextTick: its worker lives', async (t, open) => {
  const pool = open(jobs(), { size: 1 });
  t.is(await pool.run({ do: 'caughtTick', value: 1 }), 1);
  t.is(await pool.run(echo(2)), 2);
  t.like(pool.stats, { spawned: 1, died: 0, completed: 2 });
});

onEachHost('a listener of the kind may end the worker after an uncaught error: its task fails', async (t, open) => {
  const error = await dies(t, open, { do: 'fatalTick', value: 'looks well' }, { reason: 'uncaught', exitCode: 9 });
  t.is(error.cause.message, 'seen by a listener');
});

onEachHost('an unhandled rejection fails the task that caused it, not the next one', async (t, open) => {
  const error = await dies(t, open, { do: 'float', value: 'looks well' }, { reason: 'uncaught' });
  t.is(error.cause.message, 'nobody waits for me');
  await dies(t, open, { do: 'floatLater', value: 'looks well' }, { reason: 'uncaught' });
});

onEachHost('running out of memory is reported as such', async (t, open) => {
  await dies(t, open, { do: 'oom' }, { reason: 'oom' }, { resourceLimits: { maxOldGenerationSizeMb: 24 } });
});

onProcesses('kill -9 of a busy worker fails its task alone, with the signal', async (t, open) => {
  const error = await dies(t, open, { do: 'kill' }, { reason: 'signal', signal: 'SIGKILL', exitCode: null });
  t.regex(error.message, /SIGKILL/);
});

onProcesses('a crash by another signal is reported with its name', async (t, open) => {
  await dies(t, open, { do: 'kill', signal: 'SIGSEGV' }, { reason: 'signal', signal: 'SIGSEGV' });
});

onProcesses('a worker that closes its channel is dead', async (t, open) => {
  await dies(t, open, { do: 'disconnect' }, {});
});

onProcesses('kill -9 of an idle worker fails no task, and the hook is called without a task', async (t, open) => {
  stayAlive(t);
  const reported = new Seen<unknown>();
  const pool = open(
    jobs({
      onTaskCancellationOrExpirationOrWorkerDeath(task, reason) {
        reported.add([task, reason.code, (reason as unknown as { phase: string }).phase]);
      },
    }),
  );
  t.is(await pool.run(echo(1)), 1);
  await pool.join();
  const [worker] = pool.workers;
  process.kill(worker?.pid ?? 0, 'SIGKILL');
  await reported.until(() => true);
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
  t.deepEqual(reported.all, [[undefined, 'WORKER_DIED', 'idle']]);
  t.false(isAlive(worker?.pid));
  t.like(pool.stats, { failed: 0, spawned: 2 });
});

onProcesses('a task sent to a process that was just killed runs on the next one', async (t, open) => {
  const pool = open(jobs());
  t.is(await pool.run({ do: 'id' }), 'jobs:0:1');
  await pool.join();
  const [worker] = pool.workers;
  process.kill(worker?.pid ?? 0, 'SIGKILL');
  // No turn of the event loop: the pool cannot know of the death yet.
  while (isAlive(worker?.pid));
  t.is(pool.workers[0]?.state, 'old');
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
  t.like(pool.stats, { failed: 0, died: 1, spawned: 2 });
});

onEachHost('a worker that exits while it is idle fails no task', async (t, open) => {
  stayAlive(t);
  const reported = new Seen<unknown>();
  const pool = open(
    jobs({
      onTaskCancellationOrExpirationOrWorkerDeath(task) {
        reported.add(task);
      },
    }),
  );
  t.is(await pool.run({ do: 'exitLater', code: 0 }), 'answered');
  await reported.until(() => true);
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
  t.deepEqual(reported.all, [undefined]);
});

onEachHost('a task under way to a worker that exits at that moment is not lost', async (t, open) => {
  const pool = open(jobs(), { size: 2 });
  const done: Promise<unknown>[] = [];
  for (let i = 0; i < 4; i++) {
    done.push(pool.run({ do: 'exitLater', code: 0 }));
    done.push(pool.run({ do: 'hold', key: `k${i}`, value: i }));
  }
  const settled = codes(done);
  pool.on('feedback', ({ feedback }) => pool.forwardFeedback({ open: feedback.begun }));
  // The exit that an earlier task caused may fail the held tasks. Each of them still settles.
  for (const ending of await settled) t.true(ending === 'done' || ending === 'WORKER_DIED');
  t.is(pool.stats.pending, 0);
});

onEachHost("a task whose kind returns 'retry' runs again, at the head of the queue", async (t, open) => {
  const reported: unknown[] = [];
  const given: unknown[] = [];
  const pool = open(
    jobs({
      requestOfTask(_status, { verdict, ...request }) {
        given.push(request.key);
        return given.length === 1 ? { do: 'exit', code: 9 } : request;
      },
      onTaskCancellationOrExpirationOrWorkerDeath(task) {
        reported.push(task?.key);
        return 'retry';
      },
    }),
  );
  const done = [pool.run({ do: 'id', key: 'a' }), pool.run(echo('b', { key: 'b' })), pool.run(echo('c', { key: 'c' }))];
  t.deepEqual(await Promise.all(done), ['jobs:0:2', 'b', 'c']);
  t.deepEqual(given, ['a', 'a', 'b', 'c']);
  t.deepEqual(reported, ['a']);
  t.is(pool.stats.retried, 1);
});

onEachHost('a task is retried at most `retries` times, then fails', async (t, open) => {
  const reported: unknown[] = [];
  const hook = (task: Job | undefined) => {
    reported.push(task?.do);
    return 'retry' as const;
  };
  const pool = open(jobs({ onTaskCancellationOrExpirationOrWorkerDeath: hook }), { retries: 2 });
  const done = errorOf(pool.run({ do: 'exit', code: 1 }));
  t.like(await done, { code: 'WORKER_DIED', worker: 'jobs:0:3' });
  t.deepEqual(reported, ['exit', 'exit', 'exit']);
  t.like(pool.stats, { retried: 2, failed: 1 });
  t.is(await pool.run(echo(1)), 1);
});

onEachHost("'retry' is ignored for a cancel or an expiry, and when retries is 0", async (t, open) => {
  const hook = () => 'retry' as const;
  const requestOfTask = (_status: unknown, task: Job) => (task.isStale ? undefined : { ...task });
  const pool = open(jobs({ requestOfTask, onTaskCancellationOrExpirationOrWorkerDeath: hook }), { retries: 0 });
  t.is(await code(pool.run(echo(1, { isStale: true }))), 'EXPIRED');
  t.is(await code(pool.run(echo(1), { signal: AbortSignal.abort() })), 'CANCELLED');
  t.is(await code(pool.run({ do: 'exit', code: 1 })), 'WORKER_DIED');
});

onEachHost('join waits for a task that is retried', async (t, open) => {
  const pool = open(jobs({ onTaskCancellationOrExpirationOrWorkerDeath: () => 'retry' as const }), { retries: 1 });
  const settled: string[] = [];
  const done = code(pool.run({ do: 'exit', code: 1 })).then((ending) => settled.push(ending));
  await pool.join();
  settled.push('joined');
  await done;
  t.deepEqual(settled, ['WORKER_DIED', 'joined']);
});

onEachHost('a hook that throws does not prevent the failure of the task', async (t, open) => {
  const warned = new Promise<Error & { code?: string }>((resolve) => process.once('warning', resolve));
  const pool = open(
    jobs({
      onTaskCancellationOrExpirationOrWorkerDeath() {
        throw new Error('in the hook');
      },
    }),
  );
  t.is(await code(pool.run({ do: 'exit', code: 1 })), 'WORKER_DIED');
  t.is((await warned).code, 'STATEPOOL_HOOK');
});

onEachHost('messages of a worker after its end are dropped', async (t, open, host) => {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'mark');
  const used: unknown[] = [];
  const sent: unknown[] = [];
  const pool = open(
    jobs({
      window: 2,
      idempotent: true,
      requestOfTask(_status, task) {
        sent.push(task.value);
        return { ...task };
      },
      useResponse(_status, task, result) {
        used.push(task.value);
        return { type: 'stay', competence: undefined, result };
      },
    }),
  );
  await warm(pool, 2);
  for (const notes of [sent, used]) notes.length = 0;
  const done = codes([pool.run(echo('a')), pool.run({ do: 'mark', value: 'b', path })]);
  await pool.slot();
  // Both answers are under way when the worker is ended, and are not read yet.
  while (!existsSync(path));
  t.true(pool.cancelWorker('jobs:0:1'));
  // The master knows that a thread began both; of a process it knows only that it held them.
  const isKnown = host === 'thread';
  t.deepEqual(await done, ['CANCELLED', isKnown ? 'CANCELLED' : 'done']);
  t.is(await pool.run({ do: 'id', value: 'c' }), 'jobs:0:2');
  t.deepEqual(sent, isKnown ? ['a', 'b', 'c'] : ['a', 'b', 'b', 'c']);
  t.deepEqual(used, isKnown ? ['c'] : ['b', 'c']);
});

onEachHost('every task of a pool whose workers die again and again settles exactly once', async (t, open) => {
  const pool = open(jobs(), { size: 2 });
  const settled = new Map<unknown, number>();
  pool.on('task', ({ task }) => settled.set(task, (settled.get(task) ?? 0) + 1));
  const tasks = Array.from({ length: 20 }, (_, i): Job => {
    if (i % 10 === 3) return { do: 'exit', code: i };
    if (i % 10 === 6) return { do: 'unsendable' };
    if (i % 10 === 8) return echo(i, { verdict: (result) => ({ type: 'end', result }) });
    return i % 5 ? echo(i) : { do: 'throw', what: 'custom' };
  });
  const endings = await codes(tasks.map((task) => pool.run(task)));
  t.deepEqual(
    endings,
    tasks.map(({ do: what }) => {
      return { exit: 'WORKER_DIED', unsendable: 'MARSHAL_RESPONSE', throw: 'PERFORM' }[what] ?? 'done';
    }),
  );
  t.deepEqual([...new Set(settled.values())], [1]);
  t.is(settled.size, tasks.length);
});
