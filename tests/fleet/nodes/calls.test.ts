import test from 'ava';
import { busy, fleetOf } from '../../support/fleet.ts';

test('map yields results in order, and no more tasks than asked for are in the fleet', async (t) => {
  const { node, submitter } = fleetOf(t);
  await node({ size: 2 });
  const { fleet } = await submitter();
  const results: unknown[] = [];
  let most = 0;
  for await (const result of fleet.map(
    [5, 1, 4, 2, 3].map((ms) => ({ ms, value: ms })),
    { inFlight: 2 },
  )) {
    most = Math.max(most, fleet.pending);
    results.push(result);
  }
  t.deepEqual(results, [5, 1, 4, 2, 3]);
  t.true(most <= 2);
});

test('map throws the first error, and cancels what is running', async (t) => {
  const { node, submitter } = fleetOf(t);
  await node({ size: 2 });
  const { fleet } = await submitter();
  const run = async () => {
    for await (const _ of fleet.map([{ do: 'fail' }, { ms: 60_000 }], { inFlight: 2 }));
  };
  t.like(await t.throwsAsync(run()), { code: 'PERFORM' });
  await fleet.join();
  t.is(fleet.pending, 0);
});

test('a queued task is cancelled by its signal, and never performed', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { node: only } = await node();
  const { fleet } = await submitter();
  const first = fleet.run({ ms: 300, value: 1 });
  await busy(only.pool);
  const controller = new AbortController();
  const second = fleet.run({ value: 2 }, { signal: controller.signal });
  controller.abort(new Error('not needed'));
  t.like(await t.throwsAsync(second), { code: 'CANCELLED', message: 'the task was cancelled: not needed' });
  t.is(await first, 1);
  t.is(only.pool.stats.completed, 1);
});

test('a running task is cancelled by its signal on its node', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { node: only } = await node();
  const { fleet } = await submitter();
  const controller = new AbortController();
  const task = fleet.run({ ms: 60_000 }, { signal: controller.signal });
  await busy(only.pool);
  controller.abort(new Error('not needed'));
  t.like(await t.throwsAsync(task), { code: 'CANCELLED' });
  t.is(only.pool.stats.cancelled, 1);
});

test('a task of another submitter is cancelled by its id, and its submitter hears of it', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { fleet } = await submitter();
  const { fleet: other } = await submitter();
  const { id, result } = await fleet.submit({ value: 1 });
  t.true(await other.cancel(String(id), 'by somebody else'));
  t.like(await t.throwsAsync(result), { code: 'CANCELLED', message: 'the task was cancelled: by somebody else' });
  await node();
  t.false(await other.cancel('nobody'));
});

test('cancelAll cancels queued and running tasks of all submitters', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { node: only } = await node();
  const { fleet } = await submitter();
  const { fleet: other } = await submitter();
  const tasks = [fleet.run({ ms: 60_000 }), fleet.run({ value: 1 }), other.run({ value: 2 })];
  const ends = Promise.allSettled(tasks);
  await busy(only.pool);
  await other.cancelAll('enough');
  for (const end of await ends) t.like(end, { status: 'rejected', reason: { code: 'CANCELLED' } });
  t.is(await fleet.run({ value: 3 }), 3);
});

test('cancelWorker kills a worker of a node by the id that nodes shows', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { node: only } = await node({ name: 'one' });
  const { fleet } = await submitter();
  const task = t.throwsAsync(fleet.run({ ms: 60_000 }));
  await busy(only.pool);
  const [info] = await fleet.nodes();
  t.like(info, { name: 'one', state: 'live', size: 1, lost: 0 });
  t.true(await fleet.cancelWorker(info?.workers?.[0]?.id ?? '', 'stuck'));
  t.like(await task, { code: 'CANCELLED' });
  t.false(await fleet.cancelWorker(`${info?.id}/nobody:0:0`));
  t.like(await t.throwsAsync(fleet.cancelWorker('nobody')), { code: 'USAGE' });
});

test('feedback of a task reaches its caller, in order', async (t) => {
  const { node, submitter } = fleetOf(t);
  await node();
  const { fleet } = await submitter();
  const heard: unknown[] = [];
  await fleet.run({ feedbacks: [1, { two: 2 }, 3] }, { onFeedback: (feedback) => heard.push(feedback) });
  t.deepEqual(heard, [1, { two: 2 }, 3]);
});

test('feedback to all workers reaches those of all nodes, and of later nodes', async (t) => {
  const { node, submitter } = fleetOf(t);
  await node({ host: 'thread', size: 2 });
  const { fleet } = await submitter();
  await fleet.forwardFeedback('first');
  await fleet.forwardFeedback('second');
  const until = async () => {
    for (;;) {
      const heard = await Promise.all([fleet.run({ do: 'heard', ms: 20 }), fleet.run({ do: 'heard', ms: 20 })]);
      if (heard.every((each) => JSON.stringify(each) === '["first","second"]')) return heard;
    }
  };
  t.deepEqual(await until(), [
    ['first', 'second'],
    ['first', 'second'],
  ]);
  await fleet.pause();
  await node({ host: 'thread', name: 'later' });
  await fleet.resume();
  await until();
});

test('tasks go by priority, then in the order of their submission', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { fleet } = await submitter();
  const ends: string[] = [];
  fleet.on('task', ({ result }) => ends.push(String(result)));
  const submit = (value: string, priority = 0) => fleet.submit({ value }, { priority });
  const tasks: [string, number?][] = [['a'], ['b'], ['c', 2], ['d', -1], ['e', 2]];
  for (const [value, priority] of tasks) await submit(value, priority);
  await node();
  await fleet.join();
  await fleet.close();
  t.deepEqual(ends, ['c', 'e', 'a', 'b', 'd']);
});

test('setOrder orders what waits, and what comes later', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { fleet } = await submitter();
  const ends: number[] = [];
  fleet.on('task', ({ result }) => ends.push(Number(result)));
  for (const value of [5, 1, 4]) await fleet.submit({ value });
  await fleet.setOrder((a, b) => Number(a.value) - Number(b.value));
  for (const value of [3, 0, 6, 2]) await fleet.submit({ value });
  await node();
  await fleet.close();
  t.deepEqual(ends, [0, 1, 2, 3, 4, 5, 6]);
});

test('pause stops the dispatch on all nodes, and snapshot shows what waits', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { node: only } = await node({ ahead: 2 });
  const { fleet } = await submitter();
  await fleet.pause();
  const results = Promise.all([1, 2, 3, 4].map((value) => fleet.run({ value })));
  t.deepEqual((await fleet.snapshot()).map(({ value }) => value).sort(), [1, 2, 3, 4]);
  t.is(only.pool.stats.completed, 0);
  await fleet.resume();
  t.deepEqual(await results, [1, 2, 3, 4]);
});

test('snapshot waits for busy workers, and lets the work go on', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { node: only } = await node();
  const { fleet } = await submitter();
  const running = fleet.run({ value: 0, ms: 100 });
  await busy(only.pool);
  const waiting = fleet.run({ value: 1 });
  await fleet.submit({ value: 2 });
  t.deepEqual(
    (await fleet.snapshot()).map(({ value }) => value),
    [1, 2],
  );
  t.deepEqual(await Promise.all([running, waiting]), [0, 1]);
});

test('clear is legal only without nodes', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { fleet } = await submitter();
  const { result } = await fleet.submit({ value: 1 });
  await fleet.clear();
  t.like(await t.throwsAsync(result), { code: 'CANCELLED', message: 'the task was cancelled: the queue was cleared' });
  await node();
  t.like(await t.throwsAsync(fleet.clear()), { code: 'USAGE' });
});

test('counts and join see the tasks of all submitters', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { fleet } = await submitter();
  const { fleet: other } = await submitter();
  await fleet.submit({ value: 1 });
  await other.submit({ value: 2 });
  t.deepEqual(await fleet.counts(), { waiting: 2, active: 0, parked: 0 });
  const joined = fleet.join();
  await node();
  await joined;
  t.deepEqual(await fleet.counts(), { waiting: 0, active: 0, parked: 0 });
});

test('a task with a known id is not performed again', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { node: only } = await node();
  const { fleet } = await submitter({ id: 'first' });
  const both = [fleet.run({ value: 1, ms: 50 }, { id: 'one' }), fleet.run({ value: 2 }, { id: 'one' })];
  t.deepEqual(await Promise.all(both), [1, 1]);
  const { fleet: other } = await submitter();
  t.is(await other.run({ value: 3 }, { id: 'one' }), 1);
  t.is(only.pool.stats.completed, 1);
});

test('a task that nobody takes in time fails, with and without a node', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { fleet } = await submitter();
  t.like(await t.throwsAsync(fleet.run({ value: 1 }, { queueTimeout: 20 })), { code: 'TIMEOUT_QUEUE' });
  const { node: only } = await node({ ahead: 1 });
  const first = fleet.run({ ms: 200 });
  await busy(only.pool);
  t.like(await t.throwsAsync(fleet.run({ value: 1 }, { queueTimeout: 20 })), { code: 'TIMEOUT_QUEUE' });
  await first;
});

test('what cannot cross machines is refused with its path', async (t) => {
  const { submitter } = fleetOf(t);
  const { fleet } = await submitter({ maxBytes: 1000 });
  const task = { value: { list: [1, () => {}] } };
  t.like(await t.throwsAsync(fleet.run(task)), { code: 'MARSHAL_TASK', path: 'task.value.list[1]' });
  t.like(await t.throwsAsync(fleet.run({ value: 'x'.repeat(2000) })), { code: 'TOO_LARGE', path: 'task.value' });
  const port = new ArrayBuffer(8);
  t.like(await t.throwsAsync(fleet.run({}, { transfer: [port] })), { code: 'USAGE' });
  t.like(await t.throwsAsync(fleet.run({}, { id: '' })), { code: 'USAGE' });
  t.is(fleet.pending, 0);
});

test('a result that is too large fails its task with the path to its largest member', async (t) => {
  const { node, submitter } = fleetOf(t);
  await node({ maxBytes: 1000 });
  const { fleet } = await submitter();
  t.like(await t.throwsAsync(fleet.run({ value: { text: 'x'.repeat(2000) } })), { code: 'TOO_LARGE' });
});

test('a closed fleet takes no more tasks', async (t) => {
  const { submitter } = fleetOf(t);
  const { fleet } = await submitter();
  const { result } = await fleet.submit({ value: 1 });
  await fleet.close({ tasks: 'leave' });
  t.like(await t.throwsAsync(result), { code: 'CLOSED' });
  t.like(await t.throwsAsync(fleet.run({})), { code: 'CLOSED' });
});

test('destroy cancels the own tasks, or everything of the kind', async (t) => {
  const { broker, submitter } = fleetOf(t);
  const { fleet } = await submitter();
  const { fleet: other } = await submitter();
  const { result } = await fleet.submit({ value: 1 });
  await other.submit({ value: 2 });
  const cancelled = t.throwsAsync(result);
  await fleet.destroy();
  t.like(await cancelled, { code: 'CANCELLED' });
  t.deepEqual(await other.counts(), { waiting: 1, active: 0, parked: 0 });
  await other.destroy({ scope: 'all' });
  t.is((await broker.counts('fleet-jobs')).waiting, 0);
});
