import { type Actor, createActor } from 'xstate';
import { planSteps } from '../../machines/plan/plan.ts';
import { hasRoomBeside } from '../../machines/rules/progress.ts';
import { learn, take } from '../../machines/rules/take.ts';
import type { Effect } from '../../machines/state/effects.ts';
import type { PoolState } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { WorkerEvent } from '../../machines/state/worker-events.ts';
import { type Announcement, makeSupervisorMachine } from '../../machines/supervisor.ts';
import { makeWorkerMachine, type WorkerEffects } from '../../machines/worker.ts';
import type { PoolCore, WorkerHandle } from '../core/pool-core.ts';
import type { AnyKind } from '../kind-module/check-kind.ts';
import { queueMicrotask } from '../platform/platform.ts';
import type { Spares } from '../starting/spare-workers.ts';
import { waitForAttempt } from '../tasks/attempts.ts';
import { endWithoutVerdict, reportDeath } from '../tasks/settlement.ts';
import type { TaskEntry } from '../tasks/task-entry.ts';
import { Link } from '../workers/link.ts';
import { throwOnUnknownEvents } from './strict-machine.ts';
import { TokenBudget } from './token-budget.ts';

type SupervisorMachine = ReturnType<typeof makeSupervisorMachine>;

/** The running supervisor of a pool. */
export type SupervisorActor = Actor<SupervisorMachine>;

/** The parts of a pool that the effects of its machines need. */
interface Parts {
  readonly core: PoolCore;
  readonly spares: Spares;
  /** The effects of the task that a worker takes. */
  readonly effects: Effect[];
  /** The number of inspectors that are subscribed. */
  inspectors: number;
}

/** The parts of each pool, by its state, which is in the context of all its machines. */
const partsOf = new WeakMap<PoolState, Parts>();

function partsIn({ rt: { pool } }: { readonly rt: { readonly pool: PoolState } }): Parts {
  return partsOf.get(pool) as Parts;
}

function linkOf(context: { readonly rt: { readonly pool: PoolState; readonly seat: Seat } }): WorkerHandle | undefined {
  return partsIn(context).core.links.get(context.rt.seat);
}

function takeNext(context: { readonly rt: { readonly pool: PoolState; readonly seat: Seat } }): void {
  const { core, effects } = partsIn(context);
  const { pool, seat } = context.rt;
  const requests = take(pool, seat, effects);
  if (effects.length > 0) core.carryOut(effects.splice(0));
  core.links.get(seat)?.send(requests);
  // A task may have waited for what this worker knew, or for its room.
  if (pool.queue.length > 0 && (pool.free.length > 0 || hasRoomBeside(pool))) core.announce();
}

/** The effects of the workers' machine. */
const effects: WorkerEffects = {
  start({ context, self }) {
    const { core, spares } = partsIn(context);
    const { seat } = context.rt;
    core.counts.spawned++;
    // The worker's actor is among the supervisor's children only after this transition.
    if (core.onSpawn !== undefined) queueMicrotask(() => core.onSpawn?.(seat));
    const send = (event: WorkerEvent) => {
      // A worker that was ended on purpose is dead before its process exits, and before a verdict that waits for its
      // turn: XState warns of events to such an actor.
      if (self.getSnapshot().status === 'active') self.send(event);
    };
    core.links.set(seat, new Link(core, spares, seat, send));
  },
  send({ context, event }) {
    if (event.type === 'dispatch') linkOf(context)?.send(event.requests);
  },
  begin({ context }) {
    linkOf(context)?.prefetch?.limitHeld();
    // It may have room for more.
    if (context.rt.pool.queue.length > 0) partsIn(context).core.announce();
  },
  learn({ context: { rt }, event }) {
    if (event.type === 'stay') learn(rt.pool, rt.seat, event.competence);
  },
  take: ({ context }) => takeNext(context),
  learnAndTake({ context, event }) {
    const { pool, seat } = context.rt;
    const hasChanged = event.type === 'stay' && learn(pool, seat, event.competence);
    const hasUnbegun = seat.held.length > 0 && pool.rules.concurrency === 1;
    if (hasChanged && hasUnbegun) linkOf(context)?.prefetch?.takeBack();
    takeNext(context);
  },
  retire: ({ context }) => linkOf(context)?.retire(),
  kill: ({ context }) => linkOf(context)?.kill(),
};

/** The machine of all workers with real effects, made for the first pool. */
let workerMachine: ReturnType<typeof makeWorkerMachine> | undefined;

/**
 * The supervisor's machine with real effects, by kind: the pools of a kind share it and its plans. XState keeps data for
 * each id of an actor, and the ids begin with the kind's name: that data goes with the kind.
 */
const machines = new WeakMap<AnyKind, SupervisorMachine>();

/** Returns whether plans are off. An inspector sees every microstep, and planned steps have none. */
function isOff(context: Parameters<typeof partsIn>[0]): boolean {
  const { core, inspectors } = partsIn(context);
  return inspectors > 0 || !core.options.plans;
}

function machineFor(kind: AnyKind): SupervisorMachine {
  const known = machines.get(kind);
  if (known !== undefined) return known;
  workerMachine ??= throwOnUnknownEvents(planSteps(makeWorkerMachine(effects), isOff));
  const machine = planSteps(makeSupervisorMachine(workerMachine), isOff);
  machines.set(kind, machine);
  return machine;
}

/** Lets the pools of a kind share the machine of another kind, and its plans. */
export function shareMachine(kind: AnyKind, other: AnyKind): void {
  machines.set(kind, machineFor(other));
}

/** Makes the supervisor's actor: the machines with real effects. */
export function createSupervisor(
  core: PoolCore,
  spares: Spares,
  onAnnouncement: (announcement: Announcement) => void,
): SupervisorActor {
  core.carryOut = (all) => {
    for (const effect of all) onAnnouncement(effect as Announcement);
  };
  if (core.options.tokens !== undefined) core.budget = new TokenBudget(core, core.options.tokens);
  const parts: Parts = { core, spares, effects: [], inspectors: 0 };
  partsOf.set(core.state, parts);
  const actor = createActor(machineFor(core.kind), { input: { pool: core.state }, id: core.id });
  const { system } = actor;
  keepFromPrototypes(system as unknown as SystemParts);
  const inspect = system.inspect.bind(system);
  system.inspect = (observer) => {
    parts.inspectors++;
    const subscription = inspect(observer);
    let isOver = false;
    return {
      unsubscribe() {
        if (!isOver) parts.inspectors--;
        isOver = true;
        subscription.unsubscribe();
      },
    };
  };
  actor.on('*', (announcement) => onAnnouncement(announcement as Announcement));
  return actor;
}

/** The part of an XState system that its types do not show. */
interface SystemParts {
  readonly _snapshot?: { _scheduledEvents?: object };
}

/**
 * Protects the scheduled events from additions to `Object.prototype`: XState finds delayed events with `for in`, and
 * would take such an addition for one. These machines have no delayed events: timers are actors' work.
 */
function keepFromPrototypes({ _snapshot: snapshot }: SystemParts): void {
  if (snapshot?._scheduledEvents === undefined) return;
  const none = Object.create(null) as object;
  Object.defineProperty(snapshot, '_scheduledEvents', {
    __proto__: null,
    get: () => none,
    set() {},
    enumerable: true,
  } as PropertyDescriptor);
}

/** Carries out an effect on one task or one worker; returns false for an effect on the whole pool. */
export function carryOut(core: PoolCore, announcement: Announcement): boolean {
  switch (announcement.type) {
    case 'settle':
      endWithoutVerdict(core, announcement.entry as TaskEntry, announcement.cause);
      return true;
    case 'reportDeath':
      reportDeath(core, announcement.seat.id, announcement.exit);
      return true;
    case 'kill':
      core.links.get(announcement.seat)?.kill();
      return true;
    case 'askTokens':
      core.budget?.ask(announcement.n);
      return true;
    case 'giveTokens':
      core.budget?.give(announcement.n);
      return true;
    case 'delay':
      waitForAttempt(core, announcement.entry as TaskEntry, announcement.ms);
      return true;
    case 'abort': {
      const { seat, entry, reason } = announcement;
      core.links.get(seat)?.abort(entry as TaskEntry, reason);
      const sendOverdue = () => core.send({ type: 'overdue', worker: seat.id, entry });
      core.timers.after(core.options.killGrace, sendOverdue, 'never');
      return true;
    }
    default:
      return false;
  }
}
