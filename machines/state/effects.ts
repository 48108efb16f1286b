import type { Entry } from '../queue/entry.ts';
import type { Fault, WorkerExit } from './pool-state.ts';
import type { Seat } from './seat.ts';

/** Why a task ends without a verdict. */
export type Cause =
  | { readonly type: 'cancelled'; readonly reason?: unknown }
  | { readonly type: 'expired' }
  /** `told`: what the kind's hook was given, and the caller gets. */
  | { readonly type: 'died'; readonly worker: string; readonly exit: WorkerExit; readonly told: unknown }
  | { readonly type: 'stranded' }
  /** Its buffers went with a worker that has not begun it. */
  | { readonly type: 'spent' }
  | { readonly type: 'fault'; readonly fault: Fault }
  | { readonly type: 'degraded'; readonly exit: WorkerExit };

/** What a decision asks the world to do, in this order. */
export type Effect =
  | { readonly type: 'spawn'; readonly seat: Seat }
  /** Gives a free worker requests that it now holds. */
  | { readonly type: 'dispatch'; readonly seat: Seat; readonly requests: readonly unknown[] }
  /** Ends a worker, whatever it does. */
  | { readonly type: 'cancel'; readonly seat: Seat }
  /** Asks the task that a worker runs to stop by itself, before it is ended. */
  | { readonly type: 'abort'; readonly seat: Seat; readonly entry: Entry; readonly reason: unknown }
  /** The process is gone: its actor can go too. */
  | { readonly type: 'forget'; readonly seat: Seat }
  | { readonly type: 'settle'; readonly entry: Entry; readonly cause: Cause }
  /** A worker died that held no task, and nobody had asked it to. */
  | { readonly type: 'tellDeath'; readonly seat: Seat; readonly exit: WorkerExit }
  | { readonly type: 'wait'; readonly slot: number; readonly ms: number }
  | { readonly type: 'tell'; readonly what: 'quiet' | 'idle' | 'stalled' }
  | { readonly type: 'degrade'; readonly exit: WorkerExit };
