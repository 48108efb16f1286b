import type { Seat } from '../../machines/state/seat.ts';
import { emit, type PoolCore } from '../core/pool-core.ts';
import { nameTask } from '../observing/task-name.ts';
import type { SupervisorActor } from '../supervision/supervisor.ts';
import type { WorkerInfo } from './pool-types.ts';

/** Returns a worker as `pool.workers` shows it. */
export function infoOf(core: PoolCore, actor: SupervisorActor, seat: Seat): WorkerInfo {
  const link = core.links.get(seat);
  const state = actorOf(actor, seat)?.getSnapshot().value ?? 'dead';
  const task = seat.held[0];
  return {
    id: seat.id,
    state: state as WorkerInfo['state'],
    ...(link?.pid === undefined ? {} : { pid: link.pid }),
    ...(link?.threadId === undefined ? {} : { threadId: link.threadId }),
    ...(link?.utilization === undefined ? {} : { utilization: link.utilization }),
    ...(task === undefined ? {} : { task: nameTask(core.kind, task.task) }),
    tasks: seat.tasks,
    ...(seat.status.type === 'old' ? { competence: seat.status.competence } : {}),
    status: seat.status,
  };
}

/** Returns the actor of a worker; `undefined` if another worker's actor has its slot by now. */
function actorOf(actor: SupervisorActor, seat: Seat) {
  const ref = actor.getSnapshot().children[seat.actorId];
  return ref?.getSnapshot().context.rt.seat === seat ? ref : undefined;
}

/**
 * Emits `worker` for every change of a worker's state from now on. A pool without such a listener does no work for it.
 */
export function watchWorkers(core: PoolCore, actor: SupervisorActor): void {
  if (core.onSpawn !== undefined) return;
  // A worker that was just spawned is already among the seats, and `onSpawn` is called for it a moment later.
  const watched = new WeakSet<Seat>();
  const watch = (seat: Seat) => {
    if (watched.has(seat) || !watchWorker(core, actor, seat)) return;
    watched.add(seat);
  };
  core.onSpawn = watch;
  for (const seat of core.state.seats.values()) watch(seat);
}

/** Watches one worker; returns false if the worker has no actor yet. */
function watchWorker(core: PoolCore, actor: SupervisorActor, seat: Seat): boolean {
  const ref = actorOf(actor, seat);
  if (ref === undefined) return false;
  let last: unknown;
  const emitChange = () => {
    const info = infoOf(core, actor, seat);
    if (info.state === last) return;
    last = info.state;
    emit(core, 'worker', info);
  };
  ref.subscribe({
    // `complete` emits the last state, once.
    next: (snapshot) => snapshot.status === 'active' && emitChange(),
    complete: () => emit(core, 'worker', { ...infoOf(core, actor, seat), state: 'dead' }),
  });
  return true;
}
