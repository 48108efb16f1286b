import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import { join } from 'node:path';
import test from 'ava';
import { createPool } from 'statepool';
import { folderOf } from '../../support/cli.ts';
import { echo, hold, type Job, jobs } from '../../support/jobs.ts';
import { code, errorOf } from '../../support/outcome.ts';
import { onEachHost, onEveryHost, opener } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

function fail(): never {
  throw new Error('no key');
}

const echoes = (count: number) => Array.from({ length: count }, (_, i) => echo(i));

onEveryHost('runAll resolves with the results in the order of the tasks', async (t, open) => {
  const pool = open(jobs(), { size: 2 });
  pool.on('task', ({ result }) => result === 2 && pool.forwardFeedback({ open: 'slow' }));
  t.deepEqual(await pool.runAll([hold('slow'), echo(1), echo(2)]), ['slow', 1, 2]);
  t.deepEqual(
    await pool.runAll(new Set(echoes(200))),
    Array.from({ length: 200 }, (_, i) => i),
  );
  t.like(pool.stats, { pending: 0, completed: 203 });
});

onEveryHost('runAll without tasks resolves with an empty array', async (t, open) => {
  t.deepEqual(await open(jobs()).runAll([]), []);
});

onEachHost('the first error rejects runAll, and cancels its other tasks and no others', async (t, open) => {
  const pool = open(jobs(), { size: 2 });
  const notes = new Notes(pool);
  const other = pool.run(hold('other'));
  await notes.begun('other');
  const error = await errorOf(pool.runAll([{ do: 'throw', what: 'custom' }, hold('never'), hold('never'), echo(4)]));
  t.like(error, { code: 'PERFORM', cause: { code: 'E_QUOTA' } });
  pool.forwardFeedback({ open: 'other' });
  t.is(await other, 'other');
  await pool.join();
  t.like(pool.stats, { completed: 1, cancelled: 3, pending: 0 });
});

onEachHost('a cancelled task of runAll reports why', async (t, open) => {
  const pool = open(jobs());
  const errors: unknown[] = [];
  pool.on('task', ({ error }) => errors.push(error));
  const first = await errorOf(pool.runAll([{ do: 'throw', what: 'type' }, echo(1)]));
  await pool.join();
  t.is(errors[0], first);
  t.like(errors[1], {
    code: 'CANCELLED',
    cause: { message: 'another task of the same runAll has failed', cause: first },
  });
});

onEachHost('a signal cancels all tasks of runAll, also those that wait for room', async (t, open) => {
  const pool = open(jobs(), { maxQueue: 1 });
  const notes = new Notes(pool);
  const controller = new AbortController();
  const { signal } = controller;
  const all = errorOf(pool.runAll([hold('a'), hold('b'), hold('c'), hold('d')], { signal }));
  await notes.begun('a');
  controller.abort(new Error('enough'));
  t.like(await all, { code: 'CANCELLED', cause: { message: 'enough' } });
  await pool.join();
  t.is(pool.stats.pending, 0);
  t.deepEqual(getEventListeners(signal, 'abort'), []);
  t.is(await code(pool.runAll([echo(1)], { signal })), 'CANCELLED');
  t.deepEqual(await pool.runAll([], { signal }), []);
});

onEveryHost('runAll leaves no listener on its signal', async (t, open) => {
  const { signal } = new AbortController();
  t.deepEqual(await open(jobs()).runAll(echoes(3), { signal }), [0, 1, 2]);
  t.deepEqual(getEventListeners(signal, 'abort'), []);
});

onEachHost('runAll reads its tasks when the queue has room for them', async (t, open) => {
  const pool = open(jobs(), { maxQueue: 2 });
  await pool.ready();
  let taken = 0;
  function* tasks() {
    for (const task of echoes(10)) {
      taken++;
      yield task;
    }
  }
  const all = pool.runAll(tasks());
  t.true(taken <= 4);
  t.true(pool.queued <= 2);
  t.deepEqual(await all, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

onEachHost(
  'an error of the source rejects runAll and cancels its tasks; after an error of a task the source is closed',
  async (t, open) => {
    const pool = open(jobs());
    function* tasks() {
      yield hold('never');
      throw new Error('no more lines');
    }
    t.is((await errorOf(pool.runAll(tasks()))).message, 'no more lines');
    await pool.join();
    t.like(pool.stats, { cancelled: 1, pending: 0 });
    let isClosed = false;
    function* refused() {
      try {
        for (;;) yield echo(1);
      } finally {
        isClosed = true;
      }
    }
    await pool.destroy();
    t.is(await code(pool.runAll(refused())), 'CLOSED');
    t.true(isClosed);
  },
);

onEachHost('destroy rejects runAll, whether its tasks run, wait in the queue or wait for room', async (t, open) => {
  for (const maxQueue of [1, Number.POSITIVE_INFINITY]) {
    const pool = open(jobs(), { maxQueue });
    const notes = new Notes(pool);
    const all = code(pool.runAll([hold('a'), hold('b'), hold('c')]));
    await notes.begun('a');
    await pool.destroy();
    t.regex(await all, /CANCELLED|CLOSED/);
    t.is(pool.stats.pending, 0);
  }
});

onEachHost('each task of runAll has its own attempts and time limits', async (t, open) => {
  const pool = open(jobs());
  t.is(await code(pool.runAll([hold('never')], { timeout: 1 })), 'TIMEOUT_RUN');
  const error = await errorOf(pool.runAll([{ do: 'throw', what: 'type' }], { attempts: 3, backoff: 0 }));
  t.is(error.attemptsMade, 3);
});

onEachHost('a batch that was aborted leaves no task that waits for another attempt', async (t, open) => {
  const pool = open(jobs());
  const controller = new AbortController();
  const all = errorOf(
    pool.runAll([{ do: 'throw', what: 'type' }], { attempts: 2, backoff: 2 ** 30, signal: controller.signal }),
  );
  while (pool.stats.delayed === 0) await new Promise(setImmediate);
  controller.abort();
  t.is((await all).code, 'CANCELLED');
  t.is(pool.stats.delayed, 0);
});

onEachHost(
  'follow-ups of the tasks of runAll are run, and their results are not among its results',
  async (t, open) => {
    const pool = open(jobs());
    const ended: unknown[] = [];
    pool.on('task', ({ result }) => ended.push(result));
    const followed = echo(0, {
      verdict: (result) => ({ type: 'stay', competence: 1, result, tasks: [echo('later')] }),
    });
    t.deepEqual(await pool.runAll([followed, echo(1)]), [0, 1]);
    await pool.join();
    t.deepEqual(new Set(ended), new Set([0, 1, 'later']));
  },
);

onEachHost('a task of runAll whose worker dies fails like that of run', async (t, open) => {
  const pool = open(jobs());
  t.is(await code(pool.runAll([echo(0), { do: 'exit', code: 3 }])), 'WORKER_DIED');
});

onEveryHost('a promise as the result of a verdict is awaited', async (t, open) => {
  const pool = open(
    jobs({
      useResponse: (_status, _task, response) => ({
        type: 'stay',
        competence: undefined,
        result: response === 2 ? Promise.reject(new Error('two')) : Promise.resolve(response),
      }),
    }),
  );
  t.deepEqual(await pool.runAll([echo(0), echo(1)]), [0, 1]);
  t.is((await errorOf(pool.runAll([echo(1), echo(2)]))).message, 'two');
});

onEveryHost('runAll refuses what it does not know, in one line, and never throws at the call', async (t, open) => {
  const pool = open(jobs());
  const wrong = async (tasks: unknown, options?: unknown) => {
    const error = await errorOf(pool.runAll(tasks as Job[], options as object));
    t.is(error.code, 'USAGE');
    return error.message;
  };
  t.is(await wrong(5), 'the first argument of runAll is 5: it must be an array or another iterable of tasks');
  t.regex(await wrong((async function* () {})()), /use map for an AsyncIterable/);
  t.regex(await wrong([], { id: 'a' }), /id/);
  t.regex(await wrong([], { transfer: [] }), /transfer/);
  t.regex(await wrong([], { timout: 1 }), /timeout/);
  t.regex(await wrong([echo(1)], { timeout: -1 }), /timeout is -1/);
});

onEachHost('the hooks of all tasks run in the context of the caller of runAll', async (t, open) => {
  const tenant = new AsyncLocalStorage<string>();
  const seen = new Set<string | undefined>();
  const pool = open(
    jobs({
      requestOfTask: (_status, { verdict, ...request }) => {
        seen.add(tenant.getStore());
        return request;
      },
      useResponse: (_status, _task, response) => {
        seen.add(tenant.getStore());
        return { type: 'stay', competence: undefined, result: response };
      },
    }),
    { maxQueue: 3 },
  );
  await tenant.run('acme', () => pool.runAll(echoes(10)));
  t.deepEqual([...seen], ['acme']);
});

onEachHost(
  'the priority of a batch holds for its tasks, and a task without a legal key fails the batch',
  async (t, open) => {
    const pool = open(jobs({ affinity: ({ key }) => (key === undefined ? undefined : fail()) }));
    const order: unknown[] = [];
    pool.on('task', ({ result }) => order.push(result));
    pool.pause();
    const low = pool.runAll([echo('low')]);
    const high = pool.runAll([echo('high'), echo('higher')], { priority: 1 });
    pool.resume();
    await Promise.all([low, high]);
    t.deepEqual(order, ['high', 'higher', 'low']);
    t.like(await errorOf(pool.runAll([echo(1, { key: 'k' })])), { code: 'KIND', hook: 'affinity' });
  },
);

test('the tasks of runAll are in the journal, and an aborted batch leaves none of them there', async (t) => {
  const path = join(folderOf(t, {}), 'journal');
  const pool = createPool(jobs(), { host: 'inline', size: 0, journal: path });
  t.teardown(() => pool.destroy());
  const controller = new AbortController();
  const all = code(pool.runAll(echoes(3), { signal: controller.signal }));
  while (pool.stats.journal?.live !== 3 || pool.queued < 3) await new Promise(setImmediate);
  controller.abort();
  t.is(await all, 'CANCELLED');
  await pool.join();
  t.is(pool.stats.journal?.live, 0);
  pool.resize(1);
  t.deepEqual(
    await pool.runAll(echoes(50)),
    Array.from({ length: 50 }, (_, i) => i),
  );
  // Aborted before the records are written: the tasks do not run.
  const early = new AbortController();
  const never = code(pool.runAll(echoes(3), { signal: early.signal }));
  early.abort();
  t.is(await never, 'CANCELLED');
  await pool.join();
  t.like(pool.stats, { completed: 50, pending: 0 });
  t.is(await code(pool.runAll([echo(() => {})])), 'JOURNAL');
});

test('many tasks of one batch need no listener and no promise each', async (t) => {
  const pool = opener(t, 'inline')(jobs());
  const { signal } = new AbortController();
  pool.pause();
  const all = pool.runAll(echoes(10_000), { signal });
  t.is(pool.queued, 10_000);
  t.is(getEventListeners(signal, 'abort').length, 1);
  pool.resume();
  t.is((await all).length, 10_000);
});
