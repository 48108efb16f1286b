import type { WorkerStatus } from '../../kinds/kind.ts';
import type { Counts } from '../core/pool-core.ts';
import type { JournalStats } from '../journal/journal.ts';
import type { Timings } from '../observing/histograms.ts';

/** One worker as `pool.workers` shows it. */
export interface WorkerInfo<C = unknown> {
  /** `kind:slot:serial`. */
  readonly id: string;
  /** The state of its machine. */
  readonly state: 'fresh' | 'busy' | 'old' | 'dead';
  /** The id of its process; host `process` only. */
  readonly pid?: number;
  /** The id of its thread; host `thread` only. */
  readonly threadId?: number;
  /** The share of its life that its event loop was at work, asleep for the next request too, 0 to 1; threads only. */
  readonly utilization?: number;
  /** The name of the task on hand. */
  readonly task?: string;
  /** How many requests it was given. */
  readonly tasks: number;
  /** The competence that its last verdict gave it; none where it is fresh. */
  readonly competence?: C;
  /** The status as the kind's hooks get it. */
  readonly status: WorkerStatus<C>;
}

/** The counters of a pool, from its beginning, and how it is now. */
export interface Stats extends Readonly<Counts> {
  /** Tasks that wait now. */
  readonly queued: number;
  /** Workers that hold a task now. */
  readonly busy: number;
  /** Tasks that were accepted and have not settled. */
  readonly pending: number;
  /** The share of the time since the pool was made that this thread's event loop was at work, 0 to 1. */
  readonly utilization: number;
  /** How long things took, in nanoseconds; only with the option `timings`. */
  readonly timings?: Timings;
  /** What the journal holds; only with the option `journal`. */
  readonly journal?: JournalStats;
}

/** The answer of `close`: the tasks that settled between the call and the end. */
export interface CloseReport {
  /** Tasks that settled well. */
  readonly completed: number;
  /** Tasks that settled with an error, cancelled ones apart. */
  readonly failed: number;
  readonly cancelled: number;
  /** Whether the time was over before the tasks were. */
  readonly isForced: boolean;
}

/** Options of `close`. */
export interface CloseOptions {
  /** The tasks that are finished: all, only the running ones, or none; the others are cancelled. @default 'finish' */
  readonly tasks?: 'finish' | 'finish-running' | 'cancel';
  /** The time after which the rest is cancelled. In ms. @default Infinity */
  readonly timeout?: number;
}
