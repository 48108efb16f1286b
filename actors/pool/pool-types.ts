import type { WorkerStatus } from '../../kinds/kind.ts';
import type { CompetenceCounts } from '../../machines/state/scheduling.ts';
import type { Counts } from '../core/pool-core.ts';
import type { JournalStats } from '../ledger/ledger.ts';
import type { Timings } from '../observing/histograms.ts';

/** A worker as `pool.workers` shows it. */
export interface WorkerInfo<C = unknown> {
  /** `kind:slot:serial`. */
  readonly id: string;
  /** The state of the worker's machine. */
  readonly state: 'fresh' | 'busy' | 'old' | 'dead';
  /** The id of the worker's process; host `process` only. */
  readonly pid?: number;
  /** The id of the worker's thread; host `thread` only. */
  readonly threadId?: number;
  /**
   * The share of the worker's life, 0 to 1, in which its event loop was active; waiting for requests does not count.
   * Threads only.
   */
  readonly utilization?: number;
  /** The name of the current task. */
  readonly task?: string;
  /** The number of requests that the worker was given. */
  readonly tasks: number;
  /** The competence from the worker's last verdict; absent for a fresh worker. */
  readonly competence?: C;
  /** The status as the kind's hooks get it. */
  readonly status: WorkerStatus<C>;
}

/** The use of what a pool's workers know, from its beginning. */
export interface CompetenceStats extends Readonly<CompetenceCounts> {
  /** The cost of another worker for a task: its start, where the kind needs a fresh one, and its load. In ms; 0 until measured. */
  readonly meanCost: number;
  /** The time of a task in a worker that has loaded what the task needs. In ms; 0 until measured. */
  readonly meanWork: number;
}

/** The counters of a pool, from its beginning, and its present state. */
export interface Stats extends Readonly<Counts> {
  /** Tasks that wait now. */
  readonly queued: number;
  /** Tasks that wait for their next attempt now. */
  readonly delayed: number;
  /** Workers that hold a task now. */
  readonly busy: number;
  /** Accepted tasks that have not settled. */
  readonly pending: number;
  /** The share of the pool's life, 0 to 1, in which this thread's event loop was active. */
  readonly utilization: number;
  /** The use of what the workers know. */
  readonly competence: CompetenceStats;
  /** The measured durations, in nanoseconds; only with the option `timings`. */
  readonly timings?: Timings;
  /** The figures of the journal; only with the option `journal`. */
  readonly journal?: JournalStats;
}

/** The result of `close`: the tasks that settled between the call and the end. */
export interface CloseReport {
  /** Tasks that settled with a result. */
  readonly completed: number;
  /** Tasks that settled with an error, without the cancelled ones. */
  readonly failed: number;
  readonly cancelled: number;
  /** Is true if the time was over before all tasks had settled and all workers had ended. */
  readonly isForced: boolean;
}

/** The options of `close`. */
export interface CloseOptions {
  /** The tasks to finish: all, only the running ones, or none; the others are cancelled. @default 'finish' */
  readonly tasks?: 'finish' | 'finish-running' | 'cancel';
  /** The time after which the remaining tasks are cancelled and all workers are killed. In ms. @default Infinity */
  readonly timeout?: number;
}
