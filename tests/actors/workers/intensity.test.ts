import { hold, jobs } from '../../support/jobs.ts';
import { codes, errorOf } from '../../support/outcome.ts';
import { onEachHost } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

onEachHost(
  'too many deaths within a window degrade the pool: running tasks finish, the others fail',
  async (t, open) => {
    const pool = open(jobs(), { size: 2, restart: { intensity: 2, window: 60_000 } });
    const notes = new Notes(pool);
    const degraded = new Promise<Error>((resolve) => pool.on('degraded', resolve));
    const running = pool.run(hold('a'));
    await notes.begun('a');
    const deaths = codes([1, 2, 3].map((code) => pool.run({ do: 'exit', code })));
    const queued = errorOf(pool.run({ do: 'echo' }));
    t.deepEqual(await deaths, ['WORKER_DIED', 'WORKER_DIED', 'WORKER_DIED']);
    t.like(await degraded, { code: 'DEGRADED', message: 'the pool gave up starting workers: exit code 3' });
    t.is((await queued).code, 'DEGRADED');
    t.is((await errorOf(pool.run({ do: 'echo' }))).code, 'DEGRADED');
    pool.forwardFeedback({ open: 'a' });
    t.is(await running, 'a');
    await pool.join();
    t.is(pool.stats.pending, 0);
  },
);

onEachHost('follow-ups of a verdict in a degraded pool fail', async (t, open) => {
  const kind = jobs({
    useResponse: (_status, task, result) => ({
      type: 'stay',
      competence: undefined,
      result,
      tasks: task.key === 'a' ? [{ do: 'echo' }] : [],
    }),
  });
  const pool = open(kind, { size: 2, restart: { intensity: 0 } });
  const notes = new Notes(pool);
  const endings: unknown[] = [];
  pool.on('task', ({ isFollowUp, error }) => isFollowUp && endings.push((error as { code?: string }).code));
  const running = pool.run(hold('a'));
  await notes.begun('a');
  t.is((await errorOf(pool.run({ do: 'exit', code: 1 }))).code, 'WORKER_DIED');
  pool.forwardFeedback({ open: 'a' });
  t.is(await running, 'a');
  await pool.join();
  t.deepEqual(endings, ['DEGRADED']);
});

onEachHost('a task that ends every worker is stopped with its history', async (t, open) => {
  const pool = open(jobs({ onTaskCancellationOrExpirationOrWorkerDeath: () => 'retry' }), { retries: 2 });
  const error = await errorOf(pool.run({ do: 'exit', code: 7 }));
  t.like(error, { code: 'WORKER_DIED', worker: 'jobs:0:3', exitCode: 7 });
  t.deepEqual(
    error.history.map((death: { worker: string; exitCode: number }) => [death.worker, death.exitCode]),
    [
      ['jobs:0:1', 7],
      ['jobs:0:2', 7],
    ],
  );
  t.is(error.message, 'worker jobs:0:3 died while busy: exit code 7; 2 earlier worker(s) died with the same task');
});
