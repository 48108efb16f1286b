import type { Seat } from '../../machines/state/seat.ts';
import { emit, type PoolCore } from '../core/pool-core.ts';
import { nameTask } from '../observing/task-name.ts';
import type { SupervisorActor } from '../supervision/supervisor.ts';
import type { WorkerInfo } from './pool-types.ts';

/** One worker as `pool.workers` shows it. */
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

/** The actor of a worker: another one may have its slot by now. */
function actorOf(actor: SupervisorActor, seat: Seat) {
  const ref = actor.getSnapshot().children[seat.actorId];
  return ref?.getSnapshot().context.rt.seat === seat ? ref : undefined;
}

/** Emits `worker` for every change of a worker's state from now on. A pool that nobody asks does no work for it. */
export function watchWorkers(core: PoolCore, actor: SupervisorActor): void {
  if (core.onSpawn !== undefined) return;
  // A worker that was just spawned is among the seats, and is announced a moment later.
  const watched = new WeakSet<Seat>();
  const watch = (seat: Seat) => {
    if (watched.has(seat) || !watchWorker(core, actor, seat)) return;
    watched.add(seat);
  };
  core.onSpawn = watch;
  for (const seat of core.state.seats.values()) watch(seat);
}

/** False where the worker has no actor yet. */
function watchWorker(core: PoolCore, actor: SupervisorActor, seat: Seat): boolean {
  const ref = actorOf(actor, seat);
  if (ref === undefined) return false;
  let last: unknown;
  const tell = () => {
    const info = infoOf(core, actor, seat);
    if (info.state === last) return;
    last = info.state;
    emit(core, 'worker', info);
  };
  ref.subscribe({
    // The last state is told once, by `complete`.
    next: (snapshot) => snapshot.status === 'active' && tell(),
    complete: () => emit(core, 'worker', { ...infoOf(core, actor, seat), state: 'dead' }),
  });
  return true;
}
