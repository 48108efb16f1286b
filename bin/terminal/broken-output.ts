import { SOME_FAILED } from './exit-codes.ts';
import { note } from './terminal.ts';

/**
 * Ends the program if its results cannot be written. A closed pipe (`| head`) is no error, since its reader needs no
 * more. If only stderr is broken, the work goes on: the results are still readable.
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
    // The terminal was closed: its SIGHUP ends the program.
    if (error.code === 'EIO' && stream.isTTY) return;
    end(
      error.code === 'ENOSPC'
        ? 'no space is left on the device (ENOSPC): free some space, or write to another device'
        : error.message,
    );
  });
}
