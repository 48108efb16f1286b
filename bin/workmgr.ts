import { startWorkManager } from '../tokens/workmgr-server.ts';
import { failWith } from './terminal/exit.ts';
import { note, print } from './terminal/terminal.ts';

/** The flags of `statepool workmgr`. */
export interface WorkManagerFlags {
  readonly jobs: number;
}

/**
 * Runs a work manager until a signal ends it. Prints the variables that lead programs to it, a line each, in the form that
 * a shell reads.
 */
export async function workmgr({ jobs }: WorkManagerFlags): Promise<void> {
  try {
    const manager = await startWorkManager(jobs);
    for (const [name, value] of Object.entries(manager.env)) print(`${name}=${value}\n`);
    note(`statepool workmgr: ${jobs} job slots; set both variables in the environment of the programs; Ctrl-C ends it`);
    const end = () => void manager.close();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  } catch (error) {
    failWith(error);
  }
}
