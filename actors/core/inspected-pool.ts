import type { PoolState } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import { UsageError } from '../errors/errors.ts';
import type { Host } from '../hosts/host.ts';
import type { AnyKind } from '../kind-module/check-kind.ts';
import type { Counts, PoolCore, WorkerHandle } from './pool-core.ts';

/** A running pool as the inspector and the terminal see it. It is the pool's own state, and changes with it: read only. */
export interface InspectedPool {
  /** The id of the pool. */
  readonly id: string;
  readonly kind: AnyKind;
  readonly options: { readonly host: Host };
  readonly state: PoolState;
  readonly counts: Readonly<Counts>;
  /** How many tasks are accepted and not settled. */
  readonly pending: number;
  /** By worker: the numbers of its process or thread. */
  readonly links: ReadonlyMap<Seat, Pick<WorkerHandle, 'pid' | 'threadId' | 'utilization'>>;
  /** Each is told of what no snapshot keeps; who is added here must be deleted again. */
  readonly watchers: PoolCore['watchers'];
}

/** The inspectable pools, by supervisor. */
const pools = new WeakMap<object, InspectedPool>();

/** Lets a pool be found by its supervisor. */
export function openToInspection(actor: object, core: PoolCore): void {
  pools.set(actor, core);
}

/** The inside of a pool. @throws {UsageError} where the value is no pool of this package */
export function inspectPool(pool: { readonly actor: object }): InspectedPool {
  const actor = (pool as { readonly actor?: object } | null | undefined)?.actor;
  const found = actor === undefined ? undefined : pools.get(actor);
  if (found === undefined) {
    throw new UsageError(`${String(pool)} is not a pool of this package: pass the pool that createPool returned`);
  }
  return found;
}
