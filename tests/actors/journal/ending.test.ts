import test, { type ExecutionContext } from 'ava';
import { createPool, type PoolOptions } from 'statepool';
import type { Host, HostEvents } from '../../../actors/hosts/host.ts';
import { ToMaster, ToWorker, WIRE_VERSION } from '../../../actors/protocol/messages.ts';
import type { WorkerExit } from '../../../machines/state/pool-state.ts';
import { echo, type Job, jobs } from '../../support/jobs.ts';
import { journalOf } from '../../support/journal.ts';
import { code, errorOf } from '../../support/outcome.ts';

/** A host whose workers die with the exit that their task names, at once. For other tasks they answer. */
function dying(begun: (events: HostEvents) => void = () => {}): Host {
  return ({ kind }, events) => {
    const exit = (how: Partial<WorkerExit>) => events.exit({ exitCode: null, signal: null, reason: 'exit', ...how });
    queueMicrotask(() => events.message([ToMaster.Hello, WIRE_VERSION, kind.name]));
    return {
      send(message) {
        if (message[0] !== ToWorker.Request) return;
        const job = message[1] as Job;
        queueMicrotask(() => {
          if (job.do === 'die') exit(job.exit as WorkerExit);
          else if (job.do === 'hold') begun(events);
          else events.message([ToMaster.Response, job.value, 0]);
        });
      },
      kill: (reason = 'killed') => queueMicrotask(() => exit({ signal: 'SIGKILL', reason })),
      ref() {},
    };
  };
}

function opener(t: ExecutionContext, begun?: (events: HostEvents) => void) {
  const { path } = journalOf(t);
  return () => {
    const pool = createPool(jobs(), { host: dying(begun) as NonNullable<PoolOptions['host']>, size: 1, journal: path });
    t.teardown(() => pool.destroy());
    return pool;
  };
}

for (const exit of [
  { signal: 'SIGINT', reason: 'signal' },
  { signal: 'SIGTERM', reason: 'signal' },
  { signal: 'SIGHUP', reason: 'signal' },
  { exitCode: 130 },
] as const) {
  const name = 'signal' in exit ? exit.signal : `exit code ${exit.exitCode}`;
  test(`a task whose worker died by a signal to the program fails, and is there at the next start: ${name}`, async (t) => {
    const open = opener(t);
    const pool = open();
    const task = { do: 'die', exit };
    const outcomes = [pool.run(task, { id: 'x' }), pool.run(task, { id: 'x' })].map(code);
    t.deepEqual(await Promise.all(outcomes), ['WORKER_DIED', 'WORKER_DIED']);
    t.is(pool.stats.journal?.live, 1);
    // The failed task has no caller any more: a new call runs it again.
    t.is(await code(pool.run(task, { id: 'x' })), 'WORKER_DIED');
    t.is(await pool.run(echo('now'), { id: 'x' }), 'now');
    t.is(pool.stats.journal?.live, 0);
    await code(pool.run(task, { id: 'y' }));
    await pool.destroy();
    const next = open();
    t.is(next.stats.journal?.recovered, 1);
  });
}

test('a task whose worker died by its own fault has failed for good', async (t) => {
  const open = opener(t);
  const pool = open();
  for (const exit of [{ signal: 'SIGSEGV' }, { signal: 'SIGKILL' }, { exitCode: 1 }]) {
    t.is(await code(pool.run({ do: 'die', exit })), 'WORKER_DIED');
  }
  t.is(pool.stats.journal?.live, 0);
});

test('a task whose worker died during the end of the pool is there at the next start, for any death', async (t) => {
  let begin = (_: HostEvents) => {};
  const isBegun = new Promise<HostEvents>((resolve) => {
    begin = resolve;
  });
  const open = opener(t, (events) => begin(events));
  const pool = open();
  const held = errorOf(pool.run({ do: 'hold' }, { id: 'x' }));
  const worker = await isBegun;
  const closed = pool.close({ tasks: 'finish-running' });
  // Wait until the pool has checked that everything is written.
  await new Promise((resolve) => setImmediate(resolve));
  worker.exit({ exitCode: null, signal: 'SIGKILL', reason: 'signal' });
  t.is((await held).code, 'WORKER_DIED');
  await closed;
  t.is(open().stats.journal?.recovered, 1);
});
