import test from 'ava';
import { UsageError } from 'statepool';
import { echo, jobs } from '../../support/jobs.ts';
import { onEachHost, onEveryHost, opener } from '../../support/pool.ts';

const MS = 1_000_000;

onEveryHost('with timings, stats has histograms of the waiting and running times of tasks', async (t, open) => {
  const pool = open(jobs(), { timings: true });
  const since = performance.now();
  await Promise.all(Array.from({ length: 20 }, (_, i) => pool.run(echo(i))));
  const took = performance.now() - since;
  const { timings } = pool.stats;
  t.is(timings?.wait.count, 20);
  t.is(timings?.run.count, 20);
  t.is(timings?.spawn.count, 1);
  t.true((timings?.marshal.count ?? 0) >= 1 && (timings?.marshal.count ?? 0) <= 20);
  for (const histogram of [timings?.wait, timings?.run, timings?.marshal]) {
    t.true((histogram?.min ?? 0) >= 1);
    // A histogram is exact to 1 %.
    t.true((histogram?.max ?? Number.NaN) <= took * MS * 1.02);
  }
});

onEachHost(
  'a task that returns to the queue has one waiting time, and a task without an answer has no running time',
  async (t, open) => {
    const pool = open(jobs({ onTaskCancellationOrExpirationOrWorkerDeath: () => 'retry' }), {
      timings: true,
      retries: 1,
    });
    await t.throwsAsync(pool.run({ do: 'exit', code: 3 }), { code: 'WORKER_DIED' });
    const { timings } = pool.stats;
    t.is(timings?.wait.count, 1);
    t.is(timings?.run.count, 0);
  },
);

onEachHost('without timings nothing is recorded, but stats has the use of the event loop', async (t, open, host) => {
  const pool = open(jobs());
  await pool.run(echo(1));
  t.is(pool.stats.timings, undefined);
  t.true(pool.stats.utilization > 0 && pool.stats.utilization <= 1);
  const [worker] = pool.workers;
  if (host === 'process') t.is(worker?.utilization, undefined);
  else t.true((worker?.utilization ?? -1) >= 0 && (worker?.utilization ?? 2) <= 1);
});

test('the time that a thread waits for requests outside its event loop is no part of its utilization', async (t) => {
  const pool = opener(t, 'thread')(jobs());
  for (let i = 0; i < 2000; i++) await pool.run(echo(i));
  const byNode = Number(await pool.run({ do: 'active' }));
  const busy = pool.workers[0]?.utilization ?? 2;
  t.true(busy > 0 && busy < byNode, `the worker was busy for ${busy} of its life, by Node's count for ${byNode}`);
});

onEveryHost('an option that is not a boolean is refused', (t, open) => {
  const error = t.throws(() => open(jobs(), { timings: 1 as never }), { instanceOf: UsageError });
  t.regex(error.message, /timings is 1: it must be true or false/);
});
