import type { PoolCore } from '../core/pool-core.ts';
import { QueueFullError, UsageError } from '../errors/errors.ts';
import type { RunOptions } from '../options/run-options.ts';
import { prepare } from './admission.ts';
import type { TaskEntry } from './task-entry.ts';

/** The promise of a run with `messages: true`. */
export interface RunningTask<R> extends Promise<R> {
  /**
   * Sends a message to the worker that performs the task, which reads it from `context.messages`. Messages arrive in
   * order. One that is sent before the task begins waits for it. A further attempt at the task gets all messages again.
   * Returns whether the task has not settled; a message to a settled task is dropped.
   * @throws if the message cannot be cloned
   */
  post(message: unknown): boolean;
}

/** A pool as a run with messages uses it. */
interface Entrance {
  readonly core: PoolCore;
  /** The recording of a pool with a journal. */
  readonly recording: unknown;
  readonly backpressure: { hasRoomFor(task: unknown): boolean };
  refusal(): Error | undefined;
  enterAlone(entry: TaskEntry): void;
}

/** Runs a task whose caller sends messages to its worker. */
export function runWithMessages(pool: Entrance, task: unknown, options: RunOptions): RunningTask<unknown> {
  let entry: TaskEntry | undefined;
  const result = new Promise((resolve) => {
    refuse(pool, task);
    entry = prepare(pool.core, task, options);
    entry.resolve = resolve;
    entry.messages = { kept: [], areSent: false };
    pool.core.hasMessages = true;
    pool.enterAlone(entry);
  });
  return Object.assign(result, { post: (message: unknown) => post(pool.core, entry, message) });
}

/** Refuses a task that the pool does not take now. @throws the reason */
function refuse(pool: Entrance, task: unknown): void {
  const refusal = pool.refusal();
  if (refusal !== undefined) throw refusal;
  if (pool.recording !== undefined) {
    throw new UsageError(
      'the option messages of run needs a pool without a journal: that one runs tasks without a caller',
    );
  }
  if (!pool.backpressure.hasRoomFor(task)) throw new QueueFullError(pool.core.options.maxQueue);
}

function post(core: PoolCore, entry: TaskEntry | undefined, message: unknown): boolean {
  const copy = core.copyForWorkers(message);
  if (entry?.messages === undefined || entry.place === 'settled') return false;
  entry.messages.kept.push(copy);
  if (!entry.messages.areSent) return true;
  for (const [seat, link] of core.links) if (seat.held.includes(entry)) link.message(entry, copy);
  return true;
}
