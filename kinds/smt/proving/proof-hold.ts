import type { Verdict, WorkerStatus } from '../../kind.ts';
import type { SessionResponse } from '../session/messages.ts';
import { SmtError } from '../text/errors.ts';
import { lossOf } from './failures.ts';
import {
  type GoalResult,
  type ModelTask,
  type ProofCompetence,
  type ProofTask,
  type ReleaseTask,
  type RepairTask,
  settle,
  vitalsOf,
} from './tasks.ts';

type Status = WorkerStatus<ProofCompetence>;
type ProofVerdict = Verdict<ProofTask, ProofCompetence, GoalResult | null>;

/** Returns the verdict of a worker that releases its goal: it takes checks again, or ends if its task was one-shot. */
function released(status: Status, outcome: { result: GoalResult | null } | { error: Error }): ProofVerdict {
  if (status.type === 'fresh' || status.competence.oneShot) return { type: 'end', ...outcome };
  return { type: 'stay', competence: { ...status.competence, goal: undefined }, ...outcome };
}

/** Returns the verdict of a worker that still holds its goal. */
function holding(status: Status, outcome: { result: GoalResult | null } | { error: Error }): ProofVerdict {
  if (status.type === 'fresh') return { type: 'end', ...outcome };
  return { type: 'stay', competence: status.competence, ...outcome };
}

const problemOf = (response: SessionResponse): string =>
  response.type === 'mismatch' ? response.problem : `it answered '${response.type}'`;

/** The error of a task for a holder that does not hold the goal. */
function lost(key: string, response: SessionResponse): SmtError {
  return new SmtError('SMT_LOST', `the worker does not hold goal ${key}: ${problemOf(response)}`);
}

/** Returns the verdict on an answer to `model`. The result of the goal stands, with or without its model. */
export function useModel(status: Status, task: ModelTask, response: SessionResponse): ProofVerdict {
  const found = task.of?.result ?? { verdict: 'sat' as const, ...vitalsOf(response) };
  const hasModel = response.type === 'model' && response.text !== undefined;
  const why = response.type === 'model' ? (response.reason ?? 'the solver has none') : problemOf(response);
  const result: GoalResult = hasModel ? { ...found, model: response.text } : lossOf(found, why);
  if (task.of) settle(task.of.task, result);
  if (response.type !== 'model') return { type: 'end', result };
  return task.release ? released(status, { result }) : holding(status, { result });
}

/** Returns the verdict on an answer to `repair`: the worker still holds its goal unless the repair proved it. */
export function useRepair(status: Status, task: RepairTask, response: SessionResponse): ProofVerdict {
  if (response.type === 'error') {
    const { line, column } = response.at;
    const message = `the solver refuses the repair at its line ${line}, column ${column}: ${response.message}`;
    return holding(status, { error: new SmtError('SMT_REJECTED', message) });
  }
  if (response.type !== 'verdict') return { type: 'end', error: lost(task.key, response) };
  const { verdict, reason, rlimit, model, dropped, broken } = response;
  const result: GoalResult = {
    verdict,
    ...(reason === undefined ? {} : { reason }),
    ...(rlimit === undefined ? {} : { rlimit }),
    ...(model === undefined ? {} : { model }),
    ...vitalsOf(response),
  };
  // A solver that was stopped during a check has lost its context, and the goal with it: a fresh worker is the simplest
  // cure.
  if (broken || dropped) return { type: 'end', result };
  return verdict === 'unsat' ? released(status, { result }) : holding(status, { result });
}

/** Returns the verdict on an answer to `release`. */
export function useRelease(status: Status, task: ReleaseTask, response: SessionResponse): ProofVerdict {
  if (response.type !== 'released') return { type: 'end', error: lost(task.key, response) };
  return released(status, { result: null });
}

/** Returns the verdict after the solver of a holder died: its goal is lost too. */
export function onHolderError(task: Exclude<ProofTask, { type: 'check' | 'run' }>, error: Error): ProofVerdict {
  if (task.type !== 'model' || !task.of) return { type: 'end', error };
  const result = lossOf(task.of.result, error.message);
  settle(task.of.task, result);
  return { type: 'end', result };
}
