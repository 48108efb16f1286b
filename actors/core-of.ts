import type { Core } from './core.ts';
import { UsageError } from './errors.ts';

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
    throw new UsageError(`${String(pool)} is not a pool of this package: pass the pool that createPool returned`);
  }
  return core;
}
