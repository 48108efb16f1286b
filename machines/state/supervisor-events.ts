import type { Compare, Entry } from '../queue/entry.ts';
import type { WorkerExit } from './pool-state.ts';
import type { Means } from './scheduling.ts';

/** An event of a pool: a request of a caller, or news of a worker. */
export type SupervisorEvent =
  /** Tasks have entered the queue in this tick. One event a tick, for any number of tasks. */
  | { readonly type: 'enqueue' }
  /** The program may block its event loop: starting workers get tasks too, which they begin once they have started. */
  | { readonly type: 'flush' }
  /** A worker's handshake is complete, or the worker has gone from busy to fresh or old. */
  | { readonly type: 'free'; readonly worker: string }
  /** A worker's machine is dead: by its verdict, a cancel, or its exit. */
  | { readonly type: 'ended'; readonly worker: string }
  /**
   * A worker's process or thread has really exited. `isTooOften`: too many workers have died by themselves lately.
   * `isEarly`: the worker had only just started, and died before it held a task.
   */
  | {
      readonly type: 'exited';
      readonly worker: string;
      readonly exit: WorkerExit;
      readonly isTooOften?: boolean;
      readonly isEarly?: boolean;
    }
  /** The wait before another try to fill a slot is over. */
  | { readonly type: 'respawn'; readonly slot: number }
  | { readonly type: 'cancelTask'; readonly entry: Entry; readonly reason?: unknown; readonly grace: boolean }
  /** The time that a cancelled task had to stop by itself is over. */
  | { readonly type: 'overdue'; readonly worker: string; readonly entry: Entry }
  | { readonly type: 'cancelWorker'; readonly worker: string; readonly reason?: unknown }
  | { readonly type: 'cancelAll'; readonly reason?: unknown }
  /** The wait of a task for its next attempt is over. */
  | { readonly type: 'due'; readonly entry: Entry }
  /** Tasks still wait, a tick after the rules asked for a look at their wait. */
  | { readonly type: 'impatient'; readonly timer: number }
  /** The source of the pool's tokens has granted some that the pool waited for. */
  | { readonly type: 'granted'; readonly n: number }
  /** Some workers hold more than one request: those that have answered nothing for a while give the others back. */
  | { readonly type: 'check' }
  /** The measured means have changed much. */
  | { readonly type: 'measured'; readonly means: Means }
  | { readonly type: 'broadcast' }
  | { readonly type: 'setOrder'; readonly compare: Compare | undefined }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'resize'; readonly size: number }
  /** A worker has had no work for long: it ends if the pool can do without it. */
  | { readonly type: 'retire'; readonly worker: string }
  | { readonly type: 'clear'; readonly reason?: unknown }
  /**
   * No more tasks come. `finish`: all tasks are finished. `finish-running`: the queued ones are cancelled. `cancel`:
   * all are cancelled.
   */
  | { readonly type: 'close'; readonly tasks: 'finish' | 'finish-running' | 'cancel'; readonly reason?: unknown }
  | { readonly type: 'destroy'; readonly reason?: unknown };
