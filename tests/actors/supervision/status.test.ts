import type { WorkerStatus } from 'statepool';
import { echo, hold, type Job, jobs } from '../../support/jobs.ts';
import { code, codes, errorOf } from '../../support/outcome.ts';
import { onEachHost, onEveryHost, onProcesses } from '../../support/pool.ts';
import { isAlive, Notes, watchWorkers } from '../../support/witness.ts';

const stay = (competence: unknown, tasks: Job[] = []): Job['verdict'] => {
  return (result) => ({ type: 'stay', competence, tasks, result });
};
const end: Job['verdict'] = (result) => ({ type: 'end', result });

onEveryHost(
  'requestOfTask is called once a dispatch, with the status of the worker that gets the request',
  async (t, open) => {
    const called: unknown[] = [];
    const pool = open(
      jobs({
        requestOfTask(status, { value }) {
          called.push([status, value]);
          return { do: 'echo', value: status };
        },
      }),
    );
    t.deepEqual(await pool.run(echo('a', { verdict: stay({ knows: 1 }) })), { type: 'fresh' });
    t.deepEqual(await pool.run(echo('b', { verdict: stay({ knows: 2 }) })), { type: 'old', competence: { knows: 1 } });
    t.deepEqual(await pool.run(echo('c', { verdict: end })), { type: 'old', competence: { knows: 2 } });
    t.deepEqual(await pool.run(echo('d')), { type: 'fresh' });
    t.deepEqual(called, [
      [{ type: 'fresh' }, 'a'],
      [{ type: 'old', competence: { knows: 1 } }, 'b'],
      [{ type: 'old', competence: { knows: 2 } }, 'c'],
      [{ type: 'fresh' }, 'd'],
    ]);
  },
);

onEveryHost(
  'a task without a request expires: its hook is called, and the worker stays free and unchanged',
  async (t, open) => {
    const reported: unknown[] = [];
    const pool = open(
      jobs({
        requestOfTask: (_status, { verdict, ...request }) => (request.isStale ? undefined : request),
        onTaskCancellationOrExpirationOrWorkerDeath: (task, reason) => void reported.push([task?.key, reason.code]),
      }),
    );
    await pool.ready();
    const done = [
      pool.run(echo(0, { isStale: true, key: 'a' })),
      pool.run(echo(1, { isStale: true, key: 'b' })),
      pool.run(echo(2)),
    ];
    t.deepEqual(await codes(done), ['EXPIRED', 'EXPIRED', 'done']);
    // These tasks expire behind a running task: the worker takes the next one by itself.
    const more = [pool.run(echo(3)), pool.run(echo(4, { isStale: true, key: 'c' }))];
    t.deepEqual(await codes(more), ['done', 'EXPIRED']);
    t.is(await pool.run({ do: 'id' }), 'jobs:0:1');
    t.deepEqual(reported, [
      ['a', 'EXPIRED'],
      ['b', 'EXPIRED'],
      ['c', 'EXPIRED'],
    ]);
    t.is(pool.workers[0]?.tasks, 3);
  },
);

onEveryHost('a fresh worker on which a task expires is still fresh', async (t, open) => {
  const pool = open(jobs({ requestOfTask: (_status, task) => (task.isStale ? undefined : { ...task }) }));
  t.is(await code(pool.run(echo(0, { isStale: true }))), 'EXPIRED');
  t.deepEqual(
    pool.workers.map(({ state, tasks }) => [state, tasks]),
    [['fresh', 0]],
  );
});

onEveryHost('useResponse runs exactly once a response, with the status of the worker', async (t, open) => {
  const calls: [unknown, WorkerStatus, unknown][] = [];
  const pool = open(
    jobs({
      useResponse(status, task, response) {
        calls.push([task.key, status, response]);
        return { type: 'stay', competence: task.key, result: [response] };
      },
    }),
  );
  const tasks = ['a', 'b', 'c'].map((key, value) => pool.run(echo(value, { key })));
  t.deepEqual(await Promise.all(tasks), [[0], [1], [2]]);
  t.deepEqual(calls, [
    ['a', { type: 'fresh' }, 0],
    ['b', { type: 'old', competence: 'a' }, 1],
    ['c', { type: 'old', competence: 'b' }, 2],
  ]);
});

onEachHost('useResponse never runs for a task that has already settled', async (t, open) => {
  const used: unknown[] = [];
  const pool = open(
    jobs({
      useResponse(_status, task, response) {
        used.push(task.key);
        return { type: 'stay', competence: undefined, result: response };
      },
    }),
    { killGrace: 60_000 },
  );
  const notes = new Notes(pool);
  const controller = new AbortController();
  const done = code(pool.run({ do: 'obey', key: 'obey', answer: 'too late' }, { signal: controller.signal }));
  await notes.begun('obey');
  controller.abort();
  t.is(await done, 'CANCELLED');
  t.is(await pool.run({ do: 'id', key: 'id' }), 'jobs:0:1');
  t.deepEqual(used, ['id']);
});

onEveryHost(
  'stay keeps the worker with its competence, and its follow-ups enter the queue at once',
  async (t, open) => {
    const outcomes: unknown[] = [];
    const pool = open(jobs());
    pool.on('task', ({ result, isFollowUp }) => outcomes.push([result, isFollowUp, pool.queued]));
    pool.pause();
    const first = pool.run(echo('first', { verdict: stay('arithmetic', [echo('follow 1'), echo('follow 2')]) }));
    const second = pool.run(echo('second', { verdict: stay('logic') }));
    pool.resume();
    t.deepEqual(await Promise.all([first, second]), ['first', 'second']);
    await pool.join();
    t.deepEqual(outcomes, [
      ['first', false, 3],
      ['second', false, 2],
      ['follow 1', true, 1],
      ['follow 2', true, 0],
    ]);
    t.deepEqual(
      pool.workers.map(({ id, state, tasks }) => [id, state, tasks]),
      [['jobs:0:1', 'old', 4]],
    );
  },
);

onEveryHost('pool.workers shows the competence of the last verdict', async (t, open) => {
  const pool = open(jobs());
  await pool.run(echo(1, { verdict: stay('arithmetic') }));
  await pool.join();
  t.like(pool.workers[0], {
    state: 'old',
    competence: 'arithmetic',
    status: { type: 'old', competence: 'arithmetic' },
  });
});

onEachHost('end ends the worker, and a fresh one takes its slot', async (t, open) => {
  const pool = open(jobs());
  const first = (await pool.run({ do: 'who', verdict: end })) as Record<string, number>;
  const second = (await pool.run({ do: 'who' })) as Record<string, number>;
  t.notDeepEqual([first.pid, first.threadId], [second.pid, second.threadId]);
  t.is(second.performed, 1);
  t.like(pool.stats, { spawned: 2, died: 1 });
  t.is(pool.workers[0]?.id, 'jobs:0:2');
});

onEachHost('a fresh worker runs the follow-ups of an end verdict', async (t, open) => {
  const pool = open(jobs());
  const results: unknown[] = [];
  pool.on('task', ({ result }) => results.push(result));
  await pool.run(echo('first', { verdict: (result) => ({ type: 'end', result, tasks: [{ do: 'id' }] }) }));
  await pool.join();
  t.deepEqual(results, ['first', 'jobs:0:2']);
});

onProcesses("a worker's process is gone before the next worker takes its slot", async (t, open) => {
  const size = 2;
  const pool = open(jobs(), { size });
  const pids = new Map<string, number>();
  const surplus: unknown[] = [];
  const sample = () => {
    for (const { id, pid } of pool.workers) if (pid !== undefined) pids.set(id, pid);
    const alive = [...pids].filter(([, pid]) => isAlive(pid));
    if (alive.length > size) surplus.push(alive);
  };
  pool.on('worker', sample);
  pool.on('task', sample);
  const verdicts = [end, stay(1), end, end];
  await Promise.all(
    Array.from({ length: 12 }, (_, i) => pool.run(echo(i, { verdict: verdicts[i % verdicts.length] }))),
  );
  await pool.ready();
  sample();
  t.deepEqual(surplus, []);
  t.true(pids.size > 5);
});

onEachHost('live workers never exceed the size', async (t, open) => {
  const size = 2;
  const pool = open(jobs(), { size });
  let most = 0;
  const workers = watchWorkers(pool);
  const sample = () => {
    most = Math.max(most, pool.stats.spawned - pool.stats.died, pool.workers.length);
  };
  pool.on('worker', sample);
  await Promise.all(Array.from({ length: 10 }, (_, i) => pool.run(echo(i, { verdict: i % 2 ? end : stay(i) }))));
  await pool.ready();
  t.is(most, size);
  t.is(workers.all.filter(({ state }) => state === 'dead').length, 5);
});

onEveryHost('a verdict with an error rejects with exactly that error', async (t, open) => {
  const pool = open(jobs());
  const error = new RangeError('too far');
  const run = (verdict: Job['verdict']) => errorOf(pool.run(echo(1, { verdict })));
  t.is(await run(() => ({ type: 'stay', competence: 1, error })), error);
  t.is(await run(() => ({ type: 'end', error, result: 'ignored' })), error);
  t.is(await pool.run(echo(2)), 2);
});

onEveryHost("a verdict that repeats a worker's competence never makes it fresh again", async (t, open) => {
  const statuses: WorkerStatus[] = [];
  const pool = open(
    jobs({
      useResponse(status, _task, result) {
        statuses.push(status);
        return { type: 'stay', competence: undefined, result };
      },
    }),
  );
  for (let i = 0; i < 3; i++) await pool.run(echo(i));
  t.deepEqual(
    statuses.map(({ type }) => type),
    ['fresh', 'old', 'old'],
  );
});

onEachHost('extraEnv is called once a spawn, and gives the worker its variables', async (t, open) => {
  let asked = 0;
  const pool = open(jobs({ extraEnv: () => ({ STATEPOOL_TEST: `spawn ${++asked}` }) }), {
    env: { STATEPOOL_TEST: 'overridden', STATEPOOL_OPTION: 'of the pool' },
  });
  t.is(await pool.run({ do: 'env', name: 'STATEPOOL_TEST' }), 'spawn 1');
  t.is(await pool.run({ do: 'env', name: 'STATEPOOL_OPTION', verdict: end }), 'of the pool');
  t.is(await pool.run({ do: 'env', name: 'STATEPOOL_TEST' }), 'spawn 2');
  t.is(await pool.run({ do: 'env', name: 'PATH' }), process.env.PATH);
  t.is(asked, 2);
  t.is(process.env.STATEPOOL_TEST, undefined);
});

onEachHost('a worker holds one running task at a time', async (t, open) => {
  const pool = open(jobs());
  const notes = new Notes(pool);
  const keys = ['a', 'b', 'c'];
  const done = codes(keys.map((key) => pool.run(hold(key))));
  for (const key of keys) {
    await notes.begun(key);
    t.is(pool.stats.busy, 1);
    t.is(pool.queued, 2 - keys.indexOf(key));
    t.is(notes.order.at(-1), key);
    pool.forwardFeedback({ open: key });
  }
  t.deepEqual(await done, ['done', 'done', 'done']);
});
