import { enqueueActions, setup } from 'xstate';
import { decide } from './rules/decide.ts';
import type { Effect } from './state/effects.ts';
import type { PoolState } from './state/pool-state.ts';
import type { SupervisorEvent } from './state/supervisor-events.ts';
import { loadWorkerMachine } from './worker.ts';

/** The effects that are not messages to workers: the supervisor emits them, and the pool carries them out. */
export type Announcement = Exclude<Effect, { type: 'spawn' | 'dispatch' | 'retire' | 'cancel' | 'forget' }>;

/** The reaction of a living supervisor to each event: the rules decide, and return the effects. */
const news: Readonly<Record<SupervisorEvent['type'], { readonly actions: 'decide' }>> = {
  enqueue: { actions: 'decide' },
  flush: { actions: 'decide' },
  free: { actions: 'decide' },
  ended: { actions: 'decide' },
  exited: { actions: 'decide' },
  respawn: { actions: 'decide' },
  cancelTask: { actions: 'decide' },
  overdue: { actions: 'decide' },
  cancelWorker: { actions: 'decide' },
  cancelAll: { actions: 'decide' },
  due: { actions: 'decide' },
  impatient: { actions: 'decide' },
  granted: { actions: 'decide' },
  check: { actions: 'decide' },
  measured: { actions: 'decide' },
  broadcast: { actions: 'decide' },
  setOrder: { actions: 'decide' },
  pause: { actions: 'decide' },
  resume: { actions: 'decide' },
  resize: { actions: 'decide' },
  retire: { actions: 'decide' },
  clear: { actions: 'decide' },
  close: { actions: 'decide' },
  destroy: { actions: 'decide' },
};

type WorkerMachine = ReturnType<typeof loadWorkerMachine>;

/** The types, guards and actions of the machine. */
const setUpSupervisor = (worker: WorkerMachine) =>
  setup({
    types: {
      context: {} as { rt: { readonly pool: PoolState } },
      events: {} as SupervisorEvent,
      input: {} as { readonly pool: PoolState },
      emitted: {} as Announcement,
    },
    actors: { worker },
    guards: {
      isClosing: ({ context }) => context.rt.pool.phase === 'closing',
      isDegraded: ({ context }) => context.rt.pool.degraded !== undefined,
      isPaused: ({ context }) => context.rt.pool.holds > 0,
      isStalled: ({ context }) => context.rt.pool.isStalled,
      isRunning: ({ context: { rt } }) => !rt.pool.isStalled && rt.pool.holds === 0,
      isDestroying: ({ context }) => context.rt.pool.phase === 'destroying',
      isVacant: ({ context }) => context.rt.pool.seats.size === 0,
    },
    actions: {
      decide: enqueueActions(({ context, event, enqueue }) => {
        const { pool } = context.rt;
        for (const effect of decide(pool, event)) {
          switch (effect.type) {
            case 'spawn':
              enqueue.spawnChild('worker', { id: effect.seat.actorId, input: { pool, seat: effect.seat } });
              break;
            case 'dispatch':
              enqueue.sendTo(effect.seat.actorId, { type: 'dispatch', requests: effect.requests });
              break;
            case 'retire':
            case 'cancel':
              enqueue.sendTo(effect.seat.actorId, { type: effect.type });
              break;
            case 'forget':
              enqueue.stopChild(effect.seat.actorId);
              break;
            default:
              enqueue.emit(effect);
          }
        }
      }),
    },
  });

/**
 * Holds the queue, spawns and stops the workers' actors, and gives each free worker a task that matches its status. The pure
 * rules of `decide` say what it does about an event; the states show the phase of the pool's life.
 *
 * OCaml: the manager's side of `MakeQueue` (stm/asyncTaskQueue.ml) and `WorkerPool` (stm/workerPool.ml).
 */
export const makeSupervisorMachine = (worker: WorkerMachine = loadWorkerMachine()) =>
  setUpSupervisor(worker).createMachine({
    id: 'supervisor',
    description:
      'The supervisor keeps `size` workers alive, and gives each free worker the first queued task that it may take.',
    context: ({ input }) => ({ rt: input }),
    initial: 'running',
    states: {
      running: {
        description: 'Accepts tasks and gives them to workers.',
        on: news,
        always: [
          { guard: 'isDestroying', target: 'destroying' },
          { guard: 'isClosing', target: 'draining' },
          { guard: 'isDegraded', target: 'degraded' },
          { guard: 'isPaused', target: 'paused' },
          { guard: 'isStalled', target: 'stalled' },
        ],
      },
      paused: {
        description: 'Accepts tasks, but gives none to workers until every `pause` has its `resume`.',
        on: news,
        always: [
          { guard: 'isDestroying', target: 'destroying' },
          { guard: 'isClosing', target: 'draining' },
          { guard: 'isDegraded', target: 'degraded' },
          { guard: 'isStalled', target: 'stalled' },
          { guard: 'isRunning', target: 'running' },
        ],
      },
      stalled: {
        description: 'No worker takes the queued tasks, and nothing under way can change that.',
        on: news,
        always: [
          { guard: 'isDestroying', target: 'destroying' },
          { guard: 'isClosing', target: 'draining' },
          { guard: 'isDegraded', target: 'degraded' },
          { guard: 'isPaused', target: 'paused' },
          { guard: 'isRunning', target: 'running' },
        ],
      },
      degraded: {
        description: 'Workers cannot start, or die too often: every task fails with the cause.',
        on: news,
        always: [
          { guard: 'isDestroying', target: 'destroying' },
          { guard: 'isClosing', target: 'draining' },
        ],
      },
      draining: {
        description: 'Accepts no more tasks, and finishes the accepted ones.',
        on: news,
        always: { guard: 'isDestroying', target: 'destroying' },
      },
      destroying: {
        description:
          'Every task has settled, and every worker was ended or killed. The pool waits until the last process has exited.',
        on: {
          free: { actions: 'decide' },
          ended: { actions: 'decide' },
          exited: { actions: 'decide' },
          granted: { actions: 'decide', description: 'Gives back the tokens that came too late.' },
          destroy: { actions: 'decide', description: 'Kills the workers that still run `end` of the kind.' },
        },
        always: { guard: 'isVacant', target: 'destroyed' },
      },
      destroyed: {
        type: 'final',
        description: 'No process, thread, timer or listener of the pool is left.',
      },
    },
  });

let made: ReturnType<typeof makeSupervisorMachine> | undefined;

/** Returns the machine of all supervisors, whose workers have no effects. The first call makes it, and loads XState. */
export function loadSupervisorMachine(): ReturnType<typeof makeSupervisorMachine> {
  made ??= makeSupervisorMachine();
  return made;
}
