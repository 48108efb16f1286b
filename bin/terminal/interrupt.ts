import { note } from './terminal.ts';

/** The exit codes after signals, as in shells. A terminal that is closed sends SIGHUP. */
const INTERRUPTED = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

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
