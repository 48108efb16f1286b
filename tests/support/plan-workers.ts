import type { AnyMachineSnapshot } from 'xstate';
import type * as Planned from '../../machines/plan/plan.ts';
import type * as Planning from '../../machines/plan/steps.ts';
import type * as Entries from '../../machines/queue/entry.ts';
import type * as Queue from '../../machines/queue/task-queue.ts';
import type * as Take from '../../machines/rules/take.ts';
import type * as Matching from '../../machines/state/matching.ts';
import type * as PoolState from '../../machines/state/pool-state.ts';
import type * as Seats from '../../machines/state/seat.ts';
import type { WorkerEvent } from '../../machines/state/worker-events.ts';
import type * as Worker from '../../machines/worker.ts';
import { counted, newTally, picture, type Tally, underParent } from './plan-compare.ts';
import { Chance, type Lib } from './plan-machines.ts';

/** The rules, built on some version of XState. */
export type Machines = typeof Entries &
  typeof Matching &
  typeof Planned &
  typeof Planning &
  typeof PoolState &
  typeof Queue &
  typeof Seats &
  typeof Take &
  typeof Worker;

/** Returns the rules of a picky kind without windows, all but those about deaths. */
export function pickyRules({ UNMATCHED }: Pick<Machines, 'UNMATCHED'>) {
  return {
    window: 1,
    concurrency: 1,
    isIdempotent: false,
    begunOf: () => undefined,
    recall: () => undefined,
    reasonToStop: () => undefined,
    requestOf: (_look: unknown, entry: { task: unknown }) => entry.task,
    keyOf: () => undefined,
    matching: { ...UNMATCHED, isPicky: true, isStrict: true },
  };
}

/** Opens a worker's actor with a queue of its own, under a parent; its effects are written into a log. */
function openWorker(lib: Lib, machines: Machines, isPlanned: boolean) {
  const { createPoolState, createSeat, learn, planSteps, take, TaskQueue, loadWorkerMachine } = machines;
  const log: string[] = [];
  const queue = new TaskQueue({
    accept: ({ status }, entry) => status.type === 'fresh' || status.competence !== entry.task,
  });
  const rules = { ...pickyRules(machines), onDeath: () => ({ isRetried: false, error: undefined }) };
  const pool = createPoolState({
    kind: 'k',
    size: 1,
    rules,
    queue,
    faults: [],
    restart: { limit: 1, delay: 1, maxDelay: 1 },
  });
  const seat = { ...createSeat('k:0:1', 0, pool.freshCursor), phase: 'busy' as const };
  pool.seats.set(seat.id, seat);
  const takeNext = () => void log.push(`take ${take(pool, seat, []).join()}`);
  const provided = loadWorkerMachine().provide({
    actions: {
      start: () => void log.push('start'),
      send: ({ event }) => void log.push(`send ${event.type === 'dispatch' && event.requests}`),
      learn: ({ event }) => void (event.type === 'stay' && learn(pool, seat, event.competence)),
      take: takeNext,
      learnAndTake({ event }) {
        if (event.type === 'stay') learn(pool, seat, event.competence);
        takeNext();
      },
      retire: () => void log.push('retire'),
      kill: () => void log.push('kill'),
    },
  });
  const { machine, seen } = counted(provided);
  if (isPlanned) planSteps(machine, () => false);
  const actor = underParent(lib, machine, log, { input: { pool, seat } });
  return { actor, seat, queue, log, seen };
}

function eventOf(chance: Chance): WorkerEvent {
  const kind = chance.next();
  if (kind < 0.55) return { type: 'stay', competence: Math.floor(chance.next() * 3) };
  if (kind < 0.7) return { type: 'keep' };
  if (kind < 0.92) return { type: 'dispatch', requests: [Math.floor(chance.next() * 10)] };
  if (kind < 0.97) return { type: 'ready' };
  if (kind < 0.98) return { type: 'end' };
  if (kind < 0.985) return { type: 'cancel' };
  if (kind < 0.99) return { type: 'retire' };
  return { type: 'exit', exit: { exitCode: 1, signal: null, reason: 'exit' } };
}

/** Sends many random events to workers with plans and without, and compares both after each event. */
export function compareWorkers(lib: Lib, machines: Machines, count: number): Tally {
  const tally = newTally();
  for (const events of machines.plannedEvents(machines.loadWorkerMachine()).values()) tally.pairs += events.length;
  for (let seed = 1; tally.events < count && tally.differences.length === 0; seed++) {
    const chance = new Chance(seed);
    const sides = [true, false].map((isPlanned) => openWorker(lib, machines, isPlanned));
    const [planned, plain] = sides as [(typeof sides)[number], (typeof sides)[number]];
    tally.machines++;
    for (let i = 0; i < 400 && !isOver(plain.actor.getSnapshot()); i++) {
      const task = chance.is(0.6) ? Math.floor(chance.next() * 3) : undefined;
      const event = eventOf(chance);
      const [before, value] = [planned.seen.events, stateOf(plain.actor.getSnapshot())];
      const [is, should] = [planned, plain].map(({ actor, seat, queue, log }) => {
        if (task !== undefined) queue.push(machines.createEntry(task));
        // The tasks that a worker holds have been answered when a verdict comes.
        seat.held.length = 0;
        actor.send(event);
        return [
          // The context holds the pool itself.
          picture(actor.getSnapshot() as AnyMachineSnapshot, event, 'a pool'),
          JSON.stringify(seat.status),
          queue.length,
          ...log.splice(0),
        ].join(' ');
      });
      tally.events++;
      if (planned.seen.events === before) {
        tally.planned++;
        if (stateOf(plain.actor.getSnapshot()) !== value) tally.moved++;
      }
      if (is === should) tally.agreed++;
      else tally.differences.push(`seed ${seed}, event ${i} ${event.type}\n  planned: ${is}\n  xstate:  ${should}`);
    }
  }
  return tally;
}

function isOver(snapshot: unknown): boolean {
  return (snapshot as { status: string }).status !== 'active';
}

function stateOf(snapshot: unknown): unknown {
  return (snapshot as { value: unknown }).value;
}
