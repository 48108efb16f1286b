import type { Entry } from '../machines/entry.ts';
import type { AnyKind } from './any-kind.ts';
import { KindError, type WorkerDiedError } from './errors.ts';
import type { Transferable } from './hosts/host.ts';
import type { Live } from './journal/records.ts';
import { nameTask } from './task-name.ts';
import type { TaskTrace } from './trace.ts';

/** Options of one task. */
export interface RunOptions<F = unknown> {
  /** Cancels the task: queued, it leaves the queue; running, its worker is ended. Its follow-ups inherit it. */
  readonly signal?: AbortSignal | undefined;
  /** Higher goes first; among equals the earlier. @default 0 */
  readonly priority?: number;
  /** How long it may take from when a worker begins it; then it fails with TIMEOUT_RUN and its worker is ended. In ms. @default the pool's `timeout` */
  readonly timeout?: number;
  /** How long it may wait until a worker begins it; then it fails with TIMEOUT_QUEUE. In ms. @default the pool's `queueTimeout` */
  readonly queueTimeout?: number;
  /** What moves to the worker instead of being copied; host `thread` only. */
  readonly transfer?: readonly Transferable[];
  /** Gets what the worker sends while it performs this task. */
  readonly onFeedback?: (feedback: F) => void;
  /**
   * The task's name in the pool's journal: a task of that name that has not settled is not queued again, this call gets its
   * outcome; one that has settled is not run again, this call gets what was recorded. Pools with a journal only.
   */
  readonly id?: string;
}

/** An entry with its caller's side. A follow-up has no caller: its outcome is told by the pool's `task` event. */
export interface TaskEntry extends Entry {
  /** Settles the caller's promise; an error as the rejected promise that it becomes. */
  resolve: ((result: unknown) => void) | undefined;
  readonly options: RunOptions | undefined;
  /** Stops listening to the signal. */
  forgetSignal: (() => void) | undefined;
  /** The deaths after which it was tried again. */
  deaths: readonly WorkerDiedError[] | undefined;
  /** What is told and recorded of it, where anybody wants to know. */
  trace: TaskTrace | undefined;
  /** What the journal has of it, in a pool with one. */
  live: Live | undefined;
}

/** What few tasks have stands on the prototype until one has it: a million of these may wait at once. */
class LeanEntry implements TaskEntry {
  readonly task: unknown;
  place: TaskEntry['place'] = 'queued';
  turn = 0;
  prev: Entry | null = null;
  next: Entry | null = null;
  holder: string | undefined = undefined;
  resolve: ((result: unknown) => void) | undefined = undefined;
  declare priority: number;
  declare key: string | undefined;
  declare lanes: (Entry | null)[] | null;
  declare origin: string | undefined;
  declare retries: number;
  declare options: RunOptions | undefined;
  declare forgetSignal: (() => void) | undefined;
  declare deaths: readonly WorkerDiedError[] | undefined;
  declare trace: TaskTrace | undefined;
  declare live: Live | undefined;

  constructor(task: unknown) {
    this.task = task;
  }
}

Object.assign(LeanEntry.prototype, {
  priority: 0,
  key: undefined,
  lanes: null,
  origin: undefined,
  retries: 0,
  options: undefined,
  forgetSignal: undefined,
  deaths: undefined,
  trace: undefined,
  live: undefined,
});

/** Makes the entry of a task. @throws {KindError} where the kind's `affinity` throws */
export function createTaskEntry(
  kind: AnyKind,
  task: unknown,
  options: RunOptions | undefined,
  origin?: string,
): TaskEntry {
  const entry = new LeanEntry(task);
  if (options !== undefined) {
    entry.options = options;
    if (options.priority !== undefined && options.priority !== 0) entry.priority = options.priority;
  }
  if (kind.affinity !== undefined) entry.key = keyOf(kind, task);
  if (origin !== undefined) entry.origin = origin;
  return entry;
}

function keyOf(kind: AnyKind, task: unknown): string | undefined {
  try {
    return kind.affinity?.(task);
  } catch (error) {
    throw new KindError('affinity', `${kind.name}.affinity threw on ${nameTask(kind, task)}`, error);
  }
}
