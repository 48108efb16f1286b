import type { Transferable } from '../hosts/host.ts';
import { abortSignal, anyNumber, callback, checkGiven, list, object, time } from './option-rules.ts';

/** Options of one task. */
export interface RunOptions<F = unknown> {
  /** Cancels the task: queued, it leaves the queue; running, its worker is ended. Its follow-ups inherit it. */
  readonly signal?: AbortSignal | undefined;
  /** Higher goes first; among equals the earlier. @default 0 */
  readonly priority?: number;
  /** The longest time that it runs, from when a worker begins it; then it fails with TIMEOUT_RUN and its worker is ended. In ms. @default the pool's `timeout` */
  readonly timeout?: number;
  /** The longest time that it waits until a worker begins it; then it fails with TIMEOUT_QUEUE. In ms. @default the pool's `queueTimeout` */
  readonly queueTimeout?: number;
  /** The buffers and ports that move to the worker instead of being copied; host `thread` only. @default none */
  readonly transfer?: readonly Transferable[];
  /** Gets each feedback that the worker sends while it performs this task. */
  readonly onFeedback?: (feedback: F) => void;
  /**
   * The task's name in the pool's journal: a task of that name that has not settled is not queued again, this call gets its
   * outcome; one that has settled is not run again, this call gets what was recorded. Pools with a journal only.
   */
  readonly id?: string;
}

/** How each option of a task is read. One that is not given is the pool's, or none. */
const RUN = {
  signal: abortSignal,
  priority: anyNumber,
  timeout: time(),
  queueTimeout: time(),
  transfer: list,
  onFeedback: callback,
  id: (_name: string, id: string) => id,
} satisfies { readonly [K in keyof RunOptions]-?: (name: string, value: never, size: number) => unknown };

/** Checks the options of a task. @throws {UsageError} naming the option, its value and what is legal */
export function checkRunOptions(options: RunOptions): void {
  checkGiven('run', object('the second argument of run', options), RUN);
}

/** Checks the options of a call that only waits. @throws {UsageError} */
export function checkWaitOptions(of: string, options: { readonly signal?: AbortSignal }): void {
  checkGiven(of, options, { signal: abortSignal });
}
