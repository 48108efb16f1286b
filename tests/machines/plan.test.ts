import test from 'ava';
import { type Actor, createActor, createMachine } from 'xstate';
import { createEntry } from '../../machines/entry.ts';
import { planSteps } from '../../machines/plan.ts';
import { createPoolState } from '../../machines/pool-state.ts';
import { TaskQueue } from '../../machines/queue.ts';
import { createSeat } from '../../machines/seat.ts';
import { learn, take } from '../../machines/take.ts';
import { workerMachine } from '../../machines/worker.ts';
import type { WorkerEvent } from '../../machines/worker-events.ts';

/** A small generator of its own: the same seed gives the same events. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x80000000;
  };
}

/** A worker's actor over a queue of its own; what it does is written into a log. */
function openWorker(isPlanned: boolean) {
  const log: string[] = [];
  const queue = new TaskQueue((look, entry) => look.status.type === 'fresh' || look.status.competence !== entry.task);
  const rules = {
    window: 1,
    requestOf: (_look: unknown, entry: { task: unknown }) => entry.task,
    keyOf: () => undefined,
    onDeath: () => ({ isRetried: false, told: undefined }),
  };
  const pool = createPoolState({
    kind: 'k',
    size: 1,
    rules,
    queue,
    faults: [],
    restart: { limit: 1, delay: 1, maxDelay: 1 },
  });
  const seat = { ...createSeat('k:0:1', 0, pool.freshLook), phase: 'busy' as const };
  pool.seats.set(seat.id, seat);
  const takeNext = () => void log.push(`take ${take(pool, seat, []).join()}`);
  const logic = workerMachine.provide({
    actions: {
      start: () => void log.push('start'),
      send: () => void log.push('send'),
      learn: ({ event }) => void (event.type === 'stay' && learn(pool, seat, event.competence)),
      take: takeNext,
      learnAndTake({ event }) {
        if (event.type === 'stay') learn(pool, seat, event.competence);
        takeNext();
      },
      kill: () => void log.push('kill'),
      reportFree: () => void log.push('free'),
      reportEnded: () => void log.push('ended'),
    },
  });
  const actor = createActor(isPlanned ? planSteps(logic, () => false) : logic, { input: { pool, seat } }).start();
  return {
    actor: actor as Actor<typeof workerMachine>,
    seat: seat as { held: unknown[]; status: unknown },
    queue,
    log,
  };
}

function eventOf(chance: () => number): WorkerEvent {
  const kind = chance();
  if (kind < 0.55) return { type: 'stay', competence: Math.floor(chance() * 3) };
  if (kind < 0.7) return { type: 'keep' };
  if (kind < 0.92) return { type: 'dispatch', requests: [] };
  if (kind < 0.97) return { type: 'ready' };
  if (kind < 0.98) return { type: 'end' };
  if (kind < 0.99) return { type: 'cancel' };
  return { type: 'exit', exit: { exitCode: 1, signal: null, reason: 'exit' } };
}

test('planned steps are what the interpreter does, over 100,000 random events', (t) => {
  let events = 0;
  let taken = 0;
  for (let seed = 1; events < 100_000; seed++) {
    const chance = random(seed);
    const one = openWorker(true);
    const other = openWorker(false);
    for (let i = 0; i < 400 && one.actor.getSnapshot().status === 'active'; i++, events++) {
      if (chance() < 0.6) {
        const task = Math.floor(chance() * 3);
        one.queue.push(createEntry(task));
        other.queue.push(createEntry(task));
      }
      const event = eventOf(chance);
      // What a worker holds has been answered when a verdict comes.
      one.seat.held.length = 0;
      other.seat.held.length = 0;
      one.actor.send(event);
      other.actor.send(event);
      const [a, b] = [one.actor.getSnapshot(), other.actor.getSnapshot()];
      t.is(a.value, b.value);
      t.is(a.status, b.status);
      t.is(a.can({ type: 'cancel' }), b.can({ type: 'cancel' }));
      t.deepEqual(one.seat.status, other.seat.status);
      t.is(one.queue.length, other.queue.length);
    }
    t.deepEqual(one.log, other.log);
    taken += one.log.filter((line) => line.startsWith('take')).length;
  }
  t.true(taken > 10_000, 'the planned step was hardly taken');
});

test('what a plan does not understand is left to the interpreter', (t) => {
  const seen: string[] = [];
  const machine = createMachine({
    initial: 'a',
    context: { n: 0 },
    states: {
      a: {
        entry: () => void seen.push('enter'),
        on: {
          again: { target: 'a', reenter: true, actions: () => void seen.push('again') },
          go: { target: 'b' },
          stay: { actions: () => void seen.push('stay') },
        },
      },
      b: { type: 'final' },
    },
  });
  const actor = createActor(planSteps(machine, () => false)).start();
  for (const type of ['stay', 'again', 'nothing', 'go', 'stay']) actor.send({ type });
  t.deepEqual(seen, ['enter', 'stay', 'again', 'enter']);
  t.is(actor.getSnapshot().status, 'done');
});
