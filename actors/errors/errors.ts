import type { WorkerExit } from '../../machines/state/pool-state.ts';
import { describe, isOf, shortText, wordsOf } from './error-codec.ts';

/** The codes of all errors that the pool itself makes. */
export type ErrorCode =
  | 'MARSHAL_REQUEST'
  | 'MARSHAL_RESPONSE'
  | 'PERFORM'
  | 'WORKER_DIED'
  | 'CANCELLED'
  | 'TIMEOUT_QUEUE'
  | 'TIMEOUT_RUN'
  | 'EXPIRED'
  | 'STRANDED'
  | 'TRANSFER_SPENT'
  | 'STALLED'
  | 'KIND'
  | 'QUEUE_FULL'
  | 'CLOSED'
  | 'SPAWN'
  | 'HANDSHAKE'
  | 'DEGRADED'
  | 'JOURNAL'
  | 'JOURNAL_CORRUPT'
  | 'JOURNAL_LOCKED'
  | 'USAGE';

/**
 * The base of every error that the pool makes. `code` identifies the error, `cause` is the underlying error.
 *
 * @example
 * import { StatepoolError } from 'statepool';
 *
 * try {
 *   await pool.run(task, { timeout: 1000 });
 * } catch (error) {
 *   if (!(error instanceof StatepoolError && error.code === 'TIMEOUT_RUN')) throw error;
 * }
 */
export class StatepoolError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.name = new.target.name;
  }
}

/** A request or a response could not be serialised. `path` leads to the value at fault. */
export class MarshalError extends StatepoolError {
  /** The path to the value, such as `request.items[3].onDone`. */
  readonly path: string;

  constructor(code: 'MARSHAL_REQUEST' | 'MARSHAL_RESPONSE', path: string, message: string, cause?: unknown) {
    super(code, message, { cause });
    this.path = path;
  }
}

/** `perform` threw. `cause` is the thrown value, rebuilt with its name, message, stack, code and own properties. */
export class PerformError extends StatepoolError {
  /** The number of attempts at the task, this one included. */
  readonly attemptsMade: number;
  /** The errors of the earlier attempts in this program, oldest first. */
  readonly history: readonly AttemptError[];

  constructor(cause: unknown, attemptsMade = 1, history: readonly AttemptError[] = []) {
    const what = isOf(cause, Error) ? `${wordsOf(cause.name)}: ${wordsOf(cause)}` : describe(cause);
    super('PERFORM', `perform threw ${what}${attemptsMade > 1 ? ` at attempt ${attemptsMade}` : ''}`, { cause });
    this.attemptsMade = attemptsMade;
    this.history = history;
  }
}

/** The error of one attempt at a task: `perform` threw, or its worker died. */
export type AttemptError = PerformError | WorkerDiedError;

/** The worker died before it answered. The fields describe its exit and its last output. */
export class WorkerDiedError extends StatepoolError {
  /** The worker's id. */
  readonly worker: string;
  /** The exit code, or `null` if a signal ended the worker. */
  readonly exitCode: number | null;
  /** The signal that ended the worker, such as `SIGKILL`, or `null` if none did. */
  readonly signal: string | null;
  /** Is true if `perform` may have begun. */
  readonly started: boolean;
  readonly reason: WorkerExit['reason'];
  /** The phase in which the worker died: `busy` if it held a task. */
  readonly phase: 'idle' | 'busy';
  /** The last 4 KB that the worker wrote to stderr. */
  readonly stderrTail: string;
  /** The number of attempts at the task, this one included; 0 if the worker held none. */
  readonly attemptsMade: number;
  /** The errors of the earlier attempts at the task in this program, each of which led to another try. Oldest first. */
  readonly history: readonly AttemptError[];

  constructor(
    worker: string,
    exit: WorkerExit,
    phase: 'idle' | 'busy',
    history: readonly AttemptError[] = [],
    attemptsMade = phase === 'busy' ? history.length + 1 : 0,
  ) {
    const deaths = history.filter(({ code }) => code === 'WORKER_DIED').length;
    const before = deaths === 0 ? '' : `; ${deaths} earlier worker(s) died with the same task`;
    super('WORKER_DIED', `worker ${worker} died while ${phase}: ${describeExit(exit)}${before}`, { cause: exit.cause });
    this.attemptsMade = attemptsMade;
    this.history = history;
    this.worker = worker;
    this.exitCode = exit.exitCode;
    this.signal = exit.signal;
    this.reason = exit.reason;
    this.phase = phase;
    this.started = phase === 'busy';
    this.stderrTail = exit.stderrTail ?? '';
  }
}

/** The task was cancelled by its signal, cancelWorker, cancelAll, close or destroy. `cause` is the given reason. */
export class TaskCancelledError extends StatepoolError {
  constructor(reason?: unknown) {
    const why = reason === undefined ? '' : wordsOf(reason);
    super('CANCELLED', why === '' ? 'the task was cancelled' : `the task was cancelled: ${why}`, { cause: reason });
    this.name = 'AbortError';
  }
}

/**
 * The time limit of the task is over: TIMEOUT_QUEUE before a worker began it, TIMEOUT_RUN after that. `ms` is the
 * limit.
 */
export class TaskTimeoutError extends StatepoolError {
  /** The task's `timeout` or `queueTimeout`. In ms. */
  readonly ms: number;

  constructor(code: 'TIMEOUT_QUEUE' | 'TIMEOUT_RUN', task: string, ms: number) {
    const what = code === 'TIMEOUT_RUN' ? `took longer than ${ms} ms` : `waited longer than ${ms} ms for a worker`;
    super(code, `the task ${task} ${what}`);
    this.name = 'TimeoutError';
    this.ms = ms;
  }
}

/** `requestOfTask` returned `undefined`: the task was no longer valid when a worker was free for it. */
export class TaskExpiredError extends StatepoolError {
  constructor(task: string) {
    super('EXPIRED', `the task ${task} expired: requestOfTask returned undefined for it`);
  }
}

/** No worker can take the task any more: its worker is gone, and a fresh worker would not take it. */
export class StrandedError extends StatepoolError {
  constructor(task: string) {
    super('STRANDED', `the task ${task} is stranded: no live worker takes it, and a fresh worker would not take it`);
  }
}

/**
 * The task cannot run again: the buffers in its `transfer` went to a worker that did not finish it. `cause` is the
 * death of that worker, if the kind's hook asked for another try.
 */
export class TransferSpentError extends StatepoolError {
  constructor(task: string, cause?: unknown) {
    const what = `the task ${task} cannot run again: the buffers in its transfer went to a worker that did not finish it`;
    super('TRANSFER_SPENT', `${what}; run a new task with new buffers`, { cause });
  }
}

/** No worker takes the queued tasks, and nothing is under way that could change this. */
export class StalledError extends StatepoolError {
  /** The names of the first queued tasks, at most 10. */
  readonly tasks: readonly string[];

  constructor(tasks: readonly string[], total: number, size: number) {
    const more = total > tasks.length ? ` and ${total - tasks.length} more` : '';
    const why =
      size === 0
        ? 'the pool has no workers (size 0)'
        : 'no live worker takes them, and a fresh worker would not take them';
    super('STALLED', `${total} queued task(s) cannot run, because ${why}: ${tasks.join(', ')}${more}`);
    this.tasks = tasks;
  }
}

/** A hook of the kind threw. `hook` is its name, `cause` is the thrown value. */
export class KindError extends StatepoolError {
  /** The hook's name, such as `useResponse`. */
  readonly hook: string;

  constructor(hook: string, message: string, cause?: unknown) {
    super('KIND', message, { cause });
    this.hook = hook;
  }
}

/** The queue holds as many tasks as `maxQueue` allows. `await pool.slot()` waits for room. */
export class QueueFullError extends StatepoolError {
  constructor(maxQueue: number) {
    super('QUEUE_FULL', `the queue is full (maxQueue ${maxQueue}): await pool.slot() before run()`);
  }
}

/** The pool takes no more tasks: it was closed or destroyed. */
export class PoolClosedError extends StatepoolError {
  constructor() {
    super('CLOSED', 'the pool is closed: create another one');
  }
}

/** A worker could not be started: its module is missing, throws on import, or is not a kind. */
export class SpawnError extends StatepoolError {
  constructor(message: string, cause?: unknown) {
    super('SPAWN', message, { cause });
  }
}

/** The worker speaks another version of the protocol, or serves another kind. */
export class HandshakeError extends StatepoolError {
  constructor(message: string) {
    super('HANDSHAKE', message);
  }
}

/** Workers could not be started, or died too often; `cause` is the last error. The pool takes no more tasks. */
export class DegradedError extends StatepoolError {
  /** The last 4 KB that the last worker wrote to stderr. */
  readonly stderrTail: string;

  constructor(exit: WorkerExit) {
    const { cause, stderrTail = '' } = exit;
    const last = cause === undefined ? stderrTail.trimEnd().split('\n').at(-1)?.trim() : undefined;
    const words = last ? `; its last words: ${shortText(last)}` : '';
    super('DEGRADED', `the pool gave up starting workers: ${describeExit(exit)}${words}`, { cause });
    this.stderrTail = stderrTail;
  }
}

/**
 * The journal cannot be used, or a write to it failed. `path` is its file. JOURNAL_LOCKED: another pool has it.
 * JOURNAL_CORRUPT: a line is not as it was written.
 */
export class JournalError extends StatepoolError {
  /** The journal's file. */
  readonly path: string;

  constructor(code: 'JOURNAL' | 'JOURNAL_CORRUPT' | 'JOURNAL_LOCKED', path: string, message: string, cause?: unknown) {
    super(code, message, { cause });
    this.path = path;
  }
}

/** An option or argument is wrong. The message names it, its value and the legal values. */
export class UsageError extends StatepoolError {
  constructor(message: string) {
    super('USAGE', message);
  }
}

function describeExit(exit: WorkerExit): string {
  const how = exit.signal === null ? `exit code ${exit.exitCode ?? 'unknown'}` : `signal ${exit.signal}`;
  const cause = isOf(exit.cause, Error) ? `: ${wordsOf(exit.cause)}` : '';
  switch (exit.reason) {
    case 'oom':
      return `out of memory (${how})`;
    case 'uncaught':
      return `uncaught error${cause} (${how})`;
    case 'unresponsive':
      return 'it gave no sign of life within the heartbeat';
    case 'disconnect':
      return 'it closed its channel';
    case 'garbled':
      return `it wrote something other than messages on its message channel${cause}`;
    case 'spawn':
    case 'handshake':
      return isOf(exit.cause, Error) ? wordsOf(exit.cause) : how;
    default:
      return `${how}${cause}`;
  }
}
