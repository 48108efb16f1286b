import type { Entry } from './entry.ts';

const TOP = 24;

/**
 * A skip list over an ordered queue. Its ground level is the queue's own list. A task finds its place among a million
 * in a few dozen comparisons. Used only while an order or a priority is in force.
 */
export class SkipList {
  readonly #heads: (Entry | null)[] = [];
  readonly #isBefore: (a: Entry, b: Entry) => boolean;
  #coin = 0x9e3779b9;

  constructor(isBefore: (a: Entry, b: Entry) => boolean) {
    this.#isBefore = isBefore;
  }

  /**
   * Links an entry into the levels; returns the entry that it comes after, `null` at the head. A comparison that throws
   * does so before anything is linked.
   */
  insert(entry: Entry, first: Entry | null): Entry | null {
    const height = this.#toss();
    while (this.#heads.length < height) this.#heads.push(null);
    const before: (Entry | null)[] = new Array(height).fill(null);
    let at: Entry | null = null;
    for (let level = this.#heads.length - 1; level >= 0; level--) {
      at = this.#walk(at, level, entry);
      if (level < height) before[level] = at;
    }
    let next = at === null ? first : at.next;
    while (next !== null && this.#isBefore(next, entry)) {
      at = next;
      next = next.next;
    }
    entry.levels = height > 0 ? before.map((from, level) => this.#after(from, level)) : null;
    for (let level = 0; level < height; level++) this.#link(before[level] ?? null, level, entry);
    return at;
  }

  /** Unlinks an entry; returns false if the order no longer finds it, because its task has changed. */
  remove(entry: Entry): boolean {
    if (entry.levels === null) return true;
    let at: Entry | null = null;
    for (let level = this.#heads.length - 1; level >= 0; level--) {
      at = this.#walk(at, level, entry);
      if (level >= entry.levels.length) continue;
      if (this.#after(at, level) !== entry) return false;
      this.#link(at, level, entry.levels[level] ?? null);
    }
    entry.levels = null;
    return true;
  }

  #walk(from: Entry | null, level: number, entry: Entry): Entry | null {
    let at = from;
    let next = this.#after(at, level);
    while (next !== null && next !== entry && this.#isBefore(next, entry)) {
      at = next;
      next = this.#after(at, level);
    }
    return at;
  }

  #after(at: Entry | null, level: number): Entry | null {
    return (at === null ? this.#heads[level] : at.levels?.[level]) ?? null;
  }

  #link(at: Entry | null, level: number, to: Entry | null): void {
    if (at === null) this.#heads[level] = to;
    else if (at.levels !== null) at.levels[level] = to;
  }

  /**
   * Returns the height of a new entry: a quarter of the entries reach each next level. The coin is seeded: the same
   * pushes give the same levels.
   */
  #toss(): number {
    this.#coin ^= this.#coin << 13;
    this.#coin ^= this.#coin >>> 17;
    this.#coin ^= this.#coin << 5;
    return Math.min(TOP, Math.clz32(this.#coin >>> 0) >> 1);
  }
}
