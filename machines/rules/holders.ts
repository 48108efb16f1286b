import type { Entry } from '../queue/entry.ts';
import type { PoolState } from '../state/pool-state.ts';
import type { Seat } from '../state/seat.ts';
import { allowanceOf, isLate } from './patience.ts';

/** The most tasks that are looked at in one decision of a pool without keys. */
export const MOST_SEEN = 1024;

/** The busy workers for which a queued task may wait, because they will take it as they are. */
export class Holders {
  readonly #pool: PoolState;
  /** The number of holders of each key. */
  readonly keys = new Map<string, number>();
  /** The old holders; in a pool with keys only those matter for tasks without a key. */
  readonly #old: Seat[] = [];
  /** The number of queued tasks that wait for each old holder. */
  readonly #waiting: number[] = [];
  readonly #allowance: number;

  constructor(pool: PoolState) {
    this.#pool = pool;
    this.#allowance = allowanceOf(pool);
    for (const seat of pool.seats.values()) {
      if (!isHolding(pool, seat)) continue;
      if (seat.key !== undefined) this.keys.set(seat.key, (this.keys.get(seat.key) ?? 0) + 1);
      if (seat.status.type !== 'old') continue;
      this.#old.push(seat);
      this.#waiting.push(0);
    }
  }

  /** Returns whether a worker will take this task as it is: one that has not too many such tasks before it. */
  keep(entry: Entry, isOwn: (seat: Seat, entry: Entry) => boolean): boolean {
    let best = -1;
    for (const [i, seat] of this.#old.entries()) {
      const isBetter = best < 0 || (this.#waiting[i] as number) < (this.#waiting[best] as number);
      if (isBetter && isOwn(seat, entry)) best = i;
    }
    if (best < 0) return false;
    const waiting = (this.#waiting[best] as number) + 1;
    this.#waiting[best] = waiting;
    return waiting <= this.#allowance;
  }

  /** Returns whether any worker will take this task as it is, however many wait before it. */
  hasHolder(entry: Entry, isOwn: (seat: Seat, entry: Entry) => boolean): boolean {
    return this.#old.some((seat) => isOwn(seat, entry));
  }

  /**
   * Returns how many more workers the queued tasks of a key are worth: one if nobody holds it, more if its tasks wait
   * longer than another worker costs.
   */
  wantedFor(key: string): number {
    const queued = this.#pool.queue.countOf(key);
    const holders = this.keys.get(key) ?? 0;
    const worth = this.#allowance === 0 ? queued : Math.ceil(queued / this.#allowance) - holders;
    return Math.min(queued, Math.max(holders === 0 ? 1 : 0, worth));
  }

  /** Returns the held keys whose queued tasks may wait for their holders. */
  get served(): Set<string> {
    const served = new Set<string>();
    for (const [key, holders] of this.keys) {
      if (this.#pool.queue.countOf(key) <= holders * this.#allowance) served.add(key);
    }
    return served;
  }

  /** Returns the held key whose queued tasks exceed most what may wait for its holders; none if no key does. */
  longestKey(): string | undefined {
    let longest: string | undefined;
    let most = 0;
    for (const [key, holders] of this.keys) {
      const excess = this.#pool.queue.countOf(key) / holders - this.#allowance;
      if (excess > most) [longest, most] = [key, excess];
    }
    return longest;
  }
}

/** Returns whether a worker is busy, will be offered the queue again, and is expected soon. */
function isHolding(pool: PoolState, seat: Seat): boolean {
  if (seat.phase === 'free') return seat.isRecalled;
  return seat.phase === 'busy' && seat.slot < pool.size && !isLate(pool, seat);
}

/** Returns whether a worker takes this task in its present status. */
export function takes(pool: PoolState): (seat: Seat, entry: Entry) => boolean {
  return (seat, entry) => pool.queue.accepts(seat.cursor, entry);
}

/** Returns whether a worker takes this task in its present status, and prefers it. */
export function wants(pool: PoolState): (seat: Seat, entry: Entry) => boolean {
  return ({ cursor }, entry) => pool.queue.accepts(cursor, entry) && pool.queue.prefers(cursor, entry);
}
