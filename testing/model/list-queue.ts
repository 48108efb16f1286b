import { type Compare, type Entry, move } from '../../machines/queue/entry.ts';
import type { MatchCursor } from '../../machines/queue/match-cursor.ts';
import type { Accept, Keys, Queue } from '../../machines/queue/queue.ts';

/** The simplest form of the pool's queue: a list that is always in order, searched from its head, and easy to copy. */
export class ListQueue implements Queue {
  readonly #accept: Accept;
  readonly #prefer: Accept;
  readonly entries: Entry[];
  #last: number;
  #first: number;
  #order: Compare | undefined;

  constructor(accept: Accept, prefer: Accept, from?: ListQueue, entries: Entry[] = []) {
    this.#accept = accept;
    this.#prefer = prefer;
    this.entries = entries;
    this.#last = from === undefined ? 0 : from.#last;
    this.#first = from === undefined ? 0 : from.#first;
    this.#order = from === undefined ? undefined : from.#order;
  }

  get length(): number {
    return this.entries.length;
  }

  get lastTurn(): number {
    return this.#last;
  }

  push(entry: Entry): void {
    entry.turn = ++this.#last;
    this.#add(entry);
  }

  unshift(entry: Entry): void {
    entry.turn = --this.#first;
    this.#add(entry);
  }

  remove(entry: Entry): void {
    if (entry.place !== 'queued') return;
    move(entry, 'held');
    this.entries.splice(this.entries.indexOf(entry), 1);
  }

  first(cursor: MatchCursor): Entry | undefined {
    return this.entries.find((entry) => this.#accept(cursor, entry));
  }

  accepts(cursor: MatchCursor, entry: Entry): boolean {
    return this.#accept(cursor, entry);
  }

  firstWanted(cursor: MatchCursor): Entry | undefined {
    return this.entries.find((entry) => this.#accept(cursor, entry) && this.#prefer(cursor, entry));
  }

  firstOf(key: string | undefined, cursor: MatchCursor): Entry | undefined {
    return this.entries.find((entry) => (entry.key ?? key) === key && this.#accept(cursor, entry));
  }

  firstOutside(cursor: MatchCursor | undefined, keys: Keys): Entry | undefined {
    return this.entries.find(
      (entry) =>
        entry.key !== undefined && !keys.has(entry.key) && (cursor === undefined || this.#accept(cursor, entry)),
    );
  }

  prefers(cursor: MatchCursor, entry: Entry): boolean {
    return this.#prefer(cursor, entry);
  }

  isBefore(a: Entry, b: Entry): boolean {
    return this.entries.indexOf(a) < this.entries.indexOf(b);
  }

  entriesOf(key: string | undefined): Entry[] {
    return this.entries.filter((entry) => entry.key === key);
  }

  countOf(key: string): number {
    return this.entriesOf(key).length;
  }

  reorder(compare?: Compare): void {
    this.#order = compare;
    this.entries.sort((a, b) => this.#difference(a, b));
  }

  forget(): void {}
  watch(): void {}
  unwatch(): void {}

  keys(): Iterable<string> {
    return new Set(this.entries.flatMap(({ key }) => (key === undefined ? [] : [key])));
  }

  [Symbol.iterator](): Iterator<Entry> {
    return this.entries[Symbol.iterator]();
  }

  #add(entry: Entry): void {
    if (entry.place !== 'queued') move(entry, 'queued');
    const after = this.entries.findIndex((each) => this.#difference(entry, each) < 0);
    this.entries.splice(after < 0 ? this.entries.length : after, 0, entry);
  }

  #difference(a: Entry, b: Entry): number {
    return this.#order?.(a.task, b.task) || b.priority - a.priority || a.turn - b.turn;
  }
}
