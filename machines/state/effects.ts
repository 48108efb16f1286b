import type { Entry } from '../queue/entry.ts';
import type { Fault, WorkerExit } from './pool-state.ts';
import type { Seat } from './seat.ts';

/** The cause of a task's end without a verdict. */
export type Cause =
  | { readonly type: 'cancelled'; readonly reason?: unknown }
  | { readonly type: 'expired' }
  /** `error`: the error that the kind's hook got, and the caller gets. */
  | { readonly type: 'died'; readonly worker: string; readonly exit: WorkerExit; readonly error: unknown }
  | { readonly type: 'stranded' }
  /** The task's buffers moved to a worker that has not begun the task. */
  | { readonly type: 'spent' }
  | { readonly type: 'fault'; readonly fault: Fault }
  | { readonly type: 'degraded'; readonly exit: WorkerExit };

/** An action that a decision asks of the world. Effects are carried out in the order of the decision. */
export type Effect =
  | { readonly type: 'spawn'; readonly seat: Seat }
  /** Sends a worker that is free, or has room for more, requests that it now holds. */
  | { readonly type: 'dispatch'; readonly seat: Seat; readonly requests: readonly unknown[] }
  /** Ends a free worker on purpose: it runs the kind's `end` first. */
  | { readonly type: 'retire'; readonly seat: Seat }
  /** Kills a worker, busy or free. */
  | { readonly type: 'cancel'; readonly seat: Seat }
  /** Kills a worker whose machine is dead already, and which may still run the kind's `end`. */
  | { readonly type: 'kill'; readonly seat: Seat }
  /** Asks the running task of a worker to stop by itself, before the worker is ended. */
  | { readonly type: 'abort'; readonly seat: Seat; readonly entry: Entry; readonly reason: unknown }
  /** Stops the actor of a worker whose process is gone. */
  | { readonly type: 'forget'; readonly seat: Seat }
  | { readonly type: 'settle'; readonly entry: Entry; readonly cause: Cause }
  /** Reports the death of a worker that held no task and that the pool had not ended. */
  | { readonly type: 'reportDeath'; readonly seat: Seat; readonly exit: WorkerExit }
  | { readonly type: 'wait'; readonly slot: number; readonly ms: number }
  /** Asks for the event `due` on this task after this time. */
  | { readonly type: 'delay'; readonly entry: Entry; readonly ms: number }
  /** Asks for the event `impatient` of this timer after this time. */
  | { readonly type: 'watch'; readonly ms: number; readonly timer: number }
  /** Asks for the event `check` after this time. */
  | { readonly type: 'check'; readonly ms: number }
  /** Waits for so many tokens of the budget in all, instead of the number before. */
  | { readonly type: 'askTokens'; readonly n: number }
  | { readonly type: 'giveTokens'; readonly n: number }
  | { readonly type: 'announce'; readonly what: 'quiet' | 'idle' | 'stalled' }
  | { readonly type: 'degrade'; readonly exit: WorkerExit };
