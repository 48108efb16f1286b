import { wordsOf } from '../errors/error-codec.ts';
import { SpawnError } from '../errors/errors.ts';
import { withRemedy } from '../errors/remedies.ts';
import type { Connection } from './host.ts';

/**
 * The entry of workers as it stands beside this file: TypeScript where the program runs from source, else one file of
 * CommonJS, which Node starts without its asynchronous loader.
 */
export const entryUrl: URL = new URL(
  import.meta.url.endsWith('.ts') ? '../serve/entry.ts' : '../serve/entry.cjs',
  import.meta.url,
);

/** The connection of a worker that was never there. */
export const nobody: Connection = { send() {}, kill() {}, ref() {} };

/** Why a process or thread was never there, for the error that ends the pool: what the system said, and what helps. */
export function startError(workerId: string, error: unknown): SpawnError {
  return new SpawnError(`worker ${workerId} could not be started: ${withRemedy(wordsOf(error))}`, error);
}
