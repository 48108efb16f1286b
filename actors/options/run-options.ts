import type { Transferable } from '../hosts/host.ts';
import { attemptsOf, type Backoff, backoffOf } from './backoff.ts';
import { abortSignal, anyNumber, callback, checkGiven, flag, list, time } from './option-rules.ts';

/** The options of one task. */
export interface RunOptions<F = unknown> {
  /**
   * Cancels the task: a queued one leaves the queue, the worker of a running one is ended. Follow-ups inherit the
   * signal.
   */
  readonly signal?: AbortSignal | undefined;
  /** The priority: a higher one goes first; among equals, the earlier task goes first. @default 0 */
  readonly priority?: number;
  /**
   * The longest run, counted from when a worker begins the task. A longer one fails with TIMEOUT_RUN, and its worker is
   * ended. In ms.
   * @default the pool's `timeout`
   */
  readonly timeout?: number;
  /**
   * The longest wait until a worker begins the task. A longer one fails with TIMEOUT_QUEUE. In ms.
   * @default the pool's `queueTimeout`
   */
  readonly queueTimeout?: number;
  /** The number of attempts at the task; see `attempts` of the pool. @default the pool's `attempts` */
  readonly attempts?: number;
  /** The wait before the next attempt; a number is a fixed wait in ms. @default the pool's `backoff` */
  readonly backoff?: number | Backoff;
  /** The buffers and ports that move to the worker instead of being copied; host `thread` only. @default none */
  readonly transfer?: readonly Transferable[];
  /** Gets each feedback that the worker sends while it performs this task. */
  readonly onFeedback?: (feedback: F) => void;
  /**
   * Lets the caller send messages to the worker that performs this task: `run` then returns a `RunningTask`, whose `post`
   * sends one. The worker reads them from `context.messages`. Not in pools with a journal.
   * @default false
   */
  readonly messages?: boolean;
  /**
   * The task's name in the pool's journal; only in pools with a journal. If a task of that name has not settled,
   * nothing is queued, and this call gets its outcome. If it has settled, nothing is run, and this call gets the
   * recorded outcome.
   */
  readonly id?: string;
}

/** The options of `runAll`, for each of its tasks. The signal cancels all of them. */
export type RunAllOptions<F = unknown> = Omit<RunOptions<F>, 'id' | 'transfer' | 'messages'>;

/** The check of each option of a task. A missing option takes the pool's value, or none. */
const RUN = {
  signal: abortSignal,
  priority: anyNumber,
  timeout: time(),
  queueTimeout: time(),
  attempts: attemptsOf,
  backoff: backoffOf,
  transfer: list,
  onFeedback: callback,
  messages: flag,
  id: (_name: string, id: string) => id,
} satisfies { readonly [K in keyof RunOptions]-?: (name: string, value: never, size: number) => unknown };

/** Checks the options of a task. @throws {UsageError} naming the option, its value and the legal ones */
export function checkRunOptions(options: RunOptions): void {
  checkGiven('run', options, RUN);
}

/** Checks the options of `runAll`. @throws {UsageError} naming the option, its value and the legal ones */
export function checkRunAllOptions(options: RunAllOptions): void {
  const { id: _, transfer: __, messages: ___, ...checks } = RUN;
  checkGiven('runAll', options, checks);
}

/** Checks the options of a call that only waits. @throws {UsageError} for a wrong option */
export function checkWaitOptions(of: string, options: { readonly signal?: AbortSignal }): void {
  checkGiven(of, options, { signal: abortSignal });
}
