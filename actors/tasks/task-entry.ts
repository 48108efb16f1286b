import { AsyncResource } from 'node:async_hooks';
import type { Entry } from '../../machines/queue/entry.ts';
import { type AttemptError, KindError } from '../errors/errors.ts';
import { quoted } from '../errors/quoted.ts';
import { type AnyKind, refusePromise } from '../kind-module/check-kind.ts';
import type { Live } from '../ledger/ledger.ts';
import { nameTask } from '../observing/task-name.ts';
import type { TaskTrace } from '../observing/task-trace.ts';
import type { RunOptions } from '../options/run-options.ts';

/**
 * An entry with the caller's side of its task. A follow-up has no caller: the pool's `task` event reports its outcome.
 */
export interface TaskEntry extends Entry {
  /** Calls a function in the asynchronous context of the task's caller; for a follow-up, of its origin's caller. */
  runInAsyncScope<A extends unknown[], R>(act: (...args: A) => R, self?: unknown, ...args: A): R;
  /** Settles the caller's promise; an error is passed as a rejected promise. */
  resolve: ((result: unknown) => void) | undefined;
  /** The batch that the task belongs to, if it does: the batch gets its end in place of a promise. */
  readonly batch: EntryBatch | undefined;
  /** The number of the task in its batch, from 0. */
  readonly index: number;
  readonly options: RunOptions | undefined;
  /** Stops listening to the signal. */
  forgetSignal: (() => void) | undefined;
  /** The number of retries that the kind's hook has asked for. */
  retriesByHook: number;
  /** The errors of the attempts so far: each was followed by another one. */
  failures: readonly AttemptError[] | undefined;
  /** The trace of the task, if the task is traced. */
  trace: TaskTrace | undefined;
  /** The ledger's record of the task, in a pool with a journal. */
  record: Live | undefined;
  /** The number of its request in the worker, counted from 1; only of kinds with `concurrency`. */
  number: number;
  /** The messages of its caller to the worker; only of a run with `messages`. */
  messages: CallerMessages | undefined;
}

/** The messages of a task's caller. All of them are kept while the task has not settled, for the next attempt. */
interface CallerMessages {
  readonly kept: unknown[];
  /** Is true if the request was sent, and with it the messages so far: the next one follows it at once. */
  areSent: boolean;
}

/** Many tasks of one caller: what they share, and the one who gets their ends. */
export interface EntryBatch {
  /** The asynchronous context of the caller. */
  readonly scope: AsyncResource;
  /** The options of each task. */
  readonly options: RunOptions;
  /** Gets the result of the task with that number. */
  fulfilled(index: number, result: unknown): void;
  /** Gets the error of the task with that number. */
  failed(index: number, error: unknown): void;
}

/**
 * The options of an entry's async resource. A fixed trigger id, that of the program's start, saves a number per entry.
 */
const LEAN = { requireManualDestroy: true, triggerAsyncId: 1 };

/**
 * A small entry: a million may wait at once. A field that few tasks use stands on the prototype until a task sets it.
 * The entry is itself the resource that keeps its caller's asynchronous context.
 */
class LeanEntry extends AsyncResource implements TaskEntry {
  readonly task: unknown;
  place: TaskEntry['place'] = 'new';
  turn = 0;
  prev: Entry | null = null;
  next: Entry | null = null;
  holder: string | undefined = undefined;
  resolve: ((result: unknown) => void) | undefined = undefined;
  declare priority: number;
  declare key: string | undefined;
  declare levels: (Entry | null)[] | null;
  declare origin: string | undefined;
  declare retries: number;
  declare transfers: boolean;
  declare isSpent: boolean;
  declare options: RunOptions | undefined;
  declare forgetSignal: (() => void) | undefined;
  declare failed: number;
  declare retriesByHook: number;
  declare failures: readonly AttemptError[] | undefined;
  declare trace: TaskTrace | undefined;
  declare record: Live | undefined;
  declare number: number;
  declare messages: CallerMessages | undefined;
  declare batch: undefined;
  declare index: number;

  constructor(task: unknown) {
    super('statepool:task', LEAN);
    this.task = task;
  }
}

/** The members of an entry that is not itself a resource with an asynchronous context. */
class BareEntry {
  readonly task: unknown;
  place: TaskEntry['place'] = 'new';
  turn = 0;
  prev: Entry | null = null;
  next: Entry | null = null;
  holder: string | undefined = undefined;
  declare key: string | undefined;
  declare levels: (Entry | null)[] | null;
  declare origin: undefined;
  declare retries: number;
  declare transfers: boolean;
  declare isSpent: boolean;
  declare forgetSignal: (() => void) | undefined;
  declare failed: number;
  declare retriesByHook: number;
  declare failures: readonly AttemptError[] | undefined;
  declare trace: TaskTrace | undefined;
  declare record: Live | undefined;
  declare number: number;
  declare messages: CallerMessages | undefined;

  constructor(task: unknown) {
    this.task = task;
  }
}

/** The entry of a batch's task: the batch keeps the asynchronous context and the options for all of its tasks. */
class BatchEntry extends BareEntry implements TaskEntry {
  readonly batch: EntryBatch;
  readonly index: number;
  declare resolve: undefined;

  constructor(task: unknown, batch: EntryBatch, index: number) {
    super(task);
    this.batch = batch;
    this.index = index;
  }

  get options(): RunOptions {
    return this.batch.options;
  }

  get priority(): number {
    return this.batch.options.priority ?? 0;
  }

  runInAsyncScope<A extends unknown[], R>(act: (...args: A) => R, self?: unknown, ...args: A): R {
    return this.batch.scope.runInAsyncScope(act, self, ...args);
  }
}

/** The entry of a task that has waited without one. Its caller's asynchronous context is that of several tasks. */
class LateEntry extends BareEntry implements TaskEntry {
  readonly scope: AsyncResource;
  readonly resolve: (result: unknown) => void;
  declare batch: undefined;
  declare index: number;
  declare options: undefined;
  declare priority: number;

  constructor(task: unknown, resolve: (result: unknown) => void, scope: AsyncResource) {
    super(task);
    this.resolve = resolve;
    this.scope = scope;
  }

  runInAsyncScope<A extends unknown[], R>(act: (...args: A) => R, self?: unknown, ...args: A): R {
    return this.scope.runInAsyncScope(act, self, ...args);
  }
}

const RARE = {
  key: undefined,
  levels: null,
  origin: undefined,
  retries: 0,
  transfers: false,
  isSpent: false,
  forgetSignal: undefined,
  failed: 0,
  retriesByHook: 0,
  failures: undefined,
  trace: undefined,
  record: undefined,
  number: 0,
  messages: undefined,
};

const ALONE = { priority: 0, options: undefined, batch: undefined, index: 0 };

Object.assign(LeanEntry.prototype, RARE, ALONE);
Object.assign(BareEntry.prototype, RARE);
Object.assign(LateEntry.prototype, ALONE);
Object.assign(BatchEntry.prototype, { resolve: undefined });

/** Makes the entry of a task. @throws {KindError} if the kind's `affinity` throws */
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
    if (options.transfer !== undefined && options.transfer.length > 0) entry.transfers = true;
  }
  if (kind.affinity !== undefined) entry.key = keyOf(kind, task);
  if (origin !== undefined) entry.origin = origin;
  return entry;
}

/** Makes the entry of a batch's task. @throws {KindError} if the kind's `affinity` throws */
export function createBatchEntry(kind: AnyKind, task: unknown, batch: EntryBatch, index: number): TaskEntry {
  const entry = new BatchEntry(task, batch, index);
  if (kind.affinity !== undefined) entry.key = keyOf(kind, task);
  return entry;
}

/** The one who gets the end of a task that waits without an entry: a promise's function, or a batch. */
export type Caller = ((result: unknown) => void) | EntryBatch;

/** Makes the entry of a task that has waited without one. `scope`: its caller's context, or its number in the batch. */
export function createLateEntry(task: unknown, caller: unknown, scope: unknown): TaskEntry {
  if (typeof caller !== 'function') return new BatchEntry(task, caller as EntryBatch, scope as number);
  return new LateEntry(task, caller as (result: unknown) => void, scope as AsyncResource);
}

/** Passes the result of a task to its caller, if it has one. */
export function resolveCaller(entry: TaskEntry, result: unknown): void {
  if (entry.batch === undefined) entry.resolve?.(result);
  else entry.batch.fulfilled(entry.index, result);
}

/** Passes the error of a task to its caller, if it has one. */
export function rejectCaller(entry: TaskEntry, error: unknown): void {
  if (entry.batch === undefined) entry.resolve?.(Promise.reject(error));
  else entry.batch.failed(entry.index, error);
}

/** The reason why the task's signal was aborted; `undefined` while it is not. */
export function cancellationOf({ options }: TaskEntry): { readonly reason: unknown } | undefined {
  const signal = options?.signal;
  return signal?.aborted === true ? { reason: signal.reason } : undefined;
}

function keyOf(kind: AnyKind, task: unknown): string | undefined {
  try {
    const key = kind.affinity?.(task);
    refusePromise(kind, 'affinity', key);
    if (key === undefined || key === null || typeof key === 'string') return key ?? undefined;
    throw new KindError(
      'affinity',
      `${kind.name}.affinity returned ${quoted(key)}: it must be a string, or undefined for a task without a key`,
    );
  } catch (error) {
    if (error instanceof KindError) throw error;
    throw new KindError('affinity', `${kind.name}.affinity threw on ${nameTask(kind, task)}`, error);
  }
}
