import test from 'ava';
import { decide } from '../../../machines/rules/decide.ts';
import type { Seat } from '../../../machines/state/seat.ts';
import { judgedKind } from '../../../testing/exploring/judged-kind.ts';
import { type Act, perform, settle } from '../../../testing/model/acts.ts';
import { canonOf } from '../../../testing/model/canon.ts';
import { ModelPool } from '../../../testing/model/model-pool.ts';

/** Makes a model of a pool that prefetches, and does some acts on it. */
function modelAfter(size: number, ...acts: Act[]): ModelPool {
  const model = new ModelPool(judgedKind, size, { prefetch: true });
  model.mail.push({ type: 'enqueue' });
  settle(model);
  for (const act of acts) {
    perform(model, act);
    settle(model);
  }
  return model;
}

const enqueue: Act = { type: 'enqueue', name: 'step' };
const answer = (worker: number): Act[] => [
  { type: 'begin', worker },
  { type: 'answer', worker, what: 'same' },
];

/** Returns how many requests each worker holds, the fullest first. */
const heldIn = ({ pool }: ModelPool) =>
  [...pool.seats.values()].map(({ held }: Seat) => held.length).sort((a, b) => b - a);

/** Makes a model in which one of two workers holds a prefetched request, and no task is queued. */
function twoWorkers(): ModelPool {
  const model = modelAfter(2, ...Array.from({ length: 6 }, () => enqueue));
  for (let i = 0; heldIn(model)[0] === 1 && i < 3; i++) {
    const { bodies } = canonOf(model);
    const worker = Math.max(
      0,
      bodies.findIndex(({ seat }) => seat.status.type === 'old'),
    );
    for (const act of answer(worker)) perform(model, act);
    settle(model);
  }
  for (const act of [...model.pool.queue].map((): Act => ({ type: 'cancelQueued', index: 0 }))) perform(model, act);
  settle(model);
  return model;
}

test('a worker that answers gets one request more than it performs, if the queue has more than one for each worker', (t) => {
  const model = modelAfter(1, enqueue, enqueue, enqueue, ...answer(0), ...answer(0));
  t.deepEqual(heldIn(model), [1]);
  const more = modelAfter(1, enqueue, enqueue, enqueue, enqueue, ...answer(0), ...answer(0));
  t.deepEqual(heldIn(more), [2]);
});

test('what a silent worker has not begun goes back at the second check, to the head of the queue', (t) => {
  const model = twoWorkers();
  t.deepEqual(heldIn(model), [2, 1]);
  const fullest = [...model.pool.seats.values()].find(({ held }) => held.length === 2) as Seat;
  const early = fullest.held[1];
  decide(model.pool, { type: 'check' });
  t.is(fullest.held.length, 2);
  t.true(model.pool.check > 0);
  decide(model.pool, { type: 'check' });
  t.is(fullest.held.length, 1);
  t.is([...model.pool.queue][0], early);
});

/** Makes a model in which a worker holds a prefetched request, and may hold so many. */
function windowOf(requests: number, processors = Number.POSITIVE_INFINITY): { model: ModelPool; fullest: Seat } {
  const model = twoWorkers();
  Object.assign(model.pool, { processors });
  const fullest = [...model.pool.seats.values()].find(({ held }) => held.length === 2) as Seat;
  fullest.window = requests;
  decide(model.pool, { type: 'check' });
  return { model, fullest };
}

test('a worker with many requests is checked every quarter of a ms, and is silent after the first in vain', (t) => {
  const { model, fullest } = windowOf(32);
  t.is(model.pool.check, 0.25);
  decide(model.pool, { type: 'check' });
  t.is(fullest.held.length, 1);
  t.is(fullest.window, 1);
});

test('a worker that has begun a request since the last check is not silent', (t) => {
  const { model, fullest } = windowOf(32);
  const body = model.bodies.get(fullest.id) as { hasBegun: boolean };
  body.hasBegun = !body.hasBegun;
  decide(model.pool, { type: 'check' });
  t.is(fullest.held.length, 2);
  decide(model.pool, { type: 'check' });
  t.is(fullest.held.length, 1);
});

test('a worker that has answered since the last check is not silent, though it has begun nothing since', (t) => {
  const { model, fullest } = windowOf(32);
  const body = model.bodies.get(fullest.id) as { hasBegun: boolean };
  body.hasBegun = true;
  decide(model.pool, { type: 'check' });
  // It answers the request that it has begun, and gets another one.
  fullest.tasks++;
  body.hasBegun = false;
  decide(model.pool, { type: 'check' });
  t.is(fullest.held.length, 2);
  decide(model.pool, { type: 'check' });
  t.is(fullest.held.length, 1);
});

test('workers with few requests, and those that share processors, are checked every 2 ms', (t) => {
  t.is(windowOf(31).model.pool.check, 2);
  t.is(windowOf(32, 1).model.pool.check, 2);
});

test('what a worker has not begun goes to a worker that is free', (t) => {
  const model = twoWorkers();
  const { bodies } = canonOf(model);
  const other = bodies.findIndex(({ seat }) => seat.held.length === 1);
  t.deepEqual(heldIn(model), [2, 1]);
  for (const act of answer(other)) perform(model, act);
  settle(model);
  t.deepEqual(heldIn(model), [1, 1]);
});

test('a pause takes back what the workers have not begun', (t) => {
  const model = twoWorkers();
  perform(model, { type: 'pause' });
  settle(model);
  t.deepEqual(heldIn(model), [1, 1]);
  t.is(model.pool.queue.length, 1);
});
