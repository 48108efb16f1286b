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
  if (options?.signal !== undefined) listen(core, entry, options.signal);
}

/** Cancels a task when its signal is aborted; at once if the signal already is. */
export function listen(core: PoolCore, entry: TaskEntry, signal: AbortSignal): void {
  const cancel = (grace: boolean) =>
    core.send({ type: 'cancelTask', entry, reason: signal.reason, grace: grace && core.options.killGrace > 0 });
  if (signal.aborted) return cancel(false);
  const forget = listenToAbort(signal, () => cancel(true));
  const forgetOthers = entry.forgetSignal;
  entry.forgetSignal = () => {
    forgetOthers?.();
    forget();
  };
}
