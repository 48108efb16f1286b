import type { RefusedSetting } from '../engine/engine.ts';
import type { SessionResponse } from '../session/messages.ts';
import type { DocumentNote } from '../text/document.ts';
import { GoalError, type SmtErrorCode } from '../text/errors.ts';
import { type Goal, placeInFile } from '../text/goal.ts';
import type { CheckTask, GoalResult } from './tasks.ts';

type ErrorResponse = Extract<SessionResponse, { type: 'error' }>;

/** The error of a goal with a refused command in its context, at the command's place in the file. */
export function rejectionOf(goal: Goal, { message, at }: ErrorResponse): GoalError {
  return new GoalError('SMT_REJECTED', goal.file, goal.rejected ?? placeInFile(goal, at), message);
}

/** Returns the note about a setting that has no effect on a goal, at its place in the file. */
export function warningOf(goal: Goal, { setting, message }: RefusedSetting): DocumentNote {
  const { line, column } = (setting === 'logic' ? goal.logicAt : goal.optionsAt[setting]) ?? goal;
  return { line, column, message };
}

/** The error of a goal that crashed its workers. */
export function crashOf({ goal }: CheckTask, cause: Error): GoalError {
  return new GoalError('SMT_CRASHED', goal.file, goal, `solver crashed: ${cause.message}`, { cause });
}

/** The error of a goal for which no attempt found a worker in the expected state. */
export function mismatchOf({ goal }: CheckTask, problem: string): GoalError {
  return new GoalError(
    'SMT_MISMATCH',
    goal.file,
    goal,
    `its worker did not hold the expected goal or context: ${problem}`,
  );
}

/** The result of a goal that has its verdict, but lost its model with its worker. */
export function lossOf({ pending: _, ...result }: GoalResult, why: string): GoalResult {
  return { ...result, reason: `the model is lost: ${why}` };
}

/** Returns the literal code of an error, or of the error from the worker that is its cause. */
export function codeOf(error: Error): SmtErrorCode | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'string' && code.startsWith('SMT_')) return code as SmtErrorCode;
  }
  return undefined;
}
