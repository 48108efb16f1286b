import type { PoolCore } from '../core/pool-core.ts';
import { decodeError } from '../errors/error-codec.ts';
import { DegradedError, JournalError, QueueFullError, TaskCancelledError, UsageError } from '../errors/errors.ts';
import { marshalPath } from '../errors/marshal-path.ts';
import type { Journal } from '../journal/journal.ts';
import { bodyOf, type Submission as FoundTask, outcomeOf, type SavedOptions } from '../journal/records.ts';
import type { Replay } from '../journal/replay.ts';
import type { Ledger, LedgerClient, Live, TaskId } from '../ledger/ledger.ts';
import { nameTask } from '../observing/task-name.ts';
import { checkRunOptions, type RunOptions } from '../options/run-options.ts';
import { queueMicrotask } from '../platform/platform.ts';
import { cancel, listen, prepare } from './admission.ts';
import type { Backpressure } from './backpressure.ts';
import { reportRecorded, type TaskEnd } from './settlement.ts';
import { createTaskEntry, rejectCaller, type TaskEntry } from './task-entry.ts';

/** The longest `id` of a task. In characters. */
const LONGEST_ID = 1000;

/** The `origin` of a follow-up that the journal holds from an earlier pool. */
const FORMER_WORKER = 'journal';

/** The result of `submit`: the task is in the journal. */
export interface Submission<R = unknown> {
  /** The task's name in the journal: the caller's `id`, or a number if there is none. */
  readonly id: string | number;
  /** Settles as the promise of `run` does. */
  readonly result: Promise<R>;
}

/** The parts of a pool with a journal that are needed to submit tasks. */
export interface Recording {
  readonly core: PoolCore;
  readonly journal: Ledger;
  /** Puts a task into the queue. */
  readonly enter: (entry: TaskEntry) => void;
  readonly backpressure: Backpressure;
}

/**
 * Submits a task to a pool with a journal, and settles with its outcome. The task enters the queue after its record is
 * written; `onWritten` is called then. A task whose `id` is known is not submitted again.
 */
export function submitTask(
  pool: Recording,
  task: unknown,
  options: RunOptions | undefined,
  onWritten?: (id: TaskId) => void,
): Promise<unknown> {
  return new Promise((resolve) => {
    if (options !== undefined) checkRunOptions(options);
    const id = options?.id;
    if (id !== undefined) checkId(id);
    const known = id === undefined ? undefined : pool.journal.outcomeOf(id);
    if (known !== undefined) {
      onWritten?.(id as string);
      return resolve(recordedOutcome(pool.core, known, task));
    }
    const record = id === undefined ? undefined : pool.journal.find(id);
    if (record?.owner !== undefined) return resolve(join(pool, record, options?.signal, onWritten));
    if (!pool.backpressure.hasRoomFor(task)) throw new QueueFullError(pool.core.options.maxQueue);
    const entry = prepare(pool.core, task, options);
    entry.resolve = resolve;
    entry.record = record;
    if (record !== undefined) {
      // The task has ended, but its outcome is not in the journal: it runs again.
      record.owner = entry;
      enterWritten(pool, entry);
      return onWritten?.(record.id);
    }
    submitEntry(pool, entry, id, onWritten);
  });
}

/**
 * Writes a task to the journal; the task enters the queue then. A failure reaches its caller.
 * @throws {JournalError} if the task cannot be written as text
 */
export function submitEntry(pool: Recording, entry: TaskEntry, id?: string, onWritten?: (id: TaskId) => void): void {
  pool.journal.add(id, textOf(pool, entry.task, entry.options), entry, onWritten);
}

/** Returns the client of a pool's journal: tasks enter the queue, and ends reach their callers, when they are written. */
export function clientOf(pool: Recording): LedgerClient {
  return {
    accepted(record, error) {
      const entry = record.owner as TaskEntry;
      entry.record = record;
      // Other callers may have joined the task in the meantime: `resolve` settles them too.
      if (error !== undefined) return rejectCaller(entry, error);
      record.onWritten?.(record.id);
      enterWritten(pool, entry);
    },
    settled(owner, end, followUps, error) {
      reportRecorded(pool.core, owner as TaskEntry, end as TaskEnd, followUps, error);
    },
    cancel({ owner }, reason) {
      if (owner !== undefined) cancel(pool.core, owner as TaskEntry, reason, true);
    },
  };
}

/** Submits a task; resolves when its record is written. */
export function submit(pool: Recording, task: unknown, options: RunOptions | undefined): Promise<Submission> {
  return new Promise((resolve, reject) => {
    const result = submitTask(pool, task, options, (id) => {
      // For a known id, `onWritten` is called before `submitTask` has returned `result`.
      queueMicrotask(() => resolve({ id, result }));
    });
    result.catch(reject);
  });
}

/** Puts the pending tasks of a journal into the queue of a new pool. @throws the error of the kind's `affinity` */
export function resume({ core, enter }: Recording, { pending }: Journal, { pending: found }: Replay): void {
  for (const record of [...pending]) {
    const { task, kept } = found.get(record.id) as FoundTask;
    const { followUp, failed = 0, ...options } = kept;
    const entry = createTaskEntry(core.kind, task, options as RunOptions, followUp && FORMER_WORKER);
    entry.failed = failed;
    record.failed = failed;
    entry.record = record;
    record.owner = entry;
    enter(entry);
  }
}

function enterWritten({ core, enter }: Recording, entry: TaskEntry): void {
  const { state } = core;
  // The task was accepted, but the pool has ended in the meantime: the next pool runs the task.
  if (state.degraded !== undefined) return rejectCaller(entry, new DegradedError(state.degraded));
  if (state.phase === 'destroying') return rejectCaller(entry, new TaskCancelledError(core.ending));
  enter(entry);
}

/** Waits for a task that has not settled, together with its earlier callers. */
function join(
  { core, journal }: Recording,
  record: Live,
  signal: AbortSignal | undefined,
  onWritten: ((id: TaskId) => void) | undefined,
): Promise<unknown> {
  const entry = record.owner as TaskEntry;
  const heed = () => {
    if (record.place !== 'written') return;
    onWritten?.(record.id);
    if (signal === undefined || entry.place === 'settled') return;
    listen(core, entry, signal);
  };
  if (record.place === 'written') heed();
  else void journal.written().then(heed);
  return new Promise((resolve) => {
    const callers = joined.get(entry);
    if (callers !== undefined) return callers.push(resolve);
    const all = [resolve];
    joined.set(entry, all);
    const { resolve: first } = entry;
    entry.resolve = (result) => {
      first?.(result);
      for (const each of all) each(result);
    };
  });
}

/** The callers that joined the first caller of a task. */
const joined = new WeakMap<TaskEntry, ((result: unknown) => void)[]>();

/** Returns the recorded outcome of a settled task: its result, or a promise that rejects with its error. */
function recordedOutcome({ kind, journal }: PoolCore, known: string, task: unknown): unknown {
  const outcome = outcomeOf(known);
  if ('error' in outcome) return Promise.reject(decodeError(outcome.error));
  if ('result' in outcome) return outcome.result;
  const why = `the task ${nameTask(kind, task)} has settled, but its ${outcome.lost} could not be written`;
  return Promise.reject(new JournalError('JOURNAL', journal?.path ?? '', why));
}

function textOf({ core, journal }: Recording, task: unknown, options: RunOptions | undefined): string {
  try {
    return bodyOf(task, savedOptionsOf(options));
  } catch (cause) {
    const path = marshalPath(task, 'task');
    const why = cause instanceof Error ? cause.message : String(cause);
    const what = `the task ${nameTask(core.kind, task)} cannot be written to the journal at ${path}`;
    throw new JournalError('JOURNAL', journal.path, `${what}: ${why}`, cause);
  }
}

const NOTHING: SavedOptions = {};

function savedOptionsOf(options: RunOptions | undefined): SavedOptions {
  if (options === undefined) return NOTHING;
  const { priority, timeout, queueTimeout, attempts, backoff } = options;
  return {
    ...(priority === undefined || priority === 0 ? {} : { priority }),
    ...(timeout === undefined || timeout === Number.POSITIVE_INFINITY ? {} : { timeout }),
    ...(attempts === undefined ? {} : { attempts }),
    ...(backoff === undefined ? {} : { backoff }),
    ...(queueTimeout === undefined || queueTimeout === Number.POSITIVE_INFINITY ? {} : { queueTimeout }),
  };
}

function checkId(id: unknown): void {
  if (typeof id === 'string' && id !== '' && id.length <= LONGEST_ID) return;
  const got = typeof id === 'string' ? `a string of ${id.length} characters` : String(id);
  throw new UsageError(`id is ${got}: it must be a string of 1 to ${LONGEST_ID} characters`);
}
