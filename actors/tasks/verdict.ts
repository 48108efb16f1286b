import type { Verdict, WorkerStatus } from '../../kinds/kind.ts';
import type { Seat } from '../../machines/state/seat.ts';
import { warn } from '../core/hook-warning.ts';
import type { PoolCore } from '../core/pool-core.ts';
import { asError, decodeError, describe, type EncodedError, isOf, shortText, wordsOf } from '../errors/error-codec.ts';
import { KindError, MarshalError, PerformError, TransferSpentError } from '../errors/errors.ts';
import { didYouMean } from '../errors/legal-names.ts';
import { bodyOf } from '../journal/records.ts';
import { refusePromise } from '../kind-module/check-kind.ts';
import { nameTask } from '../observing/task-name.ts';
import { ToMaster } from '../protocol/messages.ts';
import { enqueue, prepare } from './admission.ts';
import { hasAttempts, tryAgain } from './attempts.ts';
import { fail, fulfil } from './settlement.ts';
import { cancellationOf, type TaskEntry } from './task-entry.ts';

/** The effect of an answer on its worker: the kind's verdict, or `keep` for no change. */
export type WorkerVerdict = Verdict | { readonly type: 'keep' };

/** The legal members of a verdict. */
const MEMBERS = ['type', 'competence', 'tasks', 'result', 'error'];

const KEEP: WorkerVerdict = { type: 'keep' };
const END: WorkerVerdict = { type: 'end' };
const STAY: WorkerVerdict = { type: 'stay', competence: undefined };

/** Settles the task of an answer, queues its follow-ups, and returns the verdict. `tag` is the kind of message. */
export function verdictOnAnswer(
  core: PoolCore,
  seat: Seat,
  status: WorkerStatus,
  entry: TaskEntry,
  tag: number,
  answer: unknown,
): WorkerVerdict {
  if (tag === ToMaster.Response) return verdictOnResponse(core, seat, status, entry, answer);
  if (tag === ToMaster.Threw) return verdictOnThrow(core, seat, status, entry, answer as EncodedError);
  const [, message, path] = answer as [number, string, string];
  return verdictOnUnsent(core, entry, message, path);
}

/** Settles the task of a response, queues its follow-ups, and returns the verdict. */
function verdictOnResponse(
  core: PoolCore,
  seat: Seat,
  status: WorkerStatus,
  entry: TaskEntry,
  response: unknown,
): WorkerVerdict {
  // The task was cancelled and stopped in time: its response is dropped, and the worker is kept.
  if (entry.place === 'settled') return KEEP;
  const { kind } = core;
  let verdict: Verdict;
  try {
    if (kind.useResponse === undefined) {
      fulfil(core, entry, response);
      return STAY;
    }
    const answer = entry.runInAsyncScope(kind.useResponse, kind, status, entry.task, response);
    verdict = checkVerdict(core, 'useResponse', answer);
    applyVerdict(core, seat, entry, verdict);
  } catch (error) {
    if (isOpen(entry)) fail(core, entry, hookError(core, 'useResponse', entry, error));
    return END;
  }
  return verdict;
}

/** Settles the task of a `perform` that threw, and returns the verdict. */
function verdictOnThrow(
  core: PoolCore,
  seat: Seat,
  status: WorkerStatus,
  entry: TaskEntry,
  encoded: EncodedError,
): WorkerVerdict {
  if (entry.place === 'settled') return KEEP;
  const { kind } = core;
  const thrown = decodeError(encoded);
  try {
    const answer = () => kind.onPerformError?.(status, entry.task, asError(thrown));
    const verdict = kind.onPerformError === undefined ? undefined : entry.runInAsyncScope(answer);
    if (verdict !== undefined) {
      checkVerdict(core, 'onPerformError', verdict);
      const isSettling = 'result' in verdict || verdict.error !== undefined;
      applyVerdict(core, seat, entry, isSettling ? verdict : { ...verdict, error: new PerformError(thrown) });
      return verdict;
    }
  } catch (error) {
    if (isOpen(entry)) fail(core, entry, hookError(core, 'onPerformError', entry, error));
    return END;
  }
  // A hook of the task may have cancelled it; the supervisor does not know yet.
  if (!isOpen(entry) || cancellationOf(entry) !== undefined) return KEEP;
  const error = new PerformError(thrown, entry.failed + entry.retriesByHook + 1, entry.failures);
  const isOver = !hasAttempts(core, entry);
  if (isOver || entry.isSpent)
    fail(core, entry, isOver ? error : new TransferSpentError(nameTask(kind, entry.task), error));
  else tryAgain(core, entry, error);
  return KEEP;
}

/**
 * Fails the task of a message that could not be cloned, and returns the verdict. After such a response the worker ends:
 * its state has moved past what the master knows. After a request that the worker could not read, the worker is
 * unchanged: it has performed nothing.
 */
function verdictOnUnsent(core: PoolCore, entry: TaskEntry, message: string, path: string): WorkerVerdict {
  const isRequest = path === 'request';
  const code = isRequest ? 'MARSHAL_REQUEST' : 'MARSHAL_RESPONSE';
  if (entry.place !== 'settled') failMarshal(core, entry, code, path, message);
  return isRequest ? KEEP : END;
}

/** Fails a task whose request or response cannot be cloned, and calls its kind's hook. */
export function failMarshal(
  core: PoolCore,
  entry: TaskEntry,
  code: 'MARSHAL_REQUEST' | 'MARSHAL_RESPONSE',
  path: string,
  message: string,
  cause?: unknown,
): void {
  const what = code === 'MARSHAL_REQUEST' ? 'request' : 'response';
  const text = `the ${what} of ${nameTask(core.kind, entry.task)} cannot be cloned at ${path}: ${shortText(message)}`;
  try {
    const answer: unknown = entry.runInAsyncScope(() => core.kind.onMarshalError?.(text, entry.task));
    refusePromise(core.kind, 'onMarshalError', answer);
  } catch (error) {
    warn(core, 'onMarshalError', error);
  }
  fail(core, entry, new MarshalError(code, path, text, cause));
}

/** Returns whether the task has not settled. */
function isOpen(entry: TaskEntry): boolean {
  return entry.place !== 'settled';
}

function applyVerdict(core: PoolCore, seat: Seat, entry: TaskEntry, verdict: Verdict): void {
  // The rules call this hook too, but only here can its error fail a task.
  if (verdict.type === 'stay') {
    refusePromise(core.kind, 'affinityOfCompetence', core.kind.affinityOfCompetence?.(verdict.competence));
  }
  const signal = entry.options?.signal;
  const bodies = bodiesOf(core, verdict.tasks);
  for (const task of verdict.tasks ?? []) {
    const followUp = admitUnder(entry, core, task, signal === undefined ? undefined : { signal }, seat.id);
    if (bodies !== undefined) reserve(core, entry, followUp, bodies.shift() as string);
  }
  // A hook of the task has cancelled it: the supervisor gets that event after the verdict has been applied.
  if (signal?.aborted) return;
  if (verdict.error !== undefined) fail(core, entry, verdict.error);
  else fulfil(core, entry, verdict.result);
}

/**
 * Returns the journal's records of follow-ups; `undefined` without a journal.
 * @throws the error of a task that cannot be written
 */
function bodiesOf({ journal }: PoolCore, tasks: readonly unknown[] | undefined): string[] | undefined {
  return journal === undefined ? undefined : tasks?.map((task) => bodyOf(task, { followUp: true }));
}

/** Reserves a journal record for a follow-up. It is written together with its origin's end. */
function reserve({ journal }: PoolCore, { record }: TaskEntry, followUp: TaskEntry, body: string): void {
  if (journal === undefined || record === undefined) return;
  followUp.record = journal.reserve(record, body, followUp);
  record.followUps = [...record.followUps, followUp.record];
}

/** Queues a follow-up in the context of the task whose verdict made it, so that traces show this origin. */
function admitUnder(entry: TaskEntry, ...follower: Parameters<typeof prepare>): TaskEntry {
  const admit = () => {
    const followUp = prepare(...follower);
    enqueue(follower[0], followUp);
    return followUp;
  };
  return entry.trace === undefined ? entry.runInAsyncScope(admit) : entry.trace.within(admit);
}

function checkVerdict(core: PoolCore, hook: string, verdict: unknown): Verdict {
  const type = (verdict as { type?: unknown } | null | undefined)?.type;
  const tasks = (verdict as { tasks?: unknown } | null | undefined)?.tasks;
  const isLegal = (type === 'stay' || type === 'end') && (tasks === undefined || Array.isArray(tasks));
  if (isLegal) {
    checkMembers(core, hook, verdict as Verdict);
    return verdict as Verdict;
  }
  refusePromise(core.kind, hook, verdict);
  const got = textOf(verdict);
  throw new KindError(
    hook,
    `${core.kind.name}.${hook} returned ${got}: it must be { type: 'stay', competence, tasks?: [...] } or { type: 'end', tasks?: [...] }`,
  );
}

/** Checks the members of a verdict: a misspelt one would be lost in silence. */
function checkMembers(core: PoolCore, hook: string, verdict: Verdict): void {
  for (const name in verdict) {
    if (MEMBERS.includes(name) || !Object.hasOwn(verdict, name)) continue;
    const all = `it may have ${MEMBERS.join(', ')}`;
    const what = `${core.kind.name}.${hook} returned a verdict with an unknown member ${name}`;
    throw new KindError(hook, `${what}${didYouMean(name, MEMBERS)}; ${all}`);
  }
}

function textOf(value: unknown): string {
  try {
    return typeof value === 'object' ? JSON.stringify(value) : describe(value);
  } catch {
    return describe(value);
  }
}

function hookError(core: PoolCore, hook: string, entry: TaskEntry, error: unknown): KindError {
  if (isOf(error, KindError)) return error;
  const task = nameTask(core.kind, entry.task);
  return new KindError(hook, `${core.kind.name}.${hook} threw on ${task}: ${wordsOf(error)}`, error);
}
