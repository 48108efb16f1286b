import type { Entry } from './entry.ts';

/** The key of the entries that have none. */
const UNKEYED = Symbol('unkeyed');

interface Shelf {
  entries: Entry[];
  head: number;
  live: number;
}

/**
 * The queued entries by affinity key, each shelf in queue order: a worker that knows its key finds the first task for it
 * without a look at the others. Entries that left the queue are passed over and swept when they outnumber the rest.
 */
export class Shelves {
  readonly #shelves = new Map<string | symbol, Shelf>();
  /** How many shelves nothing stands on. A map that loses and gets keys all the time is rebuilt again and again: they stay. */
  #empty = 0;

  /** Files an entry: at the end, at the head, or where `isBefore` puts it. */
  add(entry: Entry, where: 'end' | 'head' | ((a: Entry, b: Entry) => boolean)): void {
    const key = entry.key ?? UNKEYED;
    let shelf = this.#shelves.get(key);
    if (shelf === undefined) {
      shelf = { entries: [], head: 0, live: 0 };
      this.#shelves.set(key, shelf);
    } else if (shelf.live === 0) this.#empty--;
    shelf.live++;
    if (where === 'end') shelf.entries.push(entry);
    else if (where === 'head') {
      if (shelf.head > 0) shelf.entries[--shelf.head] = entry;
      else shelf.entries.unshift(entry);
    } else shelf.entries.splice(placeOf(shelf, entry, where), 0, entry);
  }

  /** Tells that an entry has left the queue. */
  left(entry: Entry): void {
    const key = entry.key ?? UNKEYED;
    const shelf = this.#shelves.get(key);
    if (shelf === undefined) return;
    if (--shelf.live === 0) {
      shelf.entries.length = 0;
      shelf.head = 0;
      if (++this.#empty > 64 + this.#shelves.size / 2) this.#dropEmpty();
    } else if (shelf.entries.length - shelf.head > 2 * shelf.live + 32) sweep(shelf);
  }

  /** The entries of one key, or of none, that are still queued, in order. */
  *of(key: string | undefined): Generator<Entry> {
    const shelf = this.#shelves.get(key ?? UNKEYED);
    if (shelf === undefined) return;
    const { entries } = shelf;
    while (shelf.head < entries.length && entries[shelf.head]?.place !== 'queued') shelf.head++;
    if (shelf.head > 1024 && shelf.head > entries.length >> 1) sweep(shelf);
    for (let i = shelf.head; i < shelf.entries.length; i++) {
      const entry = shelf.entries[i];
      if (entry?.place === 'queued') yield entry;
    }
  }

  /** The keys that have queued entries; `undefined` is not among them. */
  *keys(): Generator<string> {
    for (const [key, { live }] of this.#shelves) if (live > 0 && typeof key === 'string') yield key;
  }

  clear(): void {
    this.#shelves.clear();
    this.#empty = 0;
  }

  #dropEmpty(): void {
    for (const [key, { live }] of this.#shelves) if (live === 0) this.#shelves.delete(key);
    this.#empty = 0;
  }
}

function sweep(shelf: Shelf): void {
  shelf.entries = shelf.entries.slice(shelf.head).filter((entry) => entry.place === 'queued');
  shelf.head = 0;
}

function placeOf(shelf: Shelf, entry: Entry, isBefore: (a: Entry, b: Entry) => boolean): number {
  let low = shelf.head;
  let high = shelf.entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(shelf.entries[middle] as Entry, entry)) low = middle + 1;
    else high = middle;
  }
  return low;
}
