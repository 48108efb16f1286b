import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { wordsOf } from '../errors/error-codec.ts';
import { SpawnError, UsageError } from '../errors/errors.ts';
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

/** Is true if the entry is known to be in its place. */
let isInPlace = false;

/**
 * Checks that the workers' entry is in its place. A bundler takes the pool's code away from it.
 *
 * @throws {UsageError} with the remedy
 */
export function checkEntry(): void {
  isInPlace ||= existsSync(entryUrl);
  if (isInPlace) return;
  throw new UsageError(
    `the file of the workers, ${fileURLToPath(entryUrl)}, does not exist: a bundler has moved the code of statepool away from it; name statepool as external in the bundler's options`,
  );
}

/**
 * Checks that a process can be started from Node's own executable. A single executable application would start itself.
 *
 * @throws {UsageError} with the remedy
 */
export function checkExecutable(): void {
  const { isSea } = process.getBuiltinModule('node:sea') ?? {};
  if (isSea?.() !== true) return;
  throw new UsageError(
    "a single executable application has no workers on the host process, because each would be the application again: use host 'thread'",
  );
}

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
