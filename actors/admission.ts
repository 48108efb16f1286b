import type { Core } from './core.ts';
import { checkTimes, limitWait } from './limits.ts';
import { createTaskEntry, type RunOptions, type TaskEntry } from './task-entry.ts';
import { traceTask } from './trace.ts';

/**
 * Puts a task into the queue and listens to its signal. Answers its entry. @throws what the kind's `affinity` or the
 * order's comparison throws, or {UsageError} for a wrong time; then nothing has happened
 */
export function admit(core: Core, task: unknown, options: RunOptions | undefined, origin?: string): TaskEntry {
  if (options !== undefined) checkTimes(options);
  const entry = createTaskEntry(core.kind, task, options, origin);
  enqueue(core, entry);
  return entry;
}

/** Puts an entry into the queue and listens to its signal. */
export function enqueue(core: Core, entry: TaskEntry): void {
  const { origin, options } = entry;
  core.state.queue.push(entry);
  if (origin !== undefined) core.state.followUps.add(entry);
  core.pending++;
  core.counts.accepted++;
  traceTask(core, entry);
  if (options?.signal !== undefined) listen(core, entry, options.signal);
  limitWait(core, entry);
  core.announce();
}

/** Cancels a task when this signal is aborted. */
export function listen(core: Core, entry: TaskEntry, signal: AbortSignal): void {
  const onAbort = () => {
    core.send({ type: 'cancelTask', entry, reason: signal.reason, grace: core.options.killGrace > 0 });
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const forgetOthers = entry.forgetSignal;
  entry.forgetSignal = () => {
    forgetOthers?.();
    signal.removeEventListener('abort', onAbort);
  };
}
