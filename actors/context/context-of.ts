import { UsageError } from '../errors/errors.ts';
import type { Core } from './pool-context.ts';

/** By supervisor: what the inspector may look into, and nobody else. */
const cores = new WeakMap<object, Core>();

/** Lets the core of a pool be found by its supervisor. */
export function openToView(actor: object, core: Core): void {
  cores.set(actor, core);
}

/** The core of a pool. @throws {UsageError} where the value is no pool of this package */
export function coreOf(pool: { readonly actor: object }): Core {
  const actor = (pool as { readonly actor?: object } | null | undefined)?.actor;
  const core = actor === undefined ? undefined : cores.get(actor);
  if (core === undefined) {
    throw new UsageError(
      `${String(pool)} is not a pool that createPool of this package has made: pass what it answered`,
    );
  }
  return core;
}
