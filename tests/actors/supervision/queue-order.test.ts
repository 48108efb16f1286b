import test from 'ava';
import type { Kind, RunOptions } from 'statepool';
import { echo, hold, type Job, type JobTypes, jobs } from '../../support/jobs.ts';
import { codes } from '../../support/outcome.ts';
import { onEachHost, opener } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

type Order = (a: Job, b: Job) => number;

const byRank: Order = (a, b) => Number(a.rank) - Number(b.rank);

/** Makes a kind that records the order in which its tasks go to workers. */
function noting(functions: Partial<Kind<JobTypes>> = {}): { kind: Kind<JobTypes>; given: unknown[] } {
  const given: unknown[] = [];
  const kind = jobs({
    requestOfTask(_status, { verdict, ...request }) {
      given.push(request.value);
      return request;
    },
    ...functions,
  });
  return { kind, given };
}

onEachHost('tasks run first in, first out', async (t, open) => {
  const { kind, given } = noting();
  const pool = open(kind);
  const values = Array.from({ length: 50 }, (_, i) => i);
  t.deepEqual(await Promise.all(values.map((value) => pool.run(echo(value)))), values);
  t.deepEqual(given, values);
});

onEachHost('an order sorts the queue stably, and applies to later tasks too', async (t, open) => {
  const { kind, given } = noting();
  const pool = open(kind);
  pool.pause();
  const run = (value: string, rank: number) => pool.run(echo(value, { rank }));
  const done = [run('c1', 3), run('a1', 1), run('c2', 3), run('b1', 2), run('a2', 1)];
  pool.setOrder(byRank);
  done.push(run('b2', 2), run('a3', 1), run('d1', 4), run('c3', 3));
  const snapshot = await pool.snapshot();
  const expected = ['a1', 'a2', 'a3', 'b1', 'b2', 'c1', 'c2', 'c3', 'd1'];
  t.deepEqual(
    snapshot.map(({ value }) => value),
    expected,
  );
  pool.resume();
  await Promise.all(done);
  t.deepEqual(given, expected);
});

onEachHost('without an order tasks return to priority and arrival', async (t, open) => {
  const { kind, given } = noting();
  const pool = open(kind);
  pool.pause();
  const done = [pool.run(echo('a', { rank: 2 })), pool.run(echo('b', { rank: 1 }))];
  pool.setOrder(byRank);
  done.push(pool.run(echo('c', { rank: 0 }), { priority: 1 }));
  pool.setOrder();
  done.push(pool.run(echo('d', { rank: 0 })));
  pool.resume();
  await Promise.all(done);
  t.deepEqual(given, ['c', 'a', 'b', 'd']);
});

onEachHost('an order that throws leaves the queue unchanged', async (t, open) => {
  const { kind, given } = noting();
  const pool = open(kind);
  pool.pause();
  const done = [pool.run(echo('a', { rank: 2 })), pool.run(echo('b', { rank: 1 }))];
  const throwing: Order = () => {
    throw new Error('no order');
  };
  t.throws(() => pool.setOrder(throwing), { message: 'no order' });
  pool.resume();
  await Promise.all(done);
  t.deepEqual(given, ['a', 'b']);
});

onEachHost('an order that throws on a later task is a warning, and fails no task', async (t, open) => {
  // Pools of other tests may stall and warn meanwhile.
  const warned = new Promise<string>((resolve) => {
    const listen = (warning: Error & { code?: string }) => {
      if (warning.code === 'STATEPOOL_HOOK') resolve(warning.message);
    };
    process.on('warning', listen);
    t.teardown(() => process.off('warning', listen));
  });
  const pool = open(jobs());
  const notes = new Notes(pool);
  const first = pool.run(hold('first', { rank: 0 }));
  await notes.begun('first');
  pool.setOrder((a, b) => {
    if (a.rank === undefined || b.rank === undefined) throw new Error('no rank');
    return byRank(a, b);
  });
  const done = codes([pool.run(echo(2, { rank: 2 })), pool.run(echo('unranked')), pool.run(echo(1, { rank: 1 }))]);
  pool.forwardFeedback({ open: 'first' });
  t.is(await first, 'first');
  t.deepEqual(await done, ['done', 'done', 'done']);
  t.regex(await warned, /setOrder threw Error: no rank/);
});

onEachHost('a higher priority goes first, and equal priorities in order of arrival', async (t, open) => {
  const { kind, given } = noting();
  const pool = open(kind);
  pool.pause();
  const run = (value: string, options?: RunOptions) => pool.run(echo(value), options);
  const done = [
    run('0a'),
    run('2a', { priority: 2 }),
    run('-1a', { priority: -1 }),
    run('0b'),
    run('2b', { priority: 2 }),
  ];
  pool.resume();
  await Promise.all(done);
  t.deepEqual(given, ['2a', '2b', '0a', '0b', '-1a']);
});

onEachHost('a picky worker takes the first task in order that it matches', async (t, open) => {
  const { kind, given } = noting({
    taskMatch: (status, task) => task.for === (status.type === 'fresh' ? 'anyone' : status.competence),
  });
  const pool = open(kind);
  const stay =
    (competence: string): Job['verdict'] =>
    (result) => ({ type: 'stay', competence, result });
  pool.pause();
  const run = (value: string, who: string, next: string, rank: number) =>
    pool.run(echo(value, { for: who, verdict: stay(next), rank }));
  const done = [
    run('5', 'blue', 'red', 5),
    run('1', 'anyone', 'red', 1),
    run('4', 'red', 'blue', 4),
    run('3', 'red', 'red', 3),
    run('2', 'red', 'red', 2),
    run('6', 'red', 'red', 6),
  ];
  pool.setOrder(byRank);
  pool.resume();
  await Promise.all(done);
  t.deepEqual(given, ['1', '2', '3', '4', '5', '6']);
});

onEachHost('a broadcast makes free workers match again the tasks that they refused', async (t, open) => {
  const allowed = new Set<unknown>();
  const pool = open(jobs({ taskMatch: (_status, task) => allowed.has(task.value) }), { size: 2 });
  await pool.ready();
  const stalled = new Promise((resolve) => pool.on('stalled', resolve));
  const [a, b] = [pool.run(echo('a')), pool.run(echo('b'))];
  await stalled;
  t.is(pool.queued, 2);
  allowed.add('b');
  pool.broadcast();
  t.is(await b, 'b');
  t.is(pool.queued, 1);
  allowed.add('a');
  pool.broadcast();
  t.is(await a, 'a');
});

onEachHost('without a broadcast a refused task is not matched with the same status again', async (t, open) => {
  let asked = 0;
  const isRefused = (task: Job) => task.value === 'refused';
  const pool = open(
    jobs({
      taskMatch(_status, task) {
        if (isRefused(task)) asked++;
        return !isRefused(task);
      },
    }),
  );
  const refused = codes([pool.run(echo('refused'))]);
  for (let i = 0; i < 20; i++) await pool.run(echo(i));
  // Called once for the fresh status, and once for the old one.
  t.is(asked, 2);
  await pool.destroy();
  t.deepEqual(await refused, ['CANCELLED']);
});

test('twenty thousand tasks stay in order of arrival', async (t) => {
  const { kind, given } = noting();
  const pool = opener(t, 'inline')(kind);
  const values = Array.from({ length: 20_000 }, (_, i) => i);
  await Promise.all(values.map((value) => pool.run(echo(value))));
  t.deepEqual(given, values);
});
