import test from 'ava';
import { echo, type Job, jobs } from '../../support/jobs.ts';
import { errorOf } from '../../support/outcome.ts';
import { onEachHost, opener, warm } from '../../support/pool.ts';

const id: Job = { do: 'id' };

onEachHost('a worker ends after its maximum number of tasks', async (t, open) => {
  const pool = open(jobs(), { recycle: { tasks: 3 } });
  const ids = await Promise.all(Array.from({ length: 7 }, () => pool.run(id)));
  t.deepEqual(
    ids,
    [1, 1, 1, 2, 2, 2, 3].map((serial) => `jobs:0:${serial}`),
  );
  t.like(pool.stats, { recycled: 2, completed: 7, failed: 0 });
});

onEachHost('a worker that holds more memory than its limit ends with its verdict', async (t, open) => {
  const pool = open(jobs(), { recycle: { memory: 200 } });
  t.is(await pool.run({ do: 'hoard', megabytes: 1 }), 1);
  t.is(await pool.run({ do: 'hoard', megabytes: 300 }), 2);
  t.is(await pool.run(id), 'jobs:0:2');
  t.is(await pool.run(id), 'jobs:0:2');
  t.is(pool.stats.recycled, 1);
});

onEachHost('a worker that is too old ends with its verdict, whichever it is', async (t, open) => {
  const pool = open(jobs(), { recycle: { age: 0 } });
  t.is(await pool.run(id), 'jobs:0:1');
  t.is((await errorOf(pool.run({ do: 'throw', what: 'type' }))).code, 'PERFORM');
  t.is(await pool.run(id), 'jobs:0:3');
});

onEachHost('a worker stays while its verdicts make follow-ups, which may need its competence', async (t, open) => {
  const kind = jobs({
    useResponse: (_status, task, result) => {
      const left = (task.left as number) - 1;
      ids.push(result);
      return { type: 'stay', competence: 'it', result, tasks: left < 0 ? [] : [{ do: 'id', left }] };
    },
    taskMatch: (status, task) => task.left === 2 || status.type === 'old',
  });
  const ids: unknown[] = [];
  const pool = open(kind, { recycle: { tasks: 1 } });
  await pool.run({ do: 'id', left: 2 });
  await pool.join();
  t.deepEqual(ids, Array(3).fill('jobs:0:1'));
});

test('tasks that a recycled worker has prefetched are performed once, by the next worker', async (t) => {
  const seen: unknown[] = [];
  const kind = jobs({ window: 8, idempotent: false });
  const pool = opener(t, 'thread')(kind, { recycle: { tasks: 1000 } });
  await warm(pool);
  const values = Array.from({ length: 3000 }, (_, i) => i);
  pool.on('task', ({ result }) => seen.push(result));
  t.deepEqual(await Promise.all(values.map((value) => pool.run(echo(value)))), values);
  t.deepEqual(
    [...seen].sort((a, b) => (a as number) - (b as number)),
    values,
  );
  t.true(pool.stats.recycled >= 3);
});

test('wrong limits of a worker are refused', (t) => {
  const open = opener(t, 'inline');
  t.throws(() => open(jobs(), { recycle: { tasks: -1 } }), { code: 'USAGE', message: /^recycle\.tasks is -1/ });
  t.throws(() => open(jobs(), { recycle: { age: Number.NaN } }), { code: 'USAGE', message: /^recycle\.age is NaN/ });
  t.throws(() => open(jobs(), { heartbeat: 0 }), { code: 'USAGE', message: /^heartbeat is 0: .* from 1 / });
});
