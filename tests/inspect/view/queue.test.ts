import test from 'ava';
import { inspect, type QueueView, type ReasonView } from 'statepool/inspect';
import { sharedTokens } from 'statepool/tokens';
import { echo, hold, jobs } from '../../support/jobs.ts';
import { opener, stayAlive } from '../../support/pool.ts';
import { Viewer } from '../../support/viewer.ts';
import { Notes } from '../../support/witness.ts';

/** Returns the reasons why the task at this place of the head waits. */
function reasonsOf({ head, reasons }: QueueView, place: number): readonly ReasonView[] {
  return reasons[head[place]?.why ?? -1] ?? [];
}

test('the queue has a reason for each of its first twenty waiting tasks, however many there are', async (t) => {
  stayAlive(t);
  let asked = 0;
  const pool = opener(t, 'thread')(jobs({ taskMatch: () => ++asked > 0 }));
  await pool.ready();
  const notes = new Notes(pool);
  const viewer = new Viewer(t, await inspect(pool));
  const all = [pool.run(hold('gate'))];
  await notes.begun('gate');
  for (let i = 0; i < 10_000; i++) all.push(pool.run(echo(i, { key: `job ${i}` }), { priority: i === 9999 ? 5 : 0 }));
  const before = asked;
  const { queue, header } = await viewer.reads(({ queue }) => queue.length === 10_000);
  t.is(asked, before, 'nobody is free: nothing is matched');
  t.like(header, { waiting: 10_000, running: 1 });
  t.is(queue.head.length, 20);
  t.deepEqual(
    queue.head.slice(0, 2).map(({ name, priority, why }) => ({ name, priority, why })),
    [
      { name: 'job 9999', priority: 5, why: 0 },
      { name: 'job 0', priority: 0, why: 0 },
    ],
  );
  t.deepEqual(queue.reasons, [[{ why: 'every worker is busy', count: 0, workers: [] }]]);
  pool.forwardFeedback({ open: 'gate' });
  await Promise.all(all);
  await viewer.reads(({ header }) => header.done === 10_001);
});

test('each worker has its reason why it has not taken a task', async (t) => {
  stayAlive(t);
  let isThrowing = false;
  const kind = jobs({
    taskMatch(status, task) {
      if (task.key === 'odd' && isThrowing) throw new Error('never mind');
      return status.type === 'old' ? task.key === status.competence : task.key === 'first' || task.key === 'gate';
    },
  });
  // With endless patience no timer looks at the queue: while taskMatch throws, it would fail the task.
  const pool = opener(t, 'thread')(kind, { size: 3, makeRoom: { patience: Number.POSITIVE_INFINITY } });
  await pool.ready();
  const notes = new Notes(pool);
  const viewer = new Viewer(t, await inspect(pool));
  await pool.run(echo(1, { key: 'first', verdict: () => ({ type: 'stay', competence: 'other' }) }));
  const held = pool.run(hold('gate'));
  const { worker: busy } = await notes.begun('gate');
  const waiting = ['odd', 'even'].map((key) => pool.run(echo(1, { key })).catch((error) => error.code));
  const { queue } = await viewer.reads(({ queue }) => queue.length === 2);
  const reasons = new Map(reasonsOf(queue, 0).flatMap(({ workers, why }) => workers.map((worker) => [worker, why])));
  t.is(reasons.size, 3);
  t.is(reasons.get(busy), 'it is busy');
  const whys = [...reasons].filter(([worker]) => worker !== busy).map(([, why]) => why);
  t.deepEqual(whys.sort(), ['it is fresh, and this task needs an old worker', 'its competence does not fit']);
  // A hook that throws on the inspector's call fails no task.
  isThrowing = true;
  await viewer.reads(({ queue }) => reasonsOf(queue, 0).some(({ why }) => why === 'taskMatch threw'));
  isThrowing = false;
  t.is(pool.queued, 2);
  pool.pause();
  await viewer.reads(({ queue }) => reasonsOf(queue, 1)[0]?.why === 'the pool is paused');
  pool.resume();
  pool.forwardFeedback({ open: 'gate' });
  await held;
  const { header } = await viewer.reads(({ header }) => header.state === 'stalled' && header.problem !== undefined);
  t.regex(String(header.problem), /^stalled: 2 queued task\(s\) wait, no worker takes any of them, and nothing/);
  pool.cancelAll();
  t.deepEqual(await Promise.all(waiting), ['CANCELLED', 'CANCELLED']);
  await viewer.reads(({ header }) => header.state === 'running' && header.problem === undefined);
});

test("a pool whose workers cannot start shows it as an alert, without the workers' output", async (t) => {
  stayAlive(t);
  const kind = { ...jobs(), url: 'file:///nowhere/xyzzy.js' };
  const pool = opener(t, 'thread')(kind, { restart: { limit: 1, delay: 1 } });
  const viewer = new Viewer(t, await inspect(pool));
  const { header } = await viewer.reads(({ header }) => header.state === 'degraded');
  t.is(header.problem, 'degraded: workers cannot start (it could not start), and every task fails');
  t.false(viewer.texts.some((text) => text.includes('xyzzy')));
});

test('a task that waits for the busy worker that knows it has that rule as its reason, with the numbers', async (t) => {
  stayAlive(t);
  const kind = jobs({ affinity: ({ about }) => about as string | undefined, affinityMode: 'prefer' });
  const pool = opener(t, 'thread')(kind, { size: 2, makeRoom: { patience: 60_000 } });
  await pool.ready();
  const notes = new Notes(pool);
  const viewer = new Viewer(t, await inspect(pool));
  const held = pool.run(hold('gate', { about: 'x' }));
  const { worker } = await notes.begun('gate');
  const waiting = pool.run(echo(1, { about: 'x' }));
  const { queue, header } = await viewer.reads(({ queue }) => queue.length === 1);
  t.is(
    reasonsOf(queue, 0)[0]?.why,
    `${worker} holds its key: 1 task waits for it, and a wait of up to 60000 ms costs less than another worker`,
  );
  t.like(header.competence, { fresh: 1, hits: 0 });
  pool.forwardFeedback({ open: 'gate' });
  await Promise.all([held, waiting]);
});

test('a task that a free worker takes as soon as there is a token says so', async (t) => {
  stayAlive(t);
  const tokens = sharedTokens(1);
  await new Promise<void>((resolve) => tokens.ask(1, 'low', () => resolve()));
  const pool = opener(t, 'thread')(jobs(), { size: 2, tokens });
  await pool.ready();
  const viewer = new Viewer(t, await inspect(pool));
  const waiting = pool.run(echo(1));
  const { queue } = await viewer.reads(({ queue }) => queue.length === 1);
  t.deepEqual(
    reasonsOf(queue, 0).map(({ why, count }) => [why, count]),
    [['it waits for a token', 2]],
  );
  tokens.give(1);
  await waiting;
});
