import type { EventEmitter } from 'node:events';
import type { PoolState } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import { UsageError } from '../errors/errors.ts';
import type { Host } from '../hosts/host.ts';
import type { AnyKind } from '../kind-module/check-kind.ts';
import type { Counts, PoolCore, WorkerHandle } from './pool-core.ts';

/** A running pool as the inspector and the terminal see it: the pool's own live state. Read only. */
export interface InspectedPool {
  /** The id of the pool. */
  readonly id: string;
  readonly kind: AnyKind;
  readonly options: { readonly host: Host };
  readonly state: PoolState;
  readonly counts: Readonly<Counts>;
  /** The number of accepted tasks that have not settled. */
  readonly pending: number;
  /** The ids of the process or thread of each worker. */
  readonly links: ReadonlyMap<Seat, Pick<WorkerHandle, 'pid' | 'threadId' | 'utilization'>>;
  /** The pool's events. Remove each listener that you add. */
  readonly emitter: Pick<EventEmitter, 'on' | 'off'>;
  /** The observers of events that no snapshot keeps. Delete each observer that you add. */
  readonly watchers: PoolCore['watchers'];
}

/** The inspectable pools, by supervisor. */
const pools = new WeakMap<object, InspectedPool>();

/** Lets `inspectPool` find a pool by its supervisor's actor. */
export function openToInspection(actor: object, core: PoolCore): void {
  pools.set(actor, core);
}

/** Returns the inside of a pool. @throws {UsageError} for a value that is no pool of this package */
export function inspectPool(pool: { readonly actor: object }): InspectedPool {
  const actor = (pool as { readonly actor?: object } | null | undefined)?.actor;
  const found = actor === undefined ? undefined : pools.get(actor);
  if (found === undefined) {
    throw new UsageError(`${String(pool)} is not a pool of this package: pass the pool that createPool returned`);
  }
  return found;
}
