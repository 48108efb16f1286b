import { type Actor, createActor } from 'xstate';
import { planSteps } from '../../machines/plan/plan.ts';
import { learn, take } from '../../machines/rules/take.ts';
import type { Effect } from '../../machines/state/effects.ts';
import type { PoolState } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import { type Announcement, supervisorMachine } from '../../machines/supervisor.ts';
import { workerMachine } from '../../machines/worker.ts';
import type { PoolCore } from '../core/pool-core.ts';
import { queueMicrotask } from '../platform/platform.ts';
import { waitForAttempt } from '../tasks/attempts.ts';
import { endWithoutVerdict, reportDeath } from '../tasks/settlement.ts';
import type { TaskEntry } from '../tasks/task-entry.ts';
import { Link } from '../workers/link.ts';
import type { Spares } from '../workers/spare-workers.ts';
import { throwOnUnknownEvents } from './strict-machine.ts';

/** The running supervisor of a pool. */
export type SupervisorActor = Actor<typeof supervisorMachine>;

/** Makes the supervisor's actor: the machines with real effects. */
export function createSupervisor(
  core: PoolCore,
  spares: Spares,
  id: string,
  onAnnouncement: (announcement: Announcement) => void,
): SupervisorActor {
  const effects: Effect[] = [];
  function takeNext(pool: PoolState, seat: Seat): void {
    const requests = take(pool, seat, effects);
    if (effects.length > 0) core.carryOut(effects.splice(0));
    core.links.get(seat)?.send(requests);
    // A task may have waited for what this worker knew.
    if (pool.free.length > 0 && pool.queue.length > 0) core.announce();
  }

  core.carryOut = (all) => {
    for (const effect of all) onAnnouncement(effect as Announcement);
  };
  let inspectors = 0;
  const provided = workerMachine.provide({
    actions: {
      start({ context: { rt }, self }) {
        core.counts.spawned++;
        // The worker's actor is among the supervisor's children only after this transition.
        if (core.onSpawn !== undefined) queueMicrotask(() => core.onSpawn?.(rt.seat));
        core.links.set(rt.seat, new Link(core, spares, rt.seat, (event) => self.send(event)));
      },
      send({ context: { rt }, event }) {
        if (event.type === 'dispatch') core.links.get(rt.seat)?.send(event.requests);
      },
      learn({ context: { rt }, event }) {
        if (event.type === 'stay') learn(rt.pool, rt.seat, event.competence);
      },
      take: ({ context: { rt } }) => takeNext(rt.pool, rt.seat),
      learnAndTake({ context: { rt }, event }) {
        const hasChanged = event.type === 'stay' && learn(rt.pool, rt.seat, event.competence);
        if (hasChanged && rt.seat.held.length > 0) core.links.get(rt.seat)?.prefetch?.takeBack();
        takeNext(rt.pool, rt.seat);
      },
      retire: ({ context: { rt } }) => core.links.get(rt.seat)?.retire(),
      kill: ({ context: { rt } }) => core.links.get(rt.seat)?.kill(),
    },
  });
  const isOff = () => inspectors > 0 || !core.options.plans;
  const worker = throwOnUnknownEvents(planSteps(provided, isOff));
  const supervisor = planSteps(supervisorMachine.provide({ actors: { worker } }), isOff);
  const actor = createActor(supervisor, { input: { pool: core.state }, id });
  // An inspector sees every microstep, and planned steps have none: plans are off while one is subscribed.
  const { system } = actor;
  keepFromPrototypes(system as unknown as SystemParts);
  const inspect = system.inspect.bind(system);
  system.inspect = (observer) => {
    inspectors++;
    const subscription = inspect(observer);
    let isOver = false;
    return {
      unsubscribe() {
        if (!isOver) inspectors--;
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
