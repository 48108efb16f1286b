import { asError, isOf, wordsOf } from '../../actors/tooling.ts';
import { note } from './terminal.ts';

/** The exit code where some task or goal failed. */
export const SOME_FAILED = 1;
/** The exit code for wrong flags and bad input. */
export const BAD_INPUT = 2;
/** The exit codes after signals, as shells have them. A terminal that is closed says SIGHUP. */
const INTERRUPTED = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Says a user's mistake in one line, and remembers it in the exit code; the good part goes on. */
export function complain(problem: unknown): void {
  note(`statepool: ${inOneLine(wordsOf(problem))}`);
  process.exitCode = BAD_INPUT;
}

/** Says an error: in one line where the user can do something about it, with its stack where it is a defect of ours. */
export function failWith(error: unknown): void {
  const isOurs = !(isOf(error, Error) && 'code' in error);
  const words = wordsOf(error);
  note(`statepool: ${isOurs ? (asError(error).stack ?? words) : inOneLine(words)}`);
  process.exitCode = isOurs ? 70 : BAD_INPUT;
}

/** What the user's own code threw may have several lines. */
function inOneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ');
}

/**
 * Ends the program where its results cannot be written. A reader that has gone (`| head`) is no error: there is nobody left to
 * write to. Where only stderr is broken the work goes on, for its results are what it is for.
 */
export function endOnBrokenOutput(): void {
  onBroken(process.stdout, (why) => {
    note(`statepool: standard output cannot be written: ${why}`);
    process.exit(SOME_FAILED);
  });
  onBroken(process.stderr, () => {
    process.exitCode ??= SOME_FAILED;
  });
}

function onBroken(stream: NodeJS.WriteStream, end: (why: string) => void): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    // A terminal that was closed: its SIGHUP tells the rest.
    if (error.code === 'EIO' && stream.isTTY) return;
    end(
      error.code === 'ENOSPC'
        ? 'no space is left on the device (ENOSPC): free some space, or write to another device'
        : error.message,
    );
  });
}

/** The first signal to end ends the work cleanly, the second one at once. Answers a function that stops listening. */
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
