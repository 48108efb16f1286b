import type { AnyActorRef, AnyMachineSnapshot } from 'xstate';
import type * as Entries from '../../machines/queue/entry.ts';
import type { PoolState } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { SupervisorEvent } from '../../machines/state/supervisor-events.ts';
import type * as Supervisor from '../../machines/supervisor.ts';
import { counted, newTally, picture, type Tally } from './plan-compare.ts';
import { Chance, type Lib, type LibActor } from './plan-machines.ts';
import { pickyRules, type Machines as WorkerMachines } from './plan-workers.ts';

/** The machines and rules of a whole pool, built on some version of XState. */
export type PoolMachines = WorkerMachines & typeof Supervisor;

/** Opens a supervisor with workers whose effects are written into a log. */
function openSupervisor(lib: Lib, machines: PoolMachines, isOff: (() => boolean) | undefined) {
  const { createPoolState, learn, planSteps, loadSupervisorMachine, take, TaskQueue, loadWorkerMachine } = machines;
  const log: string[] = [];
  const queue = new TaskQueue({
    accept: ({ status }, entry) => status.type === 'fresh' || status.competence !== entry.task,
  });
  const pool = createPoolState({
    kind: 'k',
    size: 2,
    minSize: 1,
    rules: {
      ...pickyRules(machines),
      onDeath: (entry: Entries.Entry) => ({ isRetried: entry.retries < 1, error: undefined }),
    },
    queue,
    faults: [],
    restart: { limit: 2, delay: 1, maxDelay: 1 },
  });
  const takeNext = (seat: Seat) => void log.push(`take ${take(pool, seat, []).join()}`);
  const note =
    (name: string) =>
    ({ context }: { context: { rt: { seat: Seat } } }) =>
      void log.push(`${name} ${context.rt.seat.id}`);
  const worker = loadWorkerMachine().provide({
    actions: {
      start: note('start'),
      send: ({ event }) => void log.push(`send ${event.type === 'dispatch' && event.requests}`),
      learn: ({ context: { rt }, event }) => void (event.type === 'stay' && learn(pool, rt.seat, event.competence)),
      take: ({ context: { rt } }) => takeNext(rt.seat),
      learnAndTake({ context: { rt }, event }) {
        if (event.type === 'stay') learn(pool, rt.seat, event.competence);
        takeNext(rt.seat);
      },
      retire: note('retire'),
      kill: note('kill'),
    },
  });
  if (isOff !== undefined) planSteps(worker, isOff);
  const { machine, seen } = counted(loadSupervisorMachine().provide({ actors: { worker } }));
  if (isOff !== undefined) planSteps(machine, isOff);
  const actor = lib.createActor(machine, { input: { pool }, id: 'p' }) as LibActor & {
    on(type: '*', listener: (emitted: { type: string; cause?: { type: string }; what?: string }) => void): void;
    subscribe(listener: () => void): void;
  };
  actor.on('*', ({ type, cause, what }) => void log.push(`emit ${type} ${cause?.type} ${what}`));
  actor.subscribe(() => void log.push('snapshot'));
  actor.start();
  return { actor, pool, log, seen };
}

type Side = ReturnType<typeof openSupervisor>;

/** An act on a pool: the same on both sides. */
type Act = (side: Side, machines: PoolMachines) => void;

/** Sends an event to the supervisor. */
function tell(event: SupervisorEvent): Act {
  return ({ actor }) => actor.send(event);
}

/** Chooses what happens next: mostly a task, or news of a worker. */
function actOf(chance: Chance): Act {
  const kind = chance.next();
  const [task, index] = [Math.floor(chance.next() * 3), Math.floor(chance.next() * 4)];
  if (kind < 0.35)
    return ({ actor, pool }, { createEntry }) => {
      if (pool.phase === 'open') pool.queue.push(createEntry(task));
      actor.send({ type: 'enqueue' });
    };
  if (kind < 0.93) return (side, machines) => news(side, machines, index, kind < 0.88, task);
  return chance.of<Act>([
    tell({ type: 'pause' }),
    tell({ type: 'resume' }),
    tell({ type: 'resume' }),
    tell({ type: 'broadcast' }),
    tell({ type: 'clear' }),
    tell({ type: 'cancelAll' }),
    tell({ type: 'resize', size: 1 + index }),
    tell({ type: 'resize', size: 2 }),
    tell({ type: 'free', worker: 'k:9:9' }),
    ({ actor, pool }) => actor.send({ type: 'retire', worker: idOf(pool, index) }),
    ({ actor, pool }) => actor.send({ type: 'cancelWorker', worker: idOf(pool, index) }),
    ({ actor, pool }) => void (pool.waiting.size > 0 && actor.send({ type: 'respawn', slot: [...pool.waiting][0] })),
    ({ actor }) => void (index === 0 && actor.send({ type: 'close', tasks: 'finish' })),
    ({ actor }) => void (index === 0 && actor.send({ type: 'destroy' })),
  ]);
}

function idOf(pool: PoolState, index: number): string {
  return [...pool.seats.keys()][index % Math.max(1, pool.seats.size)] ?? 'nobody';
}

/** Gives a worker what comes next for it: its start, its verdict, or its end. */
function news(side: Side, { move }: PoolMachines, index: number, isWell: boolean, competence: number): void {
  const { actor, pool } = side;
  const seat = pool.seats.get(idOf(pool, index));
  if (seat === undefined) return;
  const { children } = actor.getSnapshot() as { children: Record<string, AnyActorRef | undefined> };
  const child = children[seat.actorId];
  if (seat.phase === 'ending' || !isWell) {
    const exit = { exitCode: 1, signal: null, reason: 'exit' } as const;
    const isAlive = (child?.getSnapshot() as AnyMachineSnapshot | undefined)?.status === 'active';
    if (isAlive) child?.send({ type: 'exit', exit });
    return actor.send({ type: 'exited', worker: seat.id, exit });
  }
  if (seat.phase === 'starting') return child?.send({ type: 'ready' });
  if (seat.phase !== 'busy') return actor.send({ type: 'free', worker: seat.id });
  for (const entry of seat.held.splice(0)) if (entry.place === 'held') move(entry, 'settled');
  child?.send(
    index === 3 ? { type: 'keep' } : competence === 2 && index === 2 ? { type: 'end' } : { type: 'stay', competence },
  );
}

/** Plays the same life to supervisors with plans and without, and compares both after each act. */
export function compareSupervisors(lib: Lib, machines: PoolMachines, count: number): Tally {
  const tally = newTally();
  for (const events of machines.plannedEvents(machines.loadSupervisorMachine()).values()) tally.pairs += events.length;
  for (let seed = 1; tally.events < count && tally.differences.length === 0; seed++) {
    const chance = new Chance(seed);
    let isOff = false;
    const sides = [openSupervisor(lib, machines, () => isOff), openSupervisor(lib, machines, undefined)] as const;
    const [planned, plain] = sides;
    tally.machines++;
    for (let i = 0; i < 300 && (plain.actor.getSnapshot() as AnyMachineSnapshot).status === 'active'; i++) {
      isOff = chance.is(0.02);
      const act = actOf(chance);
      const before = planned.seen.events;
      const [is, should] = sides.map((side) => {
        act(side, machines);
        return pictureOf(side);
      });
      tally.events++;
      if (!isOff && planned.seen.events === before) tally.planned++;
      if (is === should) tally.agreed++;
      else {
        tally.differences.push(`seed ${seed}, event ${i}\n  planned: ${is}\n  xstate:  ${should}`);
        break;
      }
    }
  }
  return tally;
}

function pictureOf({ actor, pool, log }: Side): string {
  const snapshot = actor.getSnapshot() as AnyMachineSnapshot;
  const seats = [...pool.seats.values()].map(({ id, phase, status, tasks, held }) => [
    id,
    phase,
    status,
    tasks,
    held.length,
  ]);
  const states = Object.values(snapshot.children as Record<string, AnyActorRef>).map((child) => [
    child.id,
    (child.getSnapshot() as AnyMachineSnapshot).value,
  ]);
  const { length } = pool.queue;
  return [
    picture(snapshot, { type: 'enqueue' }, 'a pool'),
    JSON.stringify([seats, states, pool.phase, length, pool.busy, pool.free.map(({ id }) => id)]),
    ...log.splice(0),
  ].join(' ');
}
