import { isAbortSignal } from './abort-signal.ts';
import { UsageError } from './errors.ts';
import type { Transferable } from './hosts/host.ts';
import { checkOptionNames } from './legal-names.ts';
import { checkTime } from './options.ts';
import { quoted } from './quoted.ts';

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

/** Every option of a task. */
const NAMES = ['signal', 'priority', 'timeout', 'queueTimeout', 'transfer', 'onFeedback', 'id'] as const;

/** Checks the options of a task. @throws {UsageError} naming the option, its value and what is legal */
export function checkRunOptions(options: RunOptions): void {
  if (typeof options !== 'object' || options === null) throw wrong('the second argument of run', options, 'an object');
  checkOptionNames('run', options, NAMES);
  const { signal, priority, timeout, queueTimeout, transfer, onFeedback } = options;
  if (signal !== undefined && !isAbortSignal(signal)) throw wrong('signal', signal, 'an AbortSignal');
  if (priority !== undefined && (typeof priority !== 'number' || Number.isNaN(priority))) {
    throw wrong('priority', priority, 'a number');
  }
  if (timeout !== undefined) checkTime('timeout', timeout);
  if (queueTimeout !== undefined) checkTime('queueTimeout', queueTimeout);
  if (transfer !== undefined && !Array.isArray(transfer)) throw wrong('transfer', transfer, 'an array');
  if (onFeedback !== undefined && typeof onFeedback !== 'function') {
    throw wrong('onFeedback', onFeedback, 'a function');
  }
}

/** Checks the options of a call that only waits. @throws {UsageError} */
export function checkWaitOptions(of: string, options: { readonly signal?: AbortSignal }): void {
  checkOptionNames(of, options, ['signal']);
  const { signal } = options;
  if (signal !== undefined && !isAbortSignal(signal)) throw wrong('signal', signal, 'an AbortSignal');
}

function wrong(name: string, value: unknown, legal: string): UsageError {
  return new UsageError(`${name} is ${quoted(value)}: it must be ${legal}`);
}
