import { type Compare, type Entry, move } from './entry.ts';
import { KeyIndex } from './key-index.ts';
import { type MatchCursor, resetMatchCursor } from './match-cursor.ts';
import { SkipList } from './skip-list.ts';

/** Returns whether a status takes an entry. */
export type Accept = (cursor: MatchCursor, entry: Entry) => boolean;

/**
 * The operations on a queue that the supervisor's decisions need. The running pool gives them `TaskQueue`; an explorer
 * of the model may give them any list that it can copy.
 */
export interface Queue extends Iterable<Entry> {
  readonly length: number;
  /** Adds an entry at the end; with an order in force, at its place. */
  push(entry: Entry): void;
  /** Adds an entry at the head; with an order in force, before its equals. */
  unshift(entry: Entry): void;
  /** Takes a queued entry out. */
  remove(entry: Entry): void;
  /** Returns the first entry in order that this cursor accepts. The entry stays queued. */
  first(cursor: MatchCursor): Entry | undefined;
  /** Returns whether a cursor accepts an entry. */
  accepts(cursor: MatchCursor, entry: Entry): boolean;
  /** Sorts the queue, stably, and keeps later entries in that order; without `compare`, by priority and arrival. */
  reorder(compare?: Compare): void;
  /** Resets all cursors: an entry that one refused may be acceptable now. */
  forget(): void;
  /** Keeps the position of a cursor up to date from now on. */
  watch(cursor: MatchCursor): void;
  /** Ends `watch` for a cursor. */
  unwatch(cursor: MatchCursor): void;
  /** Returns the affinity keys that have queued entries. */
  keys(): Iterable<string>;
}

/**
 * The pool's queue: an intrusive list, first in first out, O(1) at both ends and in the middle; O(log n) with an order or a
 * priority in force. Refusals are remembered for each status, so that a task is matched with it only once.
 *
 * OCaml: `TQueue` (stm/tQueue.ml), which copies and sorts its list at each push.
 */
export class TaskQueue implements Queue {
  readonly #accept: Accept | undefined;
  readonly #cursors = new Set<MatchCursor>();
  readonly #keyIndex: KeyIndex | undefined;
  #head: Entry | null = null;
  #tail: Entry | null = null;
  #length = 0;
  #last = 0;
  #first = 0;
  #compare: Compare | undefined;
  #skipList: SkipList | undefined;

  /**
   * Makes an empty queue. Without `accept` every cursor takes the head; with `hasKeys` old cursors use an index by key.
   */
  constructor(accept?: Accept, hasKeys = false) {
    this.#accept = accept;
    this.#keyIndex = hasKeys ? new KeyIndex() : undefined;
  }

  get length(): number {
    return this.#length;
  }

  push(entry: Entry): void {
    entry.turn = ++this.#last;
    if (entry.priority !== 0 && this.#skipList === undefined) this.#raise();
    this.#add(entry, 'end');
  }

  unshift(entry: Entry): void {
    entry.turn = --this.#first;
    if (entry.priority !== 0 && this.#skipList === undefined) this.#raise();
    this.#add(entry, 'head');
    // A cursor may stand at this very entry, or have found it. Entries come back seldom, so that a full reset is cheap.
    this.forget();
  }

  remove(entry: Entry): void {
    if (entry.place !== 'queued') return;
    // `prev` stays: a cursor that stands here follows it back to an entry that is still queued.
    move(entry, 'held');
    this.#unlink(entry);
    this.#keyIndex?.left(entry);
    if (this.#skipList !== undefined && !this.#skipList.remove(entry)) this.#raise();
  }

  first(cursor: MatchCursor): Entry | undefined {
    if (this.#accept === undefined) return this.#head ?? undefined;
    if (cursor.found?.place === 'queued') return cursor.found;
    cursor.found =
      this.#keyIndex !== undefined && cursor.status.type === 'old' ? this.#firstByKey(cursor) : this.#along(cursor);
    return cursor.found;
  }

  accepts(cursor: MatchCursor, entry: Entry): boolean {
    return this.#accept?.(cursor, entry) ?? true;
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
    for (const cursor of this.#cursors) resetMatchCursor(cursor);
  }

  watch(cursor: MatchCursor): void {
    if (this.#accept !== undefined) this.#cursors.add(cursor);
  }

  unwatch(cursor: MatchCursor): void {
    this.#cursors.delete(cursor);
  }

  keys(): Iterable<string> {
    return this.#keyIndex?.keys() ?? [];
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
    const skipList = this.#skipList;
    // The user's comparison may throw: it does so here, before anything is changed.
    const after = skipList === undefined ? (where === 'end' ? this.#tail : null) : skipList.insert(entry, this.#head);
    this.#link(entry, after);
    this.#keyIndex?.add(entry, skipList === undefined ? where : this.#isBefore);
    if (skipList !== undefined || where === 'head') this.#updateCursors(entry);
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
    // A pointer from an old entry to a younger one would keep all later entries from being garbage collected.
    entry.next = null;
    this.#length--;
  }

  /**
   * Sorts the queue into a true order, and builds a new skip list: for a first priority, or after tasks have changed.
   */
  #raise(): void {
    const entries = [...this].sort((a, b) => this.#difference(a, b));
    this.#relink(entries, true);
  }

  #relink(entries: readonly Entry[], isOrdered: boolean): void {
    this.#head = null;
    this.#tail = null;
    this.#length = 0;
    this.#keyIndex?.clear();
    this.#skipList = isOrdered ? new SkipList(this.#isBefore) : undefined;
    for (const entry of entries) {
      entry.levels = null;
      this.#skipList?.insert(entry, this.#head);
      this.#link(entry, this.#tail);
      this.#keyIndex?.add(entry, 'end');
    }
    this.forget();
  }

  /** Notes an entry that was inserted among others in every cursor that has already passed its place. */
  #updateCursors(entry: Entry): void {
    for (const cursor of this.#cursors) {
      cursor.found = undefined;
      const last = live(cursor.last);
      cursor.last = last;
      if (last !== null && this.#isBefore(entry, last)) cursor.late.push(entry);
    }
  }

  #along(cursor: MatchCursor): Entry | undefined {
    const accept = this.#accept as Accept;
    if (cursor.late.length > 0) {
      cursor.late.sort((a, b) => this.#difference(a, b));
      while (cursor.late.length > 0) {
        const entry = cursor.late[0] as Entry;
        if (entry.place === 'queued' && accept(cursor, entry)) return entry;
        cursor.late.shift();
      }
    }
    const last = live(cursor.last);
    let entry = last === null ? this.#head : last.next;
    while (entry !== null) {
      if (accept(cursor, entry)) {
        cursor.last = entry.prev;
        return entry;
      }
      entry = entry.next;
    }
    cursor.last = this.#tail;
    return undefined;
  }

  #firstByKey(cursor: MatchCursor): Entry | undefined {
    const unkeyed = this.#firstOn(undefined, cursor);
    const keyed = cursor.key === undefined ? undefined : this.#firstOn(cursor.key, cursor);
    if (unkeyed === undefined || keyed === undefined) return unkeyed ?? keyed;
    return this.#isBefore(keyed, unkeyed) ? keyed : unkeyed;
  }

  #firstOn(key: string | undefined, cursor: MatchCursor): Entry | undefined {
    const accept = this.#accept as Accept;
    for (const entry of (this.#keyIndex as KeyIndex).of(key)) if (accept(cursor, entry)) return entry;
    return undefined;
  }
}

/** Returns the nearest entry at or before this one that is still queued. */
function live(entry: Entry | null): Entry | null {
  let at = entry;
  while (at !== null && at.place !== 'queued') at = at.prev;
  return at;
}
