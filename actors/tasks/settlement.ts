import type { EndReason } from '../../kinds/kind.ts';
import { move } from '../../machines/queue/entry.ts';
import type { Cause } from '../../machines/state/effects.ts';
import type { WorkerExit } from '../../machines/state/pool-state.ts';
import { warn } from '../core/hook-warning.ts';
import { emit, type PoolCore } from '../core/pool-core.ts';
import { isOf, wordsOf } from '../errors/error-codec.ts';
import {
  DegradedError,
  JournalError,
  KindError,
  StrandedError,
  TaskCancelledError,
  TaskExpiredError,
  TaskTimeoutError,
  TransferSpentError,
  WorkerDiedError,
} from '../errors/errors.ts';
import { outcomeText } from '../journal/records.ts';
import { refusePromise } from '../kind-module/check-kind.ts';
import { nameTask } from '../observing/task-name.ts';
import { outcomeOf, traceSettled } from '../observing/task-trace.ts';
import { inNeutralContext } from '../platform/async-context.ts';
import type { TaskEntry } from './task-entry.ts';

/** The end of a task, as the pool's `task` event tells it. */
export interface TaskOutcome {
  /** The task as it was given to the pool, or as a verdict made it. */
  readonly task: unknown;
  readonly status: 'done' | 'failed';
  /** The value that `run` resolves with; of a `done` task. */
  readonly result?: unknown;
  /** The error that `run` rejects with; of a `failed` task. */
  readonly error?: unknown;
  /** The worker that performed it, where one did. */
  readonly worker: string | undefined;
  /** Whether a verdict made it, not a caller. */
  readonly isFollowUp: boolean;
}

/** Ends a task well. Its entry has settled then, and nothing can settle it again. */
export function fulfil(core: PoolCore, entry: TaskEntry, result: unknown): void {
  move(entry, 'settled');
  core.counts.completed++;
  release(core, entry);
  if (entry.record !== undefined) return recordOutcome(core, entry, { status: 'done', result });
  if (entry.trace !== undefined) traceSettled(core, entry.trace, 'done');
  entry.resolve?.(result);
  if (core.emitter.listenerCount('task') > 0) emitOutcome(core, entry, { status: 'done', result });
}

/** Ends a task with an error. */
export function fail(core: PoolCore, entry: TaskEntry, error: unknown): void {
  move(entry, 'settled');
  settleFailed(core, entry, error, true);
}

/** Tells that a task has failed which has settled. */
function settleFailed(core: PoolCore, entry: TaskEntry, error: unknown, isFinal: boolean): void {
  core.counts.failed++;
  release(core, entry);
  if (entry.record !== undefined && isFinal) return recordOutcome(core, entry, { status: 'failed', error });
  // Who asks for it by its name from now on has it run again.
  if (entry.record !== undefined) entry.record.owner = undefined;
  if (entry.trace !== undefined) traceSettled(core, entry.trace, outcomeOf(error), error);
  entry.resolve?.(Promise.reject(error));
  if (core.emitter.listenerCount('task') > 0) emitOutcome(core, entry, { status: 'failed', error });
}

/** Tells how a task ended once the journal has it. What cannot be written has not settled: it fails with that. */
function recordOutcome(core: PoolCore, entry: TaskEntry, end: TaskEnd): void {
  const { record } = entry;
  if (record === undefined) return;
  const { followUps } = record;
  core.journal?.settle(
    record,
    outcomeText(end.status === 'done' ? { result: end.result } : { error: end.error }),
    (problem) => {
      if (problem === undefined) return reportOutcome(core, entry, end);
      if (end.status === 'done') {
        core.counts.completed--;
        core.counts.failed++;
      }
      const error = new JournalError(
        problem.code as 'JOURNAL',
        problem.path,
        `the task ${nameTask(core.kind, entry.task)} has run, but its outcome is not in the journal, so it runs again at the next start: ${problem.message}`,
        problem,
      );
      reportOutcome(core, entry, { status: 'failed', error });
      for (const { owner } of followUps) {
        const followUp = owner as TaskEntry | undefined;
        if (followUp !== undefined && followUp.place !== 'settled')
          core.send({ type: 'cancelTask', entry: followUp, reason: error, grace: false });
      }
    },
  );
}

function reportOutcome(core: PoolCore, entry: TaskEntry, end: TaskEnd): void {
  if (entry.trace !== undefined) {
    const outcome = end.status === 'done' ? 'done' : outcomeOf(end.error);
    traceSettled(core, entry.trace, outcome, end.error);
  }
  entry.resolve?.(end.status === 'done' ? end.result : Promise.reject(end.error));
  if (core.emitter.listenerCount('task') > 0) emitOutcome(core, entry, end);
}

/** Ends a task without a verdict: the kind's hook hears of it. */
export function endWithoutVerdict(core: PoolCore, entry: TaskEntry, cause: Cause): void {
  const error = errorOf(core, entry, cause);
  // The kind heard of a death before it was decided that the task ends.
  if (cause.type !== 'died') callHook(core, entry, error);
  if (isOf(error, TaskTimeoutError)) core.counts.timedOut++;
  else if (cause.type === 'cancelled') core.counts.cancelled++;
  // What is not final is still to be done at the journal's next start.
  settleFailed(core, entry, error, !isOfTheEnd(core, cause));
}

/** Signals that end a program, with all that it has started: Ctrl-C, a terminal that is closed, a system that shuts down. */
const END_SIGNALS = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']);

/** The exit codes of processes that heard of such a signal and ended by themselves. */
const END_CODES = new Set([129, 130, 131, 143]);

/** Whether it is the pool or its program that ends, and not the task. */
function isOfTheEnd(core: PoolCore, cause: Cause): boolean {
  if (cause.type === 'cancelled') return core.ending !== undefined && cause.reason === core.ending;
  // A worker may die of the signal before its program has heard of it.
  if (cause.type === 'died') return core.ending !== undefined || isByEndSignal(cause.exit);
  return cause.type === 'degraded' || (cause.type === 'stranded' && core.state.phase === 'closing');
}

function isByEndSignal({ exitCode, signal }: WorkerExit): boolean {
  return signal === null ? END_CODES.has(exitCode ?? 0) : END_SIGNALS.has(signal);
}

/** Tells the kind that the worker of this task died, and hears whether it is to be tried again. */
export function askForRetry(core: PoolCore, entry: TaskEntry, worker: string, exit: WorkerExit) {
  const died = new WorkerDiedError(worker, exit, 'busy', entry.deaths);
  const wantsRetry = callHook(core, entry, died) === 'retry' && entry.retries < core.options.retries;
  if (wantsRetry && entry.isSpent) {
    return { isRetried: false, told: new TransferSpentError(nameTask(core.kind, entry.task), died) };
  }
  if (wantsRetry) {
    core.counts.retried++;
    entry.deaths = [...died.history, died];
  }
  return { isRetried: wantsRetry, told: died };
}

/** Tells the kind that a worker died that held no task. */
export function reportDeath(core: PoolCore, worker: string, exit: WorkerExit): void {
  callHook(core, undefined, new WorkerDiedError(worker, exit, 'idle'));
}

function errorOf(core: PoolCore, entry: TaskEntry, cause: Cause): EndReason {
  switch (cause.type) {
    case 'cancelled':
      // A task whose time is over is cancelled for that reason.
      if (isOf(cause.reason, TaskTimeoutError)) return cause.reason as EndReason;
      return new TaskCancelledError(cause.reason) as EndReason;
    case 'expired':
      return new TaskExpiredError(nameTask(core.kind, entry.task)) as EndReason;
    case 'stranded':
      return new StrandedError(nameTask(core.kind, entry.task)) as EndReason;
    case 'spent':
      return new TransferSpentError(nameTask(core.kind, entry.task)) as EndReason;
    case 'died':
      return cause.told as EndReason;
    case 'degraded':
      return new DegradedError(cause.exit) as EndReason;
    case 'fault': {
      const { hook, error } = cause.fault;
      if (isOf(error, KindError)) return error as EndReason;
      return new KindError(hook, `${core.kind.name}.${hook} threw ${wordsOf(error)}`, error) as EndReason;
    }
  }
}

/** Calls the kind's hook, in the context of the task's caller where there is a task. */
function callHook(core: PoolCore, entry: TaskEntry | undefined, reason: EndReason | WorkerDiedError): void | 'retry' {
  const { kind } = core;
  const call = () => kind.onTaskCancellationOrExpirationOrWorkerDeath?.(entry?.task, reason as EndReason);
  try {
    const answer = entry === undefined ? inNeutralContext(call) : entry.runInAsyncScope(call);
    refusePromise(kind, 'onTaskCancellationOrExpirationOrWorkerDeath', answer);
    return answer;
  } catch (error) {
    warn(core, 'onTaskCancellationOrExpirationOrWorkerDeath', error);
  }
}

function release(core: PoolCore, entry: TaskEntry): void {
  core.pending--;
  entry.forgetSignal?.();
  core.limits?.forget(entry);
  core.onRoom();
}

type TaskEnd = Pick<TaskOutcome, 'status' | 'result' | 'error'>;

function emitOutcome(core: PoolCore, entry: TaskEntry, end: TaskEnd): void {
  const outcome: TaskOutcome = {
    task: entry.task,
    worker: entry.holder,
    isFollowUp: entry.origin !== undefined,
    ...end,
  };
  emit(core, 'task', outcome);
}
