import { type Compare, type Entry, move } from './entry.ts';
import { Shelves } from './key-index.ts';
import { type Look, resetLook } from './match-cursor.ts';
import { Lanes } from './skip-list.ts';

/** Whether a status takes an entry. */
export type Accept = (look: Look, entry: Entry) => boolean;

/**
 * What the supervisor's decisions need of a queue. The running pool gives them `TaskQueue`; an explorer of the model
 * may give them any list that it can copy.
 */
export interface Queue extends Iterable<Entry> {
  readonly length: number;
  /** At the end; with an order in force, in its place. */
  push(entry: Entry): void;
  /** At the head; with an order in force, before its equals. */
  unshift(entry: Entry): void;
  /** Takes a queued entry out. */
  remove(entry: Entry): void;
  /** The first entry in order that this look accepts; it stays queued. */
  first(look: Look): Entry | undefined;
  /** Whether a look accepts an entry. */
  accepts(look: Look, entry: Entry): boolean;
  /** Sorts, stably, and keeps later entries in that order; without `compare` by priority and arrival. */
  reorder(compare?: Compare): void;
  /** What a look refused may be acceptable now. */
  forget(): void;
  /** Lets the queue remember a look's refusals, and no longer. */
  watch(look: Look): void;
  unwatch(look: Look): void;
  /** The affinity keys with queued entries. */
  keys(): Iterable<string>;
}

/**
 * The pool's queue: an intrusive list, first in first out, O(1) at both ends and in the middle; with an order or a
 * priority in force, O(log n). Refusals are remembered a status, so that a task is shown to it once.
 *
 * OCaml: `TQueue` (stm/tQueue.ml), which copies and sorts its list at each push.
 */
export class TaskQueue implements Queue {
  readonly #accept: Accept | undefined;
  readonly #looks = new Set<Look>();
  readonly #shelves: Shelves | undefined;
  #head: Entry | null = null;
  #tail: Entry | null = null;
  #length = 0;
  #last = 0;
  #first = 0;
  #compare: Compare | undefined;
  #lanes: Lanes | undefined;

  /** Without `accept` every look takes the head. With `hasKeys` old looks find their key's tasks by an index. */
  constructor(accept?: Accept, hasKeys = false) {
    this.#accept = accept;
    this.#shelves = hasKeys ? new Shelves() : undefined;
  }

  get length(): number {
    return this.#length;
  }

  push(entry: Entry): void {
    entry.turn = ++this.#last;
    if (entry.priority !== 0 && this.#lanes === undefined) this.#raise();
    this.#add(entry, 'end');
  }

  unshift(entry: Entry): void {
    entry.turn = --this.#first;
    if (entry.priority !== 0 && this.#lanes === undefined) this.#raise();
    this.#add(entry, 'head');
    // It may be the very entry that a cursor or a find of before stands at. Entries come back seldom.
    this.forget();
  }

  remove(entry: Entry): void {
    if (entry.place !== 'queued') return;
    // `prev` stays: a cursor that stands here goes back along it to an entry that is still queued.
    move(entry, 'held');
    this.#unlink(entry);
    this.#shelves?.left(entry);
    if (this.#lanes !== undefined && !this.#lanes.remove(entry)) this.#raise();
  }

  first(look: Look): Entry | undefined {
    if (this.#accept === undefined) return this.#head ?? undefined;
    if (look.found?.place === 'queued') return look.found;
    look.found = this.#shelves !== undefined && look.status.type === 'old' ? this.#onShelves(look) : this.#along(look);
    return look.found;
  }

  accepts(look: Look, entry: Entry): boolean {
    return this.#accept?.(look, entry) ?? true;
  }

  reorder(compare?: Compare): void {
    const entries = [...this];
    const before = this.#compare;
    this.#compare = compare;
    try {
      entries.sort((a, b) => this.#difference(a, b));
    } catch (error) {
      this.#compare = before;
      throw error;
    }
    this.#relink(entries, compare !== undefined || entries.some((entry) => entry.priority !== 0));
  }

  forget(): void {
    for (const look of this.#looks) resetLook(look);
  }

  watch(look: Look): void {
    if (this.#accept !== undefined) this.#looks.add(look);
  }

  unwatch(look: Look): void {
    this.#looks.delete(look);
  }

  keys(): Iterable<string> {
    return this.#shelves?.keys() ?? [];
  }

  *[Symbol.iterator](): Generator<Entry> {
    let entry = this.#head;
    while (entry !== null) {
      const { next } = entry;
      yield entry;
      entry = next;
    }
  }

  readonly #isBefore = (a: Entry, b: Entry): boolean => this.#difference(a, b) < 0;

  #difference(a: Entry, b: Entry): number {
    return this.#compare?.(a.task, b.task) || b.priority - a.priority || a.turn - b.turn;
  }

  #add(entry: Entry, where: 'end' | 'head'): void {
    const lanes = this.#lanes;
    // A comparison of the user's may throw: it does so here, before anything is changed.
    const after = lanes === undefined ? (where === 'end' ? this.#tail : null) : lanes.insert(entry, this.#head);
    this.#link(entry, after);
    this.#shelves?.add(entry, lanes === undefined ? where : this.#isBefore);
    if (lanes !== undefined || where === 'head') this.#tellLate(entry);
  }

  #link(entry: Entry, after: Entry | null): void {
    if (entry.place !== 'queued') move(entry, 'queued');
    entry.prev = after;
    entry.next = after === null ? this.#head : after.next;
    if (after === null) this.#head = entry;
    else after.next = entry;
    if (entry.next === null) this.#tail = entry;
    else entry.next.prev = entry;
    this.#length++;
  }

  #unlink(entry: Entry): void {
    if (entry.prev === null) this.#head = entry.next;
    else entry.prev.next = entry.next;
    if (entry.next === null) this.#tail = entry.prev;
    else entry.next.prev = entry.prev;
    // An old entry that led on to younger ones would keep them from being collected, and these the next.
    entry.next = null;
    this.#length--;
  }

  /** From arrival order to a true order, or to fresh lanes where tasks have changed under the old ones. */
  #raise(): void {
    const entries = [...this].sort((a, b) => this.#difference(a, b));
    this.#relink(entries, true);
  }

  #relink(entries: readonly Entry[], isOrdered: boolean): void {
    this.#head = null;
    this.#tail = null;
    this.#length = 0;
    this.#shelves?.clear();
    this.#lanes = isOrdered ? new Lanes(this.#isBefore) : undefined;
    for (const entry of entries) {
      entry.lanes = null;
      this.#lanes?.insert(entry, this.#head);
      this.#link(entry, this.#tail);
      this.#shelves?.add(entry, 'end');
    }
    this.forget();
  }

  #tellLate(entry: Entry): void {
    for (const look of this.#looks) {
      look.found = undefined;
      const cursor = live(look.cursor);
      look.cursor = cursor;
      if (cursor !== null && this.#isBefore(entry, cursor)) look.late.push(entry);
    }
  }

  #along(look: Look): Entry | undefined {
    const accept = this.#accept as Accept;
    if (look.late.length > 0) {
      look.late.sort((a, b) => this.#difference(a, b));
      while (look.late.length > 0) {
        const entry = look.late[0] as Entry;
        if (entry.place === 'queued' && accept(look, entry)) return entry;
        look.late.shift();
      }
    }
    const cursor = live(look.cursor);
    let entry = cursor === null ? this.#head : cursor.next;
    while (entry !== null) {
      if (accept(look, entry)) {
        look.cursor = entry.prev;
        return entry;
      }
      entry = entry.next;
    }
    look.cursor = this.#tail;
    return undefined;
  }

  #onShelves(look: Look): Entry | undefined {
    const unkeyed = this.#firstOn(undefined, look);
    const keyed = look.key === undefined ? undefined : this.#firstOn(look.key, look);
    if (unkeyed === undefined || keyed === undefined) return unkeyed ?? keyed;
    return this.#isBefore(keyed, unkeyed) ? keyed : unkeyed;
  }

  #firstOn(key: string | undefined, look: Look): Entry | undefined {
    const accept = this.#accept as Accept;
    for (const entry of (this.#shelves as Shelves).of(key)) if (accept(look, entry)) return entry;
    return undefined;
  }
}

/** The nearest entry at or before this one that is still queued. */
function live(entry: Entry | null): Entry | null {
  let at = entry;
  while (at !== null && at.place !== 'queued') at = at.prev;
  return at;
}
