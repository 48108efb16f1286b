import type { WorkerStatus } from '../../kinds/kind.ts';
import type { Counts } from '../core/pool-core.ts';
import type { JournalStats } from '../journal/journal.ts';
import type { Timings } from '../observing/histograms.ts';

/** One worker as `pool.workers` shows it. */
export interface WorkerInfo<C = unknown> {
  /** `kind:slot:serial`. */
  readonly id: string;
  readonly state: 'fresh' | 'busy' | 'old' | 'dead';
  readonly pid?: number;
  readonly threadId?: number;
  /** The share of its life that its event loop was at work, asleep for the next request too, 0 to 1; threads only. */
  readonly utilization?: number;
  /** The name of the task on hand. */
  readonly task?: string;
  /** How many requests it was given. */
  readonly tasks: number;
  readonly competence?: C;
  readonly status: WorkerStatus<C>;
}

/** What the pool has counted. */
export interface Stats extends Readonly<Counts> {
  readonly queued: number;
  readonly busy: number;
  readonly pending: number;
  /** The share of the time since the pool was made that this thread's event loop was at work, 0 to 1. */
  readonly utilization: number;
  /** How long things took, in nanoseconds; only with the option `timings`. */
  readonly timings?: Timings;
  /** What the journal holds; only with the option `journal`. */
  readonly journal?: JournalStats;
}

/** What `close` answers. */
export interface CloseReport {
  /** How many tasks settled well, with an error, or cancelled between the call and the end. */
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Whether the time was over before the tasks were. */
  readonly isForced: boolean;
}

/** Options of `close`. */
export interface CloseOptions {
  /** What becomes of the tasks: all are finished, only the running ones, or none. @default 'finish' */
  readonly tasks?: 'finish' | 'finish-running' | 'cancel';
  /** After so many ms the rest is cancelled. @default Infinity */
  readonly timeout?: number;
}
