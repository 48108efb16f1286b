import test from 'ava';
import { ToWorker } from '../../../actors/protocol/messages.ts';
import { echo, hold, type Job, jobs } from '../../support/jobs.ts';
import { errorOf } from '../../support/outcome.ts';
import { type PlayedWorker, Players, turn } from '../../support/played.ts';
import { onEachHost, onProcesses, opener, stayAlive } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

/** A worker may miss its heartbeat on a busy machine. Then another worker runs its task. */
const kind = jobs({
  onTaskCancellationOrExpirationOrWorkerDeath: (task: Job | undefined) => (task?.do === 'id' ? 'retry' : undefined),
});

onProcesses('the heartbeat finds a worker whose process is stopped, and the pool replaces it', async (t, open) => {
  const pool = open(kind, { heartbeat: 100, retries: 100 });
  const notes = new Notes(pool);
  const task = errorOf(pool.run(hold('a')));
  const { worker, pid } = await notes.begun('a');
  process.kill(pid, 'SIGSTOP');
  t.like(await task, { code: 'WORKER_DIED', reason: 'unresponsive', worker, phase: 'busy' });
  t.not(await pool.run({ do: 'id' }), worker);
});

onEachHost('the heartbeat finds a worker that blocks', async (t, open) => {
  const pool = open(kind, { heartbeat: 100, retries: 100 });
  const error = await errorOf(pool.run({ do: 'spin', key: 'a' }));
  t.like(error, { code: 'WORKER_DIED', reason: 'unresponsive' });
  t.regex(error.message, /it gave no sign of life within the heartbeat/);
  t.not(await pool.run({ do: 'id' }), error.worker);
});

test('an idle worker that stops answering is replaced, and one that answers stays', async (t) => {
  stayAlive(t);
  const players = new Players(false);
  const pool = opener(t, players.host)(jobs(), { heartbeat: 50, size: 2, restart: { settle: 0 } });
  const [silent, lively] = [await players.worker(1), await players.worker(2)];
  silent.isAwake = false;
  const asked = ({ heard }: PlayedWorker) => heard.filter(([tag]) => tag === ToWorker.Ping).length;
  // A master that was itself late asks once more.
  while (!lively.isEnded && (!silent.isEnded || asked(lively) < 4)) await turn();
  t.false(lively.isEnded);
  const next = await players.worker(3);
  t.deepEqual(pool.workers.map(({ id }) => id).sort(), [next.id, lively.id].sort());
  const done = pool.run(echo('next'));
  await turn();
  for (const worker of [next, lively]) if (worker.held.length > 0) worker.answer();
  t.is(await done, 'next');
});
