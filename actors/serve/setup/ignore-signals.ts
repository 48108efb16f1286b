/**
 * The first import of a worker's entry. The program handles the signals to its process group, such as Ctrl-C. A worker
 * ignores them and goes on until the pool ends it, or until the program is gone. Code of the kind that listens for a
 * signal still receives it.
 */
import { isMainThread } from 'node:worker_threads';

/** The signals that terminals, service managers and watchers send to all processes of a program. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;

// Threads get no signals.
if (isMainThread) for (const signal of SIGNALS) if (hasSignal(signal)) process.on(signal, () => {});

/** Returns whether the system has a signal. Windows lacks some of them. */
function hasSignal(signal: NodeJS.Signals): boolean {
  return process.platform !== 'win32' || !['SIGQUIT', 'SIGUSR2'].includes(signal);
}
