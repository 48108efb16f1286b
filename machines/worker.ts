import { sendParent, setup } from 'xstate';
import { hasNext, hasNextWith } from './rules/take.ts';
import type { PoolState } from './state/pool-state.ts';
import type { Seat } from './state/seat.ts';
import type { WorkerEvent } from './state/worker-events.ts';

/** The input of a worker's machine: its seat, and the pool with the queue that it takes from. */
export interface WorkerInput {
  readonly pool: PoolState;
  readonly seat: Seat;
}

/** The part of the arguments of an XState action that an effect on the world needs. */
interface Occasion {
  readonly context: { readonly rt: WorkerInput };
  readonly event: WorkerEvent;
  readonly self: { getSnapshot(): { readonly status: string }; send(event: WorkerEvent): void };
}

/** The effects on the world; actors/supervision/supervisor.ts has the real ones. */
export interface WorkerEffects {
  start(occasion: Occasion): void;
  send(occasion: Occasion): void;
  /** Limits the run of a task that was sent before the worker had started. */
  begin(occasion: Occasion): void;
  learn(occasion: Occasion): void;
  take(occasion: Occasion): void;
  /** Does both in one: the step of a busy worker at each task. */
  learnAndTake(occasion: Occasion): void;
  /** Runs the kind's `end` in the worker, for a limited time, and kills the worker then. */
  retire(occasion: Occasion): void;
  kill(occasion: Occasion): void;
}

const NONE: WorkerEffects = {
  start() {},
  send() {},
  begin() {},
  learn() {},
  take() {},
  learnAndTake() {},
  retire() {},
  kill() {},
};

/** The types, guards and actions of the machine. */
const setUpWorker = (effects: WorkerEffects) =>
  setup({
    types: {
      context: {} as { rt: WorkerInput },
      events: {} as WorkerEvent,
      input: {} as WorkerInput,
    },
    guards: {
      /** Is true if the worker stays busy: it still holds requests, or the queue has a task for its new competence. */
      hasNextWith: ({ context: { rt }, event }) =>
        event.type === 'stay' && hasNextWith(rt.pool, rt.seat, event.competence),
      hasNext: ({ context: { rt } }) => hasNext(rt.pool, rt.seat),
      isFresh: ({ context: { rt } }) => rt.seat.status.type === 'fresh',
    },
    actions: {
      ...effects,
      reportFree: sendParent(({ context }) => ({ type: 'free', worker: context.rt.seat.id })),
      reportEnded: sendParent(({ context }) => ({ type: 'ended', worker: context.rt.seat.id })),
    },
  });

/**
 * The life of one worker: fresh, busy, old, busy, ..., dead. `fresh` and `old` are `worker_status` of
 * stm/asyncTaskQueue.mli; `busy` and `dead` are positions of its manager thread in its loop (stm/asyncTaskQueue.ml).
 *
 * The context holds the seat by reference: one copy for each task would be the main cost of the pool.
 */
export const makeWorkerMachine = (effects: WorkerEffects = NONE) =>
  setUpWorker(effects).createMachine({
    id: 'worker',
    description: 'A worker: a process or thread that performs one request at a time, or as many as its kind allows.',
    context: ({ input }) => ({ rt: input }),
    entry: 'start',
    initial: 'fresh',
    states: {
      fresh: {
        description: 'The worker has performed no task. It may need state that an old worker already has.',
        on: {
          ready: { actions: 'reportFree', description: 'The handshake is done: the worker may get a task.' },
          dispatch: { target: 'busy', actions: 'send' },
          retire: { target: 'dead', actions: 'retire', description: 'The pool needs the worker no more.' },
          cancel: { target: 'dead', actions: 'kill' },
          exit: { target: 'dead' },
        },
      },
      busy: {
        description:
          'The worker holds a task until the verdict on its response, or until its death: several tasks, if its kind has a `concurrency`.',
        on: {
          ready: {
            actions: 'begin',
            description: 'The handshake is done: the worker begins the task that it was given before.',
          },
          dispatch: {
            actions: 'send',
            description: 'The worker has room for another task beside those that it performs.',
          },
          stay: [
            {
              guard: 'hasNextWith',
              actions: 'learnAndTake',
              description: 'The queue has a task for the worker, which takes it at once, without the supervisor.',
            },
            { target: 'old', actions: ['learn', 'reportFree'] },
          ],
          keep: [
            {
              guard: 'hasNext',
              actions: 'take',
              description: 'The status does not change, and the queue has a task for the worker.',
            },
            { guard: 'isFresh', target: 'fresh', actions: 'reportFree' },
            { target: 'old', actions: 'reportFree' },
          ],
          end: {
            target: 'dead',
            actions: ['retire', 'reportEnded'],
            description: 'The verdict ends the worker: it runs `end` of its kind first.',
          },
          cancel: { target: 'dead', actions: 'kill' },
          exit: { target: 'dead', description: 'The worker died while it held a task.' },
        },
      },
      old: {
        description: 'The worker is free and has the competence of its last verdict.',
        on: {
          dispatch: { target: 'busy', actions: 'send' },
          retire: { target: 'dead', actions: 'retire', description: 'The pool needs the worker no more.' },
          cancel: { target: 'dead', actions: 'kill' },
          exit: { target: 'dead' },
        },
      },
      dead: {
        type: 'final',
        description:
          'The worker gets no more events. Its process runs `end` of the kind if it was ended on purpose. A fresh worker takes the slot when the process has exited.',
      },
    },
  });

let made: ReturnType<typeof makeWorkerMachine> | undefined;

/** Returns the machine of all workers, without effects. The first call makes it, and loads XState. */
export function loadWorkerMachine(): ReturnType<typeof makeWorkerMachine> {
  made ??= makeWorkerMachine();
  return made;
}
