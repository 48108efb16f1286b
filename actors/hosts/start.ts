import { wordsOf } from '../errors/error-codec.ts';
import { SpawnError } from '../errors/errors.ts';
import { withRemedy } from '../errors/remedies.ts';
import type { Connection } from './host.ts';

/**
 * The workers' entry, beside this file: TypeScript if the program runs from source, otherwise one CommonJS file, which
 * Node starts without its asynchronous loader.
 */
export const entryUrl: URL = new URL(
  import.meta.url.endsWith('.ts') ? '../serve/entry.ts' : '../serve/entry.cjs',
  import.meta.url,
);

/** The connection of a worker that never started. */
export const noConnection: Connection = { send() {}, kill() {}, ref() {} };

/**
 * Returns the error for a process or thread that never started. It is the cause of the error that ends the pool, and
 * has the system's message and a remedy.
 */
export function startError(workerId: string, error: unknown): SpawnError {
  return new SpawnError(`worker ${workerId} could not be started: ${withRemedy(wordsOf(error))}`, error);
}
