import type { EndReason } from '../../kinds/kind.ts';
import { move } from '../../machines/queue/entry.ts';
import type { Cause } from '../../machines/state/effects.ts';
import type { WorkerExit } from '../../machines/state/pool-state.ts';
import { warn } from '../core/hook-warning.ts';
import { emit, type PoolCore } from '../core/pool-core.ts';
import { isOf, wordsOf } from '../errors/error-codec.ts';
import {
  DegradedError,
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
import type { Live } from '../ledger/ledger.ts';
import { nameTask } from '../observing/task-name.ts';
import { outcomeName, traceSettled } from '../observing/task-trace.ts';
import { inNeutralContext } from '../platform/async-context.ts';
import { countAttempt, hasAttempts } from './attempts.ts';
import { rejectCaller, resolveCaller, type TaskEntry } from './task-entry.ts';

/** The end of a task, as the pool's `task` event reports it. */
export interface TaskOutcome {
  /** The task as it was given to the pool, or as a verdict made it. */
  readonly task: unknown;
  readonly status: 'done' | 'failed';
  /** The value that `run` resolves with; only for a `done` task. */
  readonly result?: unknown;
  /** The error that `run` rejects with; only for a `failed` task. */
  readonly error?: unknown;
  /** The worker that performed the task, if one did. */
  readonly worker: string | undefined;
  /** Is true if a verdict made the task, not a caller. */
  readonly isFollowUp: boolean;
}

/** Settles a task with a result. Nothing can settle its entry again. */
export function fulfil(core: PoolCore, entry: TaskEntry, result: unknown): void {
  move(entry, 'settled');
  core.counts.completed++;
  release(core, entry);
  if (entry.record !== undefined) return recordOutcome(core, entry, { status: 'done', result });
  if (entry.trace !== undefined) traceSettled(core, entry.trace, 'done');
  resolveCaller(entry, result);
  if (core.emitter.listenerCount('task') > 0) emitOutcome(core, entry, { status: 'done', result });
}

/** Settles a task with an error. */
export function fail(core: PoolCore, entry: TaskEntry, error: unknown): void {
  move(entry, 'settled');
  settleFailed(core, entry, error, true);
}

/** Reports the failure of a settled task. */
function settleFailed(core: PoolCore, entry: TaskEntry, error: unknown, isFinal: boolean): void {
  core.counts.failed++;
  release(core, entry);
  if (entry.record !== undefined && isFinal) return recordOutcome(core, entry, { status: 'failed', error });
  // A caller that submits the same id from now on runs the task again.
  if (entry.record !== undefined) entry.record.owner = undefined;
  if (entry.trace !== undefined) traceSettled(core, entry.trace, outcomeName(error), error);
  rejectCaller(entry, error);
  if (core.emitter.listenerCount('task') > 0) emitOutcome(core, entry, { status: 'failed', error });
}

/** Records the end of a task in the journal, which reports it when it is written. */
function recordOutcome(core: PoolCore, entry: TaskEntry, end: TaskEnd): void {
  const { record } = entry;
  if (record === undefined) return;
  core.journal?.settle(record, outcomeText(end), entry, end);
}

/**
 * Reports the end of a task once the journal has it. A task whose end cannot be written fails with that error instead.
 */
export function reportRecorded(
  core: PoolCore,
  entry: TaskEntry,
  end: TaskEnd,
  followUps: readonly Live[],
  problem: Error | undefined,
): void {
  if (problem === undefined) return reportOutcome(core, entry, end);
  if (end.status === 'done') {
    core.counts.completed--;
    core.counts.failed++;
  }
  const error = core.journal?.unsettled(nameTask(core.kind, entry.task), problem) ?? problem;
  reportOutcome(core, entry, { status: 'failed', error });
  for (const { owner } of followUps) {
    const followUp = owner as TaskEntry | undefined;
    if (followUp !== undefined && followUp.place !== 'settled')
      core.send({ type: 'cancelTask', entry: followUp, reason: error, grace: false });
  }
}

function reportOutcome(core: PoolCore, entry: TaskEntry, end: TaskEnd): void {
  if (entry.trace !== undefined) {
    const outcome = end.status === 'done' ? 'done' : outcomeName(end.error);
    traceSettled(core, entry.trace, outcome, end.error);
  }
  if (end.status === 'done') resolveCaller(entry, end.result);
  else rejectCaller(entry, end.error);
  if (core.emitter.listenerCount('task') > 0) emitOutcome(core, entry, end);
}

/** Ends a task without a verdict: calls the kind's hook, and reports the error. */
export function endWithoutVerdict(core: PoolCore, entry: TaskEntry, cause: Cause): void {
  const error = errorOf(core, entry, cause);
  // After a death the hook has already been called, before the rules decided to end the task.
  if (cause.type !== 'died') callHook(core, entry, error);
  if (isOf(error, TaskTimeoutError)) core.counts.timedOut++;
  else if (cause.type === 'cancelled') core.counts.cancelled++;
  // A task whose end is not final stays in the journal, and runs at its next start.
  settleFailed(core, entry, error, !isOfTheEnd(core, cause));
}

/** The signals that end a program and all that it has started: Ctrl-C, a closed terminal, a system shutdown. */
const END_SIGNALS = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']);

/** The exit codes of processes that received such a signal and ended themselves. */
const END_CODES = new Set([129, 130, 131, 143]);

/** Returns whether the cause ends the pool or its program, and not only the task. */
function isOfTheEnd(core: PoolCore, cause: Cause): boolean {
  if (cause.type === 'cancelled') return core.ending !== undefined && cause.reason === core.ending;
  // A worker may die of the signal before its program has received it.
  if (cause.type === 'died') return core.ending !== undefined || isByEndSignal(cause.exit);
  return cause.type === 'degraded' || (cause.type === 'stranded' && core.state.phase === 'closing');
}

function isByEndSignal({ exitCode, signal }: WorkerExit): boolean {
  return signal === null ? END_CODES.has(exitCode ?? 0) : END_SIGNALS.has(signal);
}

/** Reports the death of a task's worker to the kind's hook, and returns whether the task is tried again. */
export function askForRetry(core: PoolCore, entry: TaskEntry, worker: string, exit: WorkerExit) {
  const died = new WorkerDiedError(worker, exit, 'busy', entry.failures, entry.failed + entry.retriesByHook + 1);
  if (hasAttempts(core, entry) && !entry.isSpent) {
    return { isRetried: true, error: died, delay: countAttempt(core, entry, died) };
  }
  const wantsRetry = callHook(core, entry, died) === 'retry' && entry.retriesByHook < core.options.retries;
  if (wantsRetry && entry.isSpent) {
    return { isRetried: false, error: new TransferSpentError(nameTask(core.kind, entry.task), died) };
  }
  if (wantsRetry) {
    core.counts.retried++;
    entry.retriesByHook++;
    entry.failures = [...died.history, died];
  }
  return { isRetried: wantsRetry, error: died };
}

/** Reports the death of a worker that held no task to the kind's hook. */
export function reportDeath(core: PoolCore, worker: string, exit: WorkerExit): void {
  callHook(core, undefined, new WorkerDiedError(worker, exit, 'idle'));
}

function errorOf(core: PoolCore, entry: TaskEntry, cause: Cause): EndReason {
  switch (cause.type) {
    case 'cancelled':
      // A task that exceeds a time limit is cancelled with this reason.
      if (isOf(cause.reason, TaskTimeoutError)) return cause.reason as EndReason;
      return new TaskCancelledError(cause.reason) as EndReason;
    case 'expired':
      return new TaskExpiredError(nameTask(core.kind, entry.task)) as EndReason;
    case 'stranded':
      return new StrandedError(nameTask(core.kind, entry.task)) as EndReason;
    case 'spent':
      return new TransferSpentError(nameTask(core.kind, entry.task)) as EndReason;
    case 'died':
      return cause.error as EndReason;
    case 'degraded':
      return new DegradedError(cause.exit) as EndReason;
    case 'fault': {
      const { hook, error } = cause.fault;
      if (isOf(error, KindError)) return error as EndReason;
      return new KindError(hook, `${core.kind.name}.${hook} threw ${wordsOf(error)}`, error) as EndReason;
    }
  }
}

/** Calls the kind's hook, in the context of the task's caller if there is a task. */
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

/** The end of a task: its result, or its error. */
export type TaskEnd = Pick<TaskOutcome, 'status' | 'result' | 'error'>;

function emitOutcome(core: PoolCore, entry: TaskEntry, end: TaskEnd): void {
  const outcome: TaskOutcome = {
    task: entry.task,
    worker: entry.holder,
    isFollowUp: entry.origin !== undefined,
    ...end,
  };
  emit(core, 'task', outcome);
}
