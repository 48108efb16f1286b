import type { Entry } from './entry.ts';

const TOP = 24;

/**
 * The express lanes over a queue in order: a skip list whose ground lane is the queue's own list, so that a task finds
 * its place among a million in a few dozen comparisons. Used only while an order or a priority is in force.
 */
export class SkipList {
  readonly #heads: (Entry | null)[] = [];
  readonly #isBefore: (a: Entry, b: Entry) => boolean;
  #coin = 0x9e3779b9;

  constructor(isBefore: (a: Entry, b: Entry) => boolean) {
    this.#isBefore = isBefore;
  }

  /**
   * Links an entry into the lanes; answers the entry that it comes after, `null` at the head. A comparison that throws
   * does so before anything is linked.
   */
  insert(entry: Entry, first: Entry | null): Entry | null {
    const height = this.#toss();
    while (this.#heads.length < height) this.#heads.push(null);
    const before: (Entry | null)[] = new Array(height).fill(null);
    let at: Entry | null = null;
    for (let lane = this.#heads.length - 1; lane >= 0; lane--) {
      at = this.#walk(at, lane, entry);
      if (lane < height) before[lane] = at;
    }
    let next = at === null ? first : at.next;
    while (next !== null && this.#isBefore(next, entry)) {
      at = next;
      next = next.next;
    }
    entry.levels = height > 0 ? before.map((from, lane) => this.#after(from, lane)) : null;
    for (let lane = 0; lane < height; lane++) this.#link(before[lane] ?? null, lane, entry);
    return at;
  }

  /** Unlinks an entry; false where the order no longer finds it, because what it compares has changed. */
  remove(entry: Entry): boolean {
    if (entry.levels === null) return true;
    let at: Entry | null = null;
    for (let lane = this.#heads.length - 1; lane >= 0; lane--) {
      at = this.#walk(at, lane, entry);
      if (lane >= entry.levels.length) continue;
      if (this.#after(at, lane) !== entry) return false;
      this.#link(at, lane, entry.levels[lane] ?? null);
    }
    entry.levels = null;
    return true;
  }

  #walk(from: Entry | null, lane: number, entry: Entry): Entry | null {
    let at = from;
    let next = this.#after(at, lane);
    while (next !== null && next !== entry && this.#isBefore(next, entry)) {
      at = next;
      next = this.#after(at, lane);
    }
    return at;
  }

  #after(at: Entry | null, lane: number): Entry | null {
    return (at === null ? this.#heads[lane] : at.levels?.[lane]) ?? null;
  }

  #link(at: Entry | null, lane: number, to: Entry | null): void {
    if (at === null) this.#heads[lane] = to;
    else if (at.levels !== null) at.levels[lane] = to;
  }

  /** A quarter of the entries reach each next lane. A seeded coin: the same pushes give the same lanes. */
  #toss(): number {
    this.#coin ^= this.#coin << 13;
    this.#coin ^= this.#coin >>> 17;
    this.#coin ^= this.#coin << 5;
    return Math.min(TOP, Math.clz32(this.#coin >>> 0) >> 1);
  }
}
