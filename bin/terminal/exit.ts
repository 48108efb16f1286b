import { asError, isOf, wordsOf } from '../../actors/tooling.ts';
import { BAD_INPUT } from './exit-codes.ts';
import { note } from './terminal.ts';

/** Reports a user's error in one line and sets the exit code. The command goes on with the good part of its input. */
export function complain(problem: unknown, exitCode = BAD_INPUT): void {
  note(`statepool: ${inOneLine(wordsOf(problem))}`);
  process.exitCode = exitCode;
}

/**
 * Reports an error and sets the exit code: in one line if the user can correct it, with its stack if it is a defect of
 * statepool.
 */
export function failWith(error: unknown): void {
  const isOurs = !(isOf(error, Error) && 'code' in error);
  const words = wordsOf(error);
  note(`statepool: ${isOurs ? (asError(error).stack ?? words) : inOneLine(words)}`);
  process.exitCode = isOurs ? 70 : BAD_INPUT;
}

/** Joins the lines of a text: a user's code may throw errors with several lines. */
function inOneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ');
}
