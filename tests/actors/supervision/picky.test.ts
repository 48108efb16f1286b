import test, { type ExecutionContext } from 'ava';
import type { Kind, WorkerStatus } from 'statepool';
import { echo, type Job, type JobTypes, jobs } from '../../support/jobs.ts';
import { type Open, onEachHost, opener } from '../../support/pool.ts';

const KEYS = 100;

/** Workers take the key of their first task as their competence, and then take only tasks of that key. */
function picky(more: Partial<Kind<JobTypes>>): { kind: Kind<JobTypes>; mistakes: unknown[] } {
  const mistakes: unknown[] = [];
  const accepts = (status: WorkerStatus, task: Job) => status.type === 'fresh' || status.competence === task.key;
  const kind = jobs({
    taskMatch: accepts,
    requestOfTask(status, task) {
      if (!accepts(status, task)) mistakes.push([status, task]);
      return { do: 'echo', value: task.value };
    },
    useResponse: (_status, task, result) => ({ type: 'stay', competence: task.key, result }),
    ...more,
  });
  return { kind, mistakes };
}

const ways: readonly [how: string, more: Partial<Kind<JobTypes>>, host: 'process' | 'thread'][] = [
  ['by looking along the queue', {}, 'thread'],
  [
    'by an index of keys',
    { affinity: (task) => String(task.key), affinityOfCompetence: (competence) => String(competence) },
    'process',
  ],
];

async function finishes(t: ExecutionContext, open: Open, more: Partial<Kind<JobTypes>>): Promise<void> {
  const { kind, mistakes } = picky({ ...more, window: 64 });
  // Nobody helps a busy worker with its key: each key gets one worker.
  const pool = open(kind, { size: 8, makeRoom: { patience: Number.POSITIVE_INFINITY } });
  // A hundred processes start slowly on a busy machine.
  t.timeout(300_000);
  const tasks = Array.from({ length: 10_000 }, (_, i) => echo(i, { key: `key ${(i * 7919) % KEYS}` }));
  const results = await Promise.all(tasks.map((task) => pool.run(task)));
  t.deepEqual(
    results,
    tasks.map(({ value }) => value),
  );
  t.deepEqual(mistakes, []);
  await pool.ready();
  t.is(pool.workers.length, 8);
  t.true(pool.stats.spawned <= KEYS + 8, `${pool.stats.spawned} workers were started`);
  t.like(pool.stats, { completed: 10_000, failed: 0, pending: 0 });
}

// Each way starts a hundred workers: one real host for each is enough.
for (const [how, more, host] of ways) {
  for (const where of how === 'by an index of keys' ? ([host, 'inline'] as const) : [host]) {
    test(`${where}: eight picky workers finish ten thousand tasks of a hundred keys ${how}`, (t) =>
      finishes(t, opener(t, where), more));
  }
}

onEachHost('tasks of one key run in order, in parallel with other keys', async (t, open) => {
  const [, more] = ways[1] ?? ['', {}];
  const order = new Map<unknown, unknown[]>();
  const { kind, mistakes } = picky(more);
  const pool = open(kind, { size: 3 });
  pool.on('task', ({ task }) => {
    const { key, value } = task as Job;
    order.set(key, [...(order.get(key) ?? []), value]);
  });
  await Promise.all(Array.from({ length: 120 }, (_, i) => pool.run(echo(i, { key: i % 4 }))));
  t.deepEqual(mistakes, []);
  for (const values of order.values())
    t.deepEqual(
      values,
      values.toSorted((a, b) => Number(a) - Number(b)),
    );
});
