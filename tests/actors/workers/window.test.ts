import type { Kind } from 'statepool';
import { echo, hold, type Job, type JobTypes, jobs } from '../../support/jobs.ts';
import { codes } from '../../support/outcome.ts';
import { type AnyPool, onEachHost, onProcesses, warm } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

/** Makes a kind whose workers may hold four requests, and records the sent tasks in order. */
function windowed(functions: Partial<Kind<JobTypes>> = {}) {
  const sent: unknown[] = [];
  const kind = jobs({
    window: 4,
    // In processes the window counts for idempotent kinds only.
    idempotent: true,
    requestOfTask(_status, { verdict, ...request }) {
      sent.push(request.key ?? request.value);
      return request;
    },
    ...functions,
  });
  const warmed = async (pool: AnyPool) => {
    await warm(pool);
    sent.length = 0;
  };
  return { kind, sent, warm: warmed };
}

onEachHost('with a window tasks still run in order, one at a time, each with its own result', async (t, open) => {
  const { kind, sent, warm } = windowed();
  const pool = open(kind);
  await warm(pool);
  const values = Array.from({ length: 200 }, (_, i) => i);
  const results = values.map((value) => pool.run({ do: value % 3 ? 'echo' : 'later', value }));
  t.deepEqual(await Promise.all(results), values);
  t.deepEqual(sent, values);
});

onEachHost('a worker holds no more requests than its window', async (t, open) => {
  const { kind, sent, warm } = windowed();
  const pool = open(kind);
  await warm(pool);
  const notes = new Notes(pool);
  const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
  pool.pause();
  const done = codes(keys.map((key) => pool.run(hold(key))));
  pool.resume();
  await notes.begun('a');
  t.deepEqual(sent, ['a', 'b', 'c', 'd']);
  t.is(pool.queued, 2);
  for (const key of keys) pool.forwardFeedback({ open: key });
  t.deepEqual(await done, Array(6).fill('done'));
  t.deepEqual(notes.order, keys);
});

onEachHost(
  'a window that the kind has set is used between changes of competence, however many there were',
  async (t, open) => {
    let held = 0;
    let early = 0;
    const { kind, warm } = windowed({
      requestOfTask(_status, { verdict, ...request }) {
        if (held++ > 0) early++;
        return request;
      },
      useResponse(_status, { value }, result) {
        held--;
        return { type: 'stay', competence: Math.floor(Number(value) / 8), result };
      },
    });
    const pool = open(kind);
    await warm(pool);
    const run = () => Promise.all(Array.from({ length: 800 }, (_, value) => pool.run(echo(value))));
    await run();
    early = 0;
    held = 0;
    await run();
    t.true(early > 200);
  },
);

onEachHost('a window leaves the other workers their share of the tasks', async (t, open) => {
  const { kind, warm } = windowed();
  const pool = open(kind, { size: 2 });
  await warm(pool);
  const notes = new Notes(pool);
  await pool.ready();
  const done = codes([pool.run(hold('a')), pool.run(hold('b'))]);
  const [a, b] = [await notes.begun('a'), await notes.begun('b')];
  t.not(a.worker, b.worker);
  pool.forwardFeedback({ open: 'a' });
  pool.forwardFeedback({ open: 'b' });
  t.deepEqual(await done, ['done', 'done']);
});

onEachHost(
  'the tasks that a killed worker had not begun return to the head of the queue, in order',
  async (t, open) => {
    const { kind, sent, warm } = windowed();
    const pool = open(kind);
    await warm(pool);
    // The tasks that make a worker quick are more where the machine is busy.
    const { completed } = pool.stats;
    const notes = new Notes(pool);
    pool.pause();
    const done = codes(['a', 'b', 'c', 'd'].map((key) => pool.run(hold(key))));
    pool.resume();
    const { worker } = await notes.begun('a');
    const last = pool.run(hold('e'));
    for (const key of ['b', 'c', 'd', 'e']) pool.forwardFeedback({ open: key });
    pool.cancelWorker(worker);
    t.deepEqual(await done, ['CANCELLED', 'done', 'done', 'done']);
    await last;
    t.deepEqual(sent, ['a', 'b', 'c', 'd', 'b', 'c', 'd', 'e']);
    t.deepEqual(notes.order, ['a', 'b', 'c', 'd', 'e']);
    t.like(pool.stats, { cancelled: 1, failed: 1, completed: completed + 4 });
  },
);

onEachHost(
  'the tasks that an ended worker had not begun return to the head of the queue, in order',
  async (t, open) => {
    const { kind, sent, warm } = windowed();
    const pool = open(kind);
    await warm(pool);
    const notes = new Notes(pool);
    pool.pause();
    const end: Job['verdict'] = (result) => ({ type: 'end', result });
    const done = codes([
      pool.run(hold('a', { verdict: end })),
      ...['b', 'c', 'd', 'e'].map((key) => pool.run(hold(key))),
    ]);
    pool.resume();
    await notes.begun('a');
    pool.forwardFeedback({ open: 'a' });
    await notes.until(({ worker, feedback }) => feedback.begun === 'b' && worker === 'jobs:0:2');
    for (const key of ['b', 'c', 'd', 'e']) pool.forwardFeedback({ open: key });
    t.deepEqual(await done, Array(5).fill('done'));
    t.deepEqual(sent, ['a', 'b', 'c', 'd', 'b', 'c', 'd', 'e']);
  },
);

onEachHost('the signal of a prefetched task cancels only that task', async (t, open) => {
  const { kind, warm } = windowed();
  const pool = open(kind);
  await warm(pool);
  const notes = new Notes(pool);
  const controller = new AbortController();
  pool.pause();
  const done = codes([pool.run(hold('a')), pool.run(hold('b'), { signal: controller.signal }), pool.run(hold('c'))]);
  pool.resume();
  await notes.begun('a');
  controller.abort();
  for (const key of ['a', 'b', 'c']) pool.forwardFeedback({ open: key });
  t.deepEqual(await done, ['done', 'CANCELLED', 'done']);
});

const fatal: Readonly<Record<string, Job>> = {
  'exits in perform': { do: 'exit', code: 4 },
  'leaves an error that nobody catches': { do: 'uncaught' },
};

for (const [what, task] of Object.entries(fatal)) {
  onEachHost(`of several, the task that ${what} is blamed, and no other`, async (t, open) => {
    const { kind } = windowed();
    const pool = open(kind);
    pool.pause();
    const tasks = [echo(0), echo(1), task, echo(3), echo(4), echo(5)];
    const done = codes(tasks.map((each) => pool.run(each)));
    pool.resume();
    t.deepEqual(await done, ['done', 'done', 'WORKER_DIED', 'done', 'done', 'done']);
    t.like(pool.stats, { failed: 1, spawned: 2 });
  });
}

onEachHost('of several, the task that causes an unhandled rejection is blamed, and no other', async (t, open) => {
  const { kind, warm } = windowed();
  const pool = open(kind);
  await warm(pool);
  pool.pause();
  const tasks = [echo(0), { do: 'float' }, echo(2), echo(3), echo(4), echo(5)];
  const done = codes(tasks.map((each) => pool.run(each)));
  pool.resume();
  t.deepEqual(await done, ['done', 'WORKER_DIED', 'done', 'done', 'done', 'done']);
});

onProcesses('of several, the task that its worker performed at an outside kill is found', async (t, open) => {
  const { kind, warm } = windowed();
  const pool = open(kind, { size: 1 });
  await warm(pool);
  pool.pause();
  const tasks = [echo(0), echo(1), { do: 'kill' }, echo(3), echo(4), echo(5)];
  const done = codes(tasks.map((each) => pool.run(each)));
  pool.resume();
  t.deepEqual(await done, ['done', 'done', 'WORKER_DIED', 'done', 'done', 'done']);
});

onEachHost('of several, a request that cannot be cloned fails alone', async (t, open) => {
  const { kind, warm } = windowed();
  const pool = open(kind);
  await warm(pool);
  pool.pause();
  const done = codes([echo(0), echo(() => {}), echo(2), echo(3)].map((task) => pool.run(task)));
  pool.resume();
  t.deepEqual(await done, ['done', 'MARSHAL_REQUEST', 'done', 'done']);
  t.is(pool.stats.spawned, 1);
});

onEachHost('of several, a response that cannot be cloned fails alone, and its worker ends', async (t, open) => {
  const { kind, warm } = windowed();
  const pool = open(kind);
  await warm(pool);
  pool.pause();
  const done = codes([echo(0), { do: 'unsendable' }, echo(2), echo(3)].map((task) => pool.run(task)));
  pool.resume();
  t.deepEqual(await done, ['done', 'MARSHAL_RESPONSE', 'done', 'done']);
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
});

onEachHost('of several, a task that throws fails alone', async (t, open) => {
  const { kind, warm } = windowed();
  const pool = open(kind);
  await warm(pool);
  pool.pause();
  const done = codes([echo(0), { do: 'throw', what: 'type' }, { do: 'later' }, echo(3)].map((task) => pool.run(task)));
  pool.resume();
  t.deepEqual(await done, ['done', 'PERFORM', 'done', 'done']);
  t.is(pool.stats.spawned, 1);
});

onEachHost('verdicts of several responses run in order, each with the status after the one before', async (t, open) => {
  const statuses: unknown[] = [];
  const { kind, sent, warm } = windowed({
    useResponse(status, { value }, result) {
      if (value !== undefined) statuses.push(status.type === 'old' ? status.competence : 'fresh');
      return { type: 'stay', competence: value ?? 'warm', result };
    },
  });
  const pool = open(kind);
  await warm(pool);
  pool.pause();
  const values = Array.from({ length: 24 }, (_, i) => i);
  const done = Promise.all(values.map((value) => pool.run(echo(value))));
  pool.resume();
  t.deepEqual(await done, values);
  t.deepEqual(statuses, ['warm', ...values.slice(0, -1)]);
  // A new competence closes the window. Only the tasks sent together with the first were matched anew.
  t.true(sent.length <= values.length + 3);
});

onEachHost('a worker with an end verdict ends, even if other answers came with it', async (t, open) => {
  const { kind, warm } = windowed();
  const pool = open(kind);
  await warm(pool);
  pool.pause();
  const last = echo(0, { verdict: (result) => ({ type: 'end', result }) });
  const done = codes([last, echo(1), echo(2), echo(3)].map((task) => pool.run(task)));
  pool.resume();
  t.deepEqual(await done, ['done', 'done', 'done', 'done']);
  await pool.ready();
  t.is(pool.stats.spawned, 2);
});

onEachHost('several tasks that share an object each get a copy of it, and several results too', async (t, open) => {
  const { kind, warm } = windowed();
  const pool = open(kind);
  await warm(pool);
  pool.pause();
  const value = new Set(['a']);
  const grown = Promise.all([1, 2, 3].map(() => pool.run({ do: 'grow', value })));
  const results = Promise.all([1, 2, 3].map(() => pool.run({ do: 'shared' })));
  pool.resume();
  t.deepEqual(await grown, [2, 2, 2]);
  t.is(new Set(await results).size, 3);
});
