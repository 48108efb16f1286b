import { getEventListeners } from 'node:events';
import type { EndReason } from 'statepool';
import { echo, hold, type Job, jobs } from '../../support/jobs.ts';
import { code, codes, errorOf } from '../../support/outcome.ts';
import { onEachHost } from '../../support/pool.ts';
import { isAlive, Notes } from '../../support/witness.ts';

/** Makes a kind that records the calls of its hook. */
function hooked() {
  const reported: [task: unknown, code: string][] = [];
  const kind = jobs({
    onTaskCancellationOrExpirationOrWorkerDeath(task: Job | undefined, reason: EndReason) {
      reported.push([task?.key, reason.code]);
    },
  });
  return { kind, reported };
}

onEachHost(
  'a queued task whose signal is aborted leaves the queue; its hook is called once, and no worker ends',
  async (t, open) => {
    const { kind, reported } = hooked();
    const pool = open(kind);
    const notes = new Notes(pool);
    const controller = new AbortController();
    const running = pool.run(hold('running'));
    await notes.begun('running');
    const queued = errorOf(pool.run(hold('queued'), { signal: controller.signal }));
    const last = pool.run(hold('last'));
    t.is(pool.queued, 2);
    controller.abort(new Error('not wanted'));
    t.is(pool.queued, 1);
    const error = await queued;
    t.like(error, { name: 'AbortError', code: 'CANCELLED' });
    t.is(error.cause.message, 'not wanted');
    pool.forwardFeedback({ open: 'running' });
    pool.forwardFeedback({ open: 'last' });
    t.deepEqual([await running, await last], ['running', 'last']);
    t.deepEqual(reported, [['queued', 'CANCELLED']]);
    t.deepEqual(notes.order, ['running', 'last']);
    t.is(pool.stats.spawned, 1);
  },
);

onEachHost('a running task whose signal is aborted loses its worker, even in an endless loop', async (t, open) => {
  const { kind, reported } = hooked();
  const pool = open(kind);
  const notes = new Notes(pool);
  const controller = new AbortController();
  const spinning = code(pool.run({ do: 'spin', key: 'spin' }, { signal: controller.signal }));
  const { pid, worker } = await notes.begun('spin');
  const next = pool.run({ do: 'id' });
  controller.abort();
  t.is(await spinning, 'CANCELLED');
  t.is(worker, 'jobs:0:1');
  t.is(await next, 'jobs:0:2');
  if (pid !== process.pid) t.false(isAlive(pid));
  t.deepEqual(reported, [['spin', 'CANCELLED']]);
  t.like(pool.stats, { spawned: 2, cancelled: 1, completed: 1 });
});

onEachHost(
  'a task whose signal is aborted before its start never runs, and its hook is called once',
  async (t, open) => {
    const { kind, reported } = hooked();
    const pool = open(kind);
    const notes = new Notes(pool);
    t.is(await code(pool.run(hold('dead'), { signal: AbortSignal.abort() })), 'CANCELLED');
    t.is(await pool.run(echo(1)), 1);
    t.deepEqual(reported, [['dead', 'CANCELLED']]);
    t.deepEqual(notes.order, []);
    t.is(pool.stats.spawned, 1);
  },
);

onEachHost(
  'an abort after the task has settled does nothing, and no listener is left on its signal',
  async (t, open) => {
    const { kind, reported } = hooked();
    const pool = open(kind);
    const { signal, abort } = withAbort();
    t.is(await pool.run(echo(1), { signal }), 1);
    t.is(await code(pool.run({ do: 'throw', what: 'type' }, { signal })), 'PERFORM');
    t.deepEqual(getEventListeners(signal, 'abort'), []);
    abort();
    t.is(await pool.run(echo(2)), 2);
    t.deepEqual(reported, []);
    t.is(pool.stats.spawned, 1);
  },
);

onEachHost('one signal cancels all its tasks, queued and running, and no other', async (t, open) => {
  const { kind, reported } = hooked();
  const pool = open(kind, { size: 2 });
  const notes = new Notes(pool);
  const { signal, abort } = withAbort();
  const doomed = codes([
    pool.run(hold('a'), { signal }),
    pool.run(hold('b'), { signal }),
    pool.run(hold('c'), { signal }),
  ]);
  const other = pool.run(echo('other'));
  await notes.begun('a');
  await notes.begun('b');
  abort();
  t.deepEqual(await doomed, ['CANCELLED', 'CANCELLED', 'CANCELLED']);
  t.is(await other, 'other');
  t.deepEqual(reported.map(([key]) => key).sort(), ['a', 'b', 'c']);
});

onEachHost('follow-ups inherit the signal of the task that made them', async (t, open) => {
  const { kind, reported } = hooked();
  const pool = open(kind);
  const notes = new Notes(pool);
  const { signal, abort } = withAbort();
  const maker = pool.run(
    echo(0, {
      verdict: () => ({ type: 'stay', competence: 1, result: 'made', tasks: [hold('running'), hold('queued')] }),
    }),
    { signal },
  );
  t.is(await maker, 'made');
  await notes.begun('running');
  t.is(pool.queued, 1);
  abort();
  t.is(pool.queued, 0);
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
  t.deepEqual(reported.sort(), [
    ['queued', 'CANCELLED'],
    ['running', 'CANCELLED'],
  ]);
});

onEachHost(
  'during the grace period perform sees the aborted signal, and a worker that obeys stays',
  async (t, open) => {
    const { kind, reported } = hooked();
    const pool = open(kind, { killGrace: 60_000 });
    const notes = new Notes(pool);
    for (const more of [{}, { answer: 'stopped' }]) {
      const { signal, abort } = withAbort(new Error('enough'));
      const key = JSON.stringify(more);
      const done = code(pool.run({ do: 'obey', key, ...more }, { signal }));
      await notes.begun(key);
      const next = pool.run({ do: 'id' });
      abort();
      t.is(await done, 'CANCELLED');
      t.is(await next, 'jobs:0:1');
    }
    t.deepEqual(await pool.run({ do: 'aborts' }), [
      { key: '{}', reason: 'enough' },
      { key: '{"answer":"stopped"}', reason: 'enough' },
    ]);
    t.is(pool.stats.spawned, 1);
    t.is(reported.length, 2);
  },
);

onEachHost('a task that ignores its aborted signal is killed at the end of the grace period', async (t, open) => {
  const { kind, reported } = hooked();
  const pool = open(kind, { killGrace: 30 });
  const notes = new Notes(pool);
  for (const [index, task] of ['ignore', 'spin'].entries()) {
    const { signal, abort } = withAbort();
    const done = code(pool.run({ do: task, key: task }, { signal }));
    await notes.begun(task);
    const next = pool.run({ do: 'id' });
    abort();
    t.is(await done, 'CANCELLED');
    t.is(await next, `jobs:0:${index + 2}`);
  }
  t.deepEqual(reported, [
    ['ignore', 'CANCELLED'],
    ['spin', 'CANCELLED'],
  ]);
});

onEachHost('cancelWorker replaces a busy worker and cancels its task alone', async (t, open) => {
  const { kind, reported } = hooked();
  const pool = open(kind, { size: 2 });
  const notes = new Notes(pool);
  const [a, b] = [errorOf(pool.run(hold('a'))), pool.run(hold('b'))];
  const { worker } = await notes.begun('a');
  await notes.begun('b');
  t.true(pool.cancelWorker(worker, new Error('stuck')));
  t.false(pool.cancelWorker(worker));
  const error = await a;
  t.like(error, { code: 'CANCELLED' });
  t.is(error.cause.message, 'stuck');
  pool.forwardFeedback({ open: 'b' });
  t.is(await b, 'b');
  await pool.ready();
  t.false(pool.workers.some(({ id }) => id === worker));
  t.is(pool.workers.length, 2);
  t.deepEqual(reported, [['a', 'CANCELLED']]);
});

onEachHost('cancelWorker replaces a free worker and touches no task', async (t, open) => {
  const { kind, reported } = hooked();
  const pool = open(kind);
  await pool.run(echo(1));
  t.true(pool.cancelWorker('jobs:0:1'));
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
  t.deepEqual(reported, []);
});

onEachHost('cancelWorker returns false for an unknown id', async (t, open) => {
  const pool = open(jobs());
  t.false(pool.cancelWorker('jobs:7:1'));
  t.is(await pool.run({ do: 'id' }), 'jobs:0:1');
});

onEachHost('cancelAll empties the queue and replaces every worker', async (t, open) => {
  const { kind, reported } = hooked();
  const pool = open(kind, { size: 2 });
  const notes = new Notes(pool);
  const done = codes(['a', 'b', 'c', 'd'].map((key) => pool.run(hold(key))));
  await notes.begun('a');
  await notes.begun('b');
  pool.cancelAll(new Error('start over'));
  t.is(pool.queued, 0);
  t.deepEqual(await done, ['CANCELLED', 'CANCELLED', 'CANCELLED', 'CANCELLED']);
  t.deepEqual(reported.map(([key]) => key).sort(), ['a', 'b', 'c', 'd']);
  t.regex(String(await pool.run({ do: 'id' })), /^jobs:[01]:2$/);
  await pool.ready();
  t.deepEqual(pool.workers.map(({ id }) => id).sort(), ['jobs:0:2', 'jobs:1:2']);
});

function withAbort(reason?: Error): { signal: AbortSignal; abort(): void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort(reason) };
}
