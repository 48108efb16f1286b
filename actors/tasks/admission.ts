import type { PoolCore } from '../core/pool-core.ts';
import { traceTask } from '../observing/task-trace.ts';
import { checkRunOptions, type RunOptions } from '../options/run-options.ts';
import { listenToAbort } from '../platform/abort-signal.ts';
import { createTaskEntry, type TaskEntry } from './task-entry.ts';
import { limitWait } from './time-limits.ts';

/**
 * Makes the entry of a task, which is not queued yet.
 * @throws {KindError} if the kind's `affinity` throws, {UsageError} for a wrong option
 */
export function prepare(core: PoolCore, task: unknown, options: RunOptions | undefined, origin?: string): TaskEntry {
  if (options !== undefined) checkRunOptions(options);
  return createTaskEntry(core.kind, task, options, origin);
}

/** Puts an entry into the queue and listens to its signal. */
export function enqueue(core: PoolCore, entry: TaskEntry): void {
  const { origin, options } = entry;
  // The comparison of `setOrder` may call the pool.
  core.turn.begin();
  try {
    core.state.queue.push(entry);
  } finally {
    core.turn.end();
  }
  if (origin !== undefined) core.state.followUps.add(entry);
  core.pending++;
  core.counts.accepted++;
  traceTask(core, entry);
  limitWait(core, entry);
  core.announce();
  if (options?.signal !== undefined) heed(core, entry, options.signal);
}

/** Lets a signal cancel a task. The tasks of a batch do not listen each: their batch cancels them all. */
function heed(core: PoolCore, entry: TaskEntry, signal: AbortSignal): void {
  if (entry.batch === undefined) listen(core, entry, signal);
  else if (signal.aborted) cancel(core, entry, signal.reason, false);
}

/** Cancels a task; `grace`: its worker may stop it by itself. */
export function cancel(core: PoolCore, entry: TaskEntry, reason: unknown, grace: boolean): void {
  core.send({ type: 'cancelTask', entry, reason, grace: grace && core.options.killGrace > 0 });
}

/** Cancels a task when its signal is aborted; at once if the signal already is. */
export function listen(core: PoolCore, entry: TaskEntry, signal: AbortSignal): void {
  if (signal.aborted) return cancel(core, entry, signal.reason, false);
  const forget = listenToAbort(signal, () => cancel(core, entry, signal.reason, true));
  const forgetOthers = entry.forgetSignal;
  entry.forgetSignal = () => {
    forgetOthers?.();
    forget();
  };
}
