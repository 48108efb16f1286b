/**
 * The first import of a worker's entry. A signal to the program's process group, as Ctrl-C makes one, is the program's to
 * handle: a worker goes on until the pool ends it, or until the program is gone. Code of the kind's that listens for a signal
 * hears of it all the same.
 */
import { isMainThread } from 'node:worker_threads';

/** What terminals, service managers and watchers send to all that a program has started. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;

// Threads get no signals.
if (isMainThread) for (const signal of SIGNALS) if (hasSignal(signal)) process.on(signal, () => {});

/** Windows has no name for some of them. */
function hasSignal(signal: NodeJS.Signals): boolean {
  return process.platform !== 'win32' || !['SIGQUIT', 'SIGUSR2'].includes(signal);
}
