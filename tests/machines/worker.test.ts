import test from 'ava';
import { createActor, setup } from 'xstate';
import { workerMachine } from '../../machines/index.ts';
import { createEntry, type Entry } from '../../machines/queue/entry.ts';
import { TaskQueue } from '../../machines/queue/task-queue.ts';
import { learn } from '../../machines/rules/take.ts';
import { UNMATCHED } from '../../machines/state/matching.ts';
import { createPoolState } from '../../machines/state/pool-state.ts';
import { createSeat, type Seat } from '../../machines/state/seat.ts';
import type { WorkerEvent } from '../../machines/state/worker-events.ts';

/** A worker's actor under a parent that records the messages to it and the effects of the worker. */
function createWorker() {
  const queue = new TaskQueue();
  const pool = createPoolState({
    kind: 'fake',
    size: 1,
    queue,
    faults: [],
    restart: { limit: 1, delay: 1, maxDelay: 1 },
    rules: {
      window: 1,
      concurrency: 1,
      isIdempotent: false,
      begunOf: () => undefined,
      recall: () => undefined,
      keyOf: () => undefined,
      matching: UNMATCHED,
      onDeath: () => ({ isRetried: false, error: undefined }),
      requestOf: (_look, entry) => entry.task,
      reasonToStop: () => undefined,
    },
  });
  const seat: Seat = { ...createSeat('fake:0:1', 0, pool.freshCursor), phase: 'busy' };
  const done: string[] = [];
  const note = (name: string) => () => void done.push(name);
  const worker = workerMachine.provide({
    actions: {
      start: note('start'),
      send: note('send'),
      retire: note('retire'),
      kill: note('kill'),
      take: note('take'),
      learnAndTake: note('learnAndTake'),
      learn({ event }) {
        done.push('learn');
        if (event.type === 'stay') learn(pool, seat, event.competence);
      },
    },
  });
  const parent = createActor(
    setup({ actors: { worker } }).createMachine({
      invoke: { src: 'worker', id: 'it', input: { pool, seat } },
      on: { free: { actions: note('free') }, ended: { actions: note('ended') } },
    }),
  );
  parent.start();
  const actor = parent.getSnapshot().children.it;
  if (actor === undefined) throw new Error('the worker was not made');
  return {
    done,
    queue,
    /** Sends the events; returns the state after them and the effects. */
    after(...events: WorkerEvent[]): [state: unknown, done: string[]] {
      done.length = 0;
      for (const event of events) actor.send(event as never);
      return [(actor.getSnapshot() as { value: unknown }).value, [...done]];
    },
  };
}

const dispatch: WorkerEvent = { type: 'dispatch', requests: [1] };
const stay: WorkerEvent = { type: 'stay', competence: 1 };
const exit: WorkerEvent = { type: 'exit', exit: { exitCode: 0, signal: null, reason: 'exit' } };

test('a worker starts once, and is offered the queue after the handshake', (t) => {
  const { done, after } = createWorker();
  t.deepEqual(done, ['start']);
  t.deepEqual(after({ type: 'ready' }), ['fresh', ['free']]);
});

test('a request makes it busy, and stay makes it old', (t) => {
  const { after } = createWorker();
  t.deepEqual(after(dispatch), ['busy', ['send']]);
  t.deepEqual(after(stay), ['old', ['learn', 'free']]);
  t.deepEqual(after(dispatch), ['busy', ['send']]);
});

test('it stays busy and takes a task if the queue has one for its new competence', (t) => {
  const { after, queue } = createWorker();
  queue.push(createEntry('next') as Entry);
  after(dispatch);
  t.deepEqual(after(stay), ['busy', ['learnAndTake']]);
  t.deepEqual(after({ type: 'keep' }), ['busy', ['take']]);
});

test('a task without a verdict leaves it fresh or old, as before', (t) => {
  const { after } = createWorker();
  t.deepEqual(after(dispatch, { type: 'keep' }), ['fresh', ['send', 'free']]);
  t.deepEqual(after(dispatch, stay, dispatch, { type: 'keep' })[0], 'old');
});

test('the verdict end retires a busy worker, once, and notifies the supervisor', (t) => {
  const { after } = createWorker();
  t.deepEqual(after(dispatch, { type: 'end' }), ['dead', ['send', 'retire', 'ended']]);
  t.deepEqual(after(dispatch, stay, { type: 'ready' }, { type: 'cancel' }, { type: 'retire' }, exit), ['dead', []]);
});

for (const [name, event, effects] of [
  ['a cancel kills', { type: 'cancel' }, ['kill']],
  ['an exit is the end of', exit, []],
] as const) {
  test(`${name} a fresh, a busy and an old worker`, (t) => {
    for (const before of [[], [dispatch], [dispatch, stay]]) {
      const worker = createWorker();
      worker.after(...before);
      t.deepEqual(worker.after(event), ['dead', effects]);
    }
  });
}

test('the supervisor retires a fresh and an old worker, and never a busy one', (t) => {
  for (const before of [[], [dispatch, stay]]) {
    const worker = createWorker();
    worker.after(...before);
    t.deepEqual(worker.after({ type: 'retire' }), ['dead', ['retire']]);
  }
  t.deepEqual(createWorker().after(dispatch, { type: 'retire' }), ['busy', ['send']]);
});

test('a verdict without a request changes nothing', (t) => {
  const { after } = createWorker();
  for (const event of [stay, { type: 'end' }, { type: 'keep' }] as const) {
    t.deepEqual(after(event), ['fresh', []]);
  }
});
