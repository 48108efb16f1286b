import { echo, hold, jobs } from '../support/jobs.ts';
import { errorOf } from '../support/outcome.ts';
import { onEachHost, onProcesses, stayAlive } from '../support/pool.ts';
import { Notes } from '../support/witness.ts';

onProcesses('a worker whose process is stopped is found by its heartbeat and replaced', async (t, open) => {
  const pool = open(jobs(), { heartbeat: 100 });
  const notes = new Notes(pool);
  const task = errorOf(pool.run(hold('a')));
  const { worker } = await notes.begun('a');
  process.kill(pool.workers[0]?.pid as number, 'SIGSTOP');
  t.like(await task, { code: 'WORKER_DIED', reason: 'unresponsive', worker, phase: 'busy' });
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
});

onEachHost('a worker that blocks is found by its heartbeat', async (t, open) => {
  const pool = open(jobs(), { heartbeat: 100 });
  const error = await errorOf(pool.run({ do: 'spin', key: 'a' }));
  t.like(error, { code: 'WORKER_DIED', reason: 'unresponsive' });
  t.regex(error.message, /it gave no sign of life within its heartbeat/);
  t.is(await pool.run(echo('next')), 'next');
});

onProcesses('an idle worker that stops answering is replaced, and one that answers lives on', async (t, open) => {
  stayAlive(t);
  const pool = open(jobs(), { heartbeat: 100, size: 2 });
  await pool.ready();
  const [first, second] = pool.workers;
  const isDead = new Promise((resolve) => {
    pool.on('worker', ({ id, state }) => id === first?.id && state === 'dead' && resolve(true));
  });
  process.kill(first?.pid as number, 'SIGSTOP');
  t.true(await isDead);
  await pool.ready();
  const ids = pool.workers.map(({ id }) => id);
  t.deepEqual(ids.sort(), ['jobs:0:2', second?.id]);
});
