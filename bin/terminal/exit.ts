import { asError, isOf, wordsOf } from '../../actors/tooling.ts';
import { BAD_INPUT } from './exit-codes.ts';
import { note } from './terminal.ts';

/** The exit codes after signals, as in shells. A terminal that is closed sends SIGHUP. */
const INTERRUPTED = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

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

/**
 * Calls `end` at the first signal, for a clean end; a second signal ends the program at once. Returns a function that
 * removes the listeners.
 */
export function onInterrupt(end: () => Promise<unknown>): () => void {
  const signals = Object.keys(INTERRUPTED) as (keyof typeof INTERRUPTED)[];
  let count = 0;
  const listener = (signal: NodeJS.Signals) => {
    const code = INTERRUPTED[signal as keyof typeof INTERRUPTED];
    if (++count > 1) process.exit(code);
    note(`statepool: ${signal}: the workers end now; send the signal again to exit at once`);
    process.exitCode = code;
    void end();
  };
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}
