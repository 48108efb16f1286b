import { wordsOf } from '../errors/error-codec.ts';
import { SpawnError } from '../errors/errors.ts';
import { withRemedy } from '../errors/remedies.ts';
import type { Connection, StartOptions } from './host.ts';

/**
 * The workers' entry, beside this file: TypeScript if the program runs from source, otherwise one CommonJS file, which
 * Node starts without its asynchronous loader.
 */
export const entryUrl: URL = new URL(
  import.meta.url.endsWith('.ts') ? '../serve/entry.ts' : '../serve/entry.cjs',
  import.meta.url,
);

/** Returns all environment variables of a worker. */
export function environmentOf({ env, inheritEnv }: StartOptions): Record<string, string> {
  const all: Record<string, string | undefined> = inheritEnv ? { ...process.env, ...env } : { ...env };
  for (const [name, value] of Object.entries(all)) if (value === undefined) delete all[name];
  return all as Record<string, string>;
}

/** The connection of a worker that never started. */
export const noConnection: Connection = { send() {}, kill() {}, ref() {} };

/**
 * Returns the error for a process or thread that never started. It is the cause of the error that ends the pool, and
 * has the system's message and a remedy.
 */
export function startError(workerId: string, error: unknown): SpawnError {
  return new SpawnError(`worker ${workerId} could not be started: ${withRemedy(wordsOf(error))}`, error);
}
