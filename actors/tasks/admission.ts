import type { AsyncResource } from 'node:async_hooks';
import type { TaskQueue } from '../../machines/queue/task-queue.ts';
import type { PoolCore } from '../core/pool-core.ts';
import { threadHost } from '../hosts/thread.ts';
import { isTracing, traceTask } from '../observing/task-trace.ts';
import { checkRunOptions, type RunOptions } from '../options/run-options.ts';
import { listenToAbort } from '../platform/abort-signal.ts';
import { type Caller, createLateEntry, createTaskEntry, type TaskEntry } from './task-entry.ts';
import { limitWait } from './time-limits.ts';

/**
 * Makes the entry of a task, which is not queued yet.
 * @throws {KindError} if the kind's `affinity` throws, {UsageError} for a wrong option
 */
export function prepare(core: PoolCore, task: unknown, options: RunOptions | undefined, origin?: string): TaskEntry {
  if (options !== undefined) checkRunOptions(options);
  return createTaskEntry(core.kind, task, options, origin);
}

/** Puts an entry into the queue and listens to its signal. `isAnnounced`: the supervisor is to hear of it. */
export function enqueue(core: PoolCore, entry: TaskEntry, isAnnounced = true): void {
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
  if (isAnnounced) core.announce();
  if (options?.signal !== undefined) heed(core, entry, options.signal);
}

/** Returns whether a task that enters the queue now is the only one there, and an idle thread may take it at once. */
export function canGoAlone({ state, options, turn }: PoolCore): boolean {
  if (state.queue.length > 0 || state.busy === state.seats.size || options.host !== threadHost) return false;
  const { matching, window } = state.rules;
  return !matching.isPicky && window === 1 && state.tokens === undefined && !turn.isUnderWay;
}

/** The number of tasks behind which a task waits without an entry. */
const DEEP = 4096;

/** Returns whether a task without options may wait without an entry: it is far from its turn, and nothing asks for it. */
export function isFarFromItsTurn(core: PoolCore): boolean {
  const queue = core.state.queue as TaskQueue;
  if (queue.length < DEEP || !queue.isPlain || core.turn.isUnderWay) return false;
  return core.options.queueTimeout === Number.POSITIVE_INFINITY && !isTracing(core);
}

/** Puts a task into the queue, whose entry is made when its turn comes; `caller` and `scope` are parts of that. */
export function enqueueUnmade(core: PoolCore, task: unknown, caller: Caller, scope: AsyncResource | number): void {
  (core.state.queue as TaskQueue).append(createLateEntry, task, caller, scope);
  core.pending++;
  core.counts.accepted++;
  core.announce();
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
