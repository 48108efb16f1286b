import { echo, hold, type Job } from '../../support/jobs.ts';
import { code, codes } from '../../support/outcome.ts';
import { onEachHost, onEveryHost } from '../../support/pool.ts';
import { begun, keys, together } from '../../support/together.ts';
import { Notes } from '../../support/witness.ts';

onEveryHost(
  'a worker performs as many requests at a time as its kind says, and answers in any order',
  async (t, open) => {
    const k = keys();
    const pool = open(together(3));
    const notes = new Notes(pool);
    const [a, b, c, d] = [k('a'), k('b'), k('c'), k('d')].map((key) => pool.run(hold(key)));
    await begun(notes, k('a'), k('b'), k('c'));
    t.is(pool.queued, 1);
    t.false(notes.order.includes(k('d')));
    pool.forwardFeedback({ open: k('b') });
    t.is(await b, k('b'));
    await begun(notes, k('d'));
    for (const key of [k('d'), k('c'), k('a')]) pool.forwardFeedback({ open: key });
    t.deepEqual(await Promise.all([a, c, d]), [k('a'), k('c'), k('d')]);
    t.like(pool.stats, { spawned: 1, completed: 4 });
  },
);

onEveryHost('a task that comes later joins those that a busy worker performs', async (t, open) => {
  const k = keys();
  const pool = open(together(2));
  const notes = new Notes(pool);
  const a = pool.run(hold(k('a')));
  await begun(notes, k('a'));
  t.is(await pool.run(echo('between')), 'between');
  const b = pool.run(hold(k('b')));
  await begun(notes, k('b'));
  t.is(pool.workers[0]?.state, 'busy');
  pool.forwardFeedback({ open: k('a') });
  pool.forwardFeedback({ open: k('b') });
  t.deepEqual(await Promise.all([a, b]), [k('a'), k('b')]);
});

onEveryHost('verdicts apply in the order of the answers, and each sees the competence before it', async (t, open) => {
  const k = keys();
  const pool = open(together(3));
  const notes = new Notes(pool);
  const learning = (key: string) =>
    hold(key, {
      verdict: (result, status) => {
        const before = status.type === 'old' ? (status.competence as string) : '';
        return { type: 'stay', competence: `${before}${key}`, result };
      },
    });
  const all = [k('a'), k('b'), k('c')].map((key) => pool.run(learning(key)));
  await begun(notes, k('a'), k('b'), k('c'));
  for (const [i, key] of [k('c'), k('a'), k('b')].entries()) {
    pool.forwardFeedback({ open: key });
    await all[[2, 0, 1][i] as number];
  }
  await pool.join();
  t.is(pool.workers[0]?.competence, [k('c'), k('a'), k('b')].join(''));
});

onEveryHost('each feedback reaches the caller of its own task', async (t, open) => {
  const k = keys();
  const pool = open(together(3));
  const notes = new Notes(pool);
  const heard: unknown[] = [];
  const run = (key: string) => pool.run(hold(key), { onFeedback: (feedback) => heard.push([key, feedback.begun]) });
  const all = [k('a'), k('b'), k('c')].map(run);
  await begun(notes, k('a'), k('b'), k('c'));
  for (const key of [k('c'), k('b'), k('a')]) pool.forwardFeedback({ open: key });
  await Promise.all(all);
  t.deepEqual(heard, [
    [k('a'), k('a')],
    [k('b'), k('b')],
    [k('c'), k('c')],
  ]);
});

onEveryHost('a throw and a request that cannot be sent fail alone', async (t, open) => {
  const k = keys();
  const pool = open(together(4));
  const notes = new Notes(pool);
  const a = pool.run(hold(k('a')));
  const unsendable = code(pool.run(echo(() => {})));
  const thrown = code(pool.run({ do: 'reject', what: 'type' }));
  const d = pool.run(hold(k('d')));
  t.is(await unsendable, 'MARSHAL_REQUEST');
  t.is(await thrown, 'PERFORM');
  await begun(notes, k('a'), k('d'));
  pool.forwardFeedback({ open: k('d') });
  t.is(await d, k('d'));
  pool.forwardFeedback({ open: k('a') });
  t.is(await a, k('a'));
  t.is(pool.stats.spawned, 1);
});

onEveryHost('a cancelled task stops by itself within its grace, and the others go on', async (t, open) => {
  const k = keys();
  const pool = open(together(3), { killGrace: 20_000 });
  const notes = new Notes(pool);
  const controller = new AbortController();
  const a = pool.run(hold(k('a')));
  const b = code(pool.run({ do: 'obey', key: k('b') }, { signal: controller.signal }));
  const c = pool.run({ do: 'obey', key: k('c') });
  await begun(notes, k('a'), k('b'), k('c'));
  controller.abort();
  t.is(await b, 'CANCELLED');
  t.deepEqual(
    ((await pool.run({ do: 'aborts' })) as Job[]).map(({ key }) => key),
    [k('b')],
  );
  pool.forwardFeedback({ open: k('a') });
  t.is(await a, k('a'));
  t.is(pool.stats.spawned, 1);
  await Promise.all([pool.destroy(), code(c)]);
});

onEveryHost('each of the tasks has a time limit of its own', async (t, open) => {
  const k = keys();
  const pool = open(together(2), { killGrace: 20_000 });
  const notes = new Notes(pool);
  const a = pool.run(hold(k('a')));
  t.is(await code(pool.run({ do: 'obey', key: k('b') }, { timeout: 50 })), 'TIMEOUT_RUN');
  await begun(notes, k('a'));
  pool.forwardFeedback({ open: k('a') });
  t.is(await a, k('a'));
  t.like(pool.stats, { spawned: 1, timedOut: 1 });
});

for (const idempotent of [false, true]) {
  const rest = idempotent ? 'are performed again' : 'fail: they had begun';
  onEachHost(`a cancel without a grace kills the worker, and its other tasks ${rest}`, async (t, open) => {
    const k = keys();
    const reasons: unknown[] = [];
    const pool = open(
      together(3, {
        idempotent,
        onTaskCancellationOrExpirationOrWorkerDeath: (task, reason) => void reasons.push([task?.key, reason.code]),
      }),
    );
    const notes = new Notes(pool);
    const controller = new AbortController();
    const others = [k('a'), k('b')].map((key) => code(pool.run(hold(key))));
    const c = code(pool.run(hold(k('c')), { signal: controller.signal }));
    await begun(notes, k('a'), k('b'), k('c'));
    controller.abort();
    t.is(await c, 'CANCELLED');
    if (idempotent) for (const key of [k('a'), k('b')]) pool.forwardFeedback({ open: key });
    t.deepEqual(await Promise.all(others), Array(2).fill(idempotent ? 'done' : 'WORKER_DIED'));
    const died = [k('a'), k('b')].map((key) => [key, 'WORKER_DIED']);
    t.deepEqual(reasons, [[k('c'), 'CANCELLED'], ...(idempotent ? [] : died)]);
    t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
  });
}

onEachHost('all that a worker has begun dies with it; what waits runs on the next one', async (t, open) => {
  const k = keys();
  const dead: unknown[] = [];
  const pool = open(
    together(3, {
      onTaskCancellationOrExpirationOrWorkerDeath: (task, reason) => void dead.push([task?.do, reason.code]),
    }),
  );
  const notes = new Notes(pool);
  const held = [k('a'), k('b')].map((key) => code(pool.run(hold(key))));
  await begun(notes, k('a'), k('b'));
  const exit = code(pool.run({ do: 'exit', code: 0 }));
  const waiting = [1, 2, 3].map((value) => code(pool.run(echo(value))));
  t.deepEqual(await Promise.all([...held, exit]), Array(3).fill('WORKER_DIED'));
  t.deepEqual(await Promise.all(waiting), Array(3).fill('done'));
  t.deepEqual(dead.sort(), [
    ['exit', 'WORKER_DIED'],
    ['hold', 'WORKER_DIED'],
    ['hold', 'WORKER_DIED'],
  ]);
  t.like(pool.stats, { spawned: 2, died: 1, failed: 3, completed: 3 });
});

onEachHost('nobody is blamed for a death among idempotent tasks: each is tried again alone', async (t, open) => {
  const k = keys();
  const pool = open(together(3, { idempotent: true }));
  const notes = new Notes(pool);
  const [a, b] = [k('a'), k('b')].map((key) => code(pool.run(hold(key))));
  await begun(notes, k('a'), k('b'));
  const exit = code(pool.run({ do: 'exit', code: 1 }));
  for (const key of [k('a'), k('b')]) {
    await notes.untilAll(() => notes.order.filter((each) => each === key).length === 2);
    pool.forwardFeedback({ open: key });
  }
  t.deepEqual(await Promise.all([a, b, exit]), ['done', 'done', 'WORKER_DIED']);
  t.deepEqual(notes.order, [k('a'), k('b'), k('a'), k('b')]);
});

onEachHost('the task that was begun last is not blamed for a death by an earlier one', async (t, open) => {
  const k = keys();
  const pool = open(together(2, { idempotent: true }));
  const notes = new Notes(pool);
  const first = code(pool.run({ do: 'exitAtGate', key: k('a') }));
  await begun(notes, k('a'));
  const last = code(pool.run(hold(k('b'))));
  await begun(notes, k('b'));
  pool.forwardFeedback({ open: k('a') });
  await Promise.race([last, notes.untilAll(() => notes.order.filter((each) => each === k('b')).length === 2)]);
  pool.forwardFeedback({ open: k('b') });
  t.deepEqual(await Promise.all([first, last]), ['WORKER_DIED', 'done']);
});

onEachHost('attempts are for each of the tasks of a dead worker', async (t, open) => {
  const k = keys();
  const pool = open(together(2), { attempts: 2 });
  const notes = new Notes(pool);
  const a = code(pool.run(hold(k('a'))));
  await begun(notes, k('a'));
  const exit = code(pool.run({ do: 'exit', code: 1 }));
  await notes.untilAll(() => notes.order.length === 2);
  pool.forwardFeedback({ open: k('a') });
  t.deepEqual(await Promise.all([a, exit]), ['done', 'WORKER_DIED']);
});

onEveryHost('a verdict that ends the worker waits for its other tasks, and no other begins there', async (t, open) => {
  const k = keys();
  const pool = open(together(2));
  const notes = new Notes(pool);
  const a = pool.run(hold(k('a'), { verdict: (result) => ({ type: 'end', result }) }));
  const b = pool.run(hold(k('b')));
  await begun(notes, k('a'), k('b'));
  pool.forwardFeedback({ open: k('a') });
  t.is(await a, k('a'));
  const next = pool.run({ do: 'id' });
  t.is(pool.workers[0]?.state, 'busy');
  pool.forwardFeedback({ open: k('b') });
  t.is(await b, k('b'));
  t.is(await next, 'jobs:0:2');
  // Neither was performed a second time, in the next worker.
  t.deepEqual(notes.order.sort(), [k('a'), k('b')]);
  t.like(pool.stats, { failed: 0, completed: 3 });
});

onEveryHost('a response that cannot be sent ends the worker after its other tasks', async (t, open) => {
  const k = keys();
  const pool = open(together(2));
  const notes = new Notes(pool);
  const a = pool.run(hold(k('a')));
  await begun(notes, k('a'));
  t.is(await code(pool.run({ do: 'unsendable' })), 'MARSHAL_RESPONSE');
  pool.forwardFeedback({ open: k('a') });
  t.is(await a, k('a'));
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
});

onEveryHost('a worker that has reached its limit of tasks is replaced once it has answered all', async (t, open) => {
  const pool = open(together(4), { recycle: { tasks: 3 } });
  t.deepEqual(
    await codes(Array.from({ length: 40 }, (_, i) => pool.run({ do: 'later', value: i }))),
    Array(40).fill('done'),
  );
  t.true(pool.stats.recycled >= 5);
});
