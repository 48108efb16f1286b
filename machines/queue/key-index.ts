import type { Entry } from './entry.ts';

/** The key that stands for no key. */
const UNKEYED = Symbol('unkeyed');

interface KeyList {
  entries: Entry[];
  head: number;
  live: number;
}

/**
 * The queued entries by affinity key: one list for each key, in queue order. A worker that knows its key finds its
 * first task without trying the others. Entries that left the queue are skipped, and removed when they outnumber the
 * rest.
 */
export class KeyIndex {
  readonly #keyIndex = new Map<string | symbol, KeyList>();
  /**
   * The number of empty key lists. They are kept for a while: a map that loses and gets keys all the time is rebuilt
   * again and again.
   */
  #empty = 0;

  /** Adds an entry: at the end, at the head, or where `isBefore` puts it. */
  add(entry: Entry, where: 'end' | 'head' | ((a: Entry, b: Entry) => boolean)): void {
    const key = entry.key ?? UNKEYED;
    let list = this.#keyIndex.get(key);
    if (list === undefined) {
      list = { entries: [], head: 0, live: 0 };
      this.#keyIndex.set(key, list);
    } else if (list.live === 0) this.#empty--;
    list.live++;
    if (where === 'end') list.entries.push(entry);
    else if (where === 'head') {
      if (list.head > 0) list.entries[--list.head] = entry;
      else list.entries.unshift(entry);
    } else list.entries.splice(placeOf(list, entry, where), 0, entry);
  }

  /** Counts an entry that has left the queue. */
  left(entry: Entry): void {
    const key = entry.key ?? UNKEYED;
    const list = this.#keyIndex.get(key);
    if (list === undefined) return;
    if (--list.live === 0) {
      list.entries.length = 0;
      list.head = 0;
      if (++this.#empty > 64 + this.#keyIndex.size / 2) this.#dropEmpty();
    } else if (list.entries.length - list.head > 2 * list.live + 32) sweep(list);
  }

  /** Yields the queued entries of one key, or of none, in order. */
  *of(key: string | undefined): Generator<Entry> {
    const list = this.#keyIndex.get(key ?? UNKEYED);
    if (list === undefined) return;
    const { entries } = list;
    while (list.head < entries.length && entries[list.head]?.place !== 'queued') list.head++;
    if (list.head > 1024 && list.head > entries.length >> 1) sweep(list);
    for (let i = list.head; i < list.entries.length; i++) {
      const entry = list.entries[i];
      if (entry?.place === 'queued') yield entry;
    }
  }

  /** The number of keys that have queued entries; no key counts as one. */
  get living(): number {
    return this.#keyIndex.size - this.#empty;
  }

  /** Returns the number of queued entries of one key. */
  countOf(key: string): number {
    return this.#keyIndex.get(key)?.live ?? 0;
  }

  /** Yields the keys that have queued entries; `undefined` is not among them. */
  *keys(): Generator<string> {
    for (const [key, { live }] of this.#keyIndex) if (live > 0 && typeof key === 'string') yield key;
  }

  clear(): void {
    this.#keyIndex.clear();
    this.#empty = 0;
  }

  #dropEmpty(): void {
    for (const [key, { live }] of this.#keyIndex) if (live === 0) this.#keyIndex.delete(key);
    this.#empty = 0;
  }
}

function sweep(list: KeyList): void {
  list.entries = list.entries.slice(list.head).filter((entry) => entry.place === 'queued');
  list.head = 0;
}

function placeOf(list: KeyList, entry: Entry, isBefore: (a: Entry, b: Entry) => boolean): number {
  let low = list.head;
  let high = list.entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(list.entries[middle] as Entry, entry)) low = middle + 1;
    else high = middle;
  }
  return low;
}
