import { type Compare, type Entry, move } from './entry.ts';
import { KeyIndex } from './key-index.ts';
import { type MatchCursor, resetMatchCursor } from './match-cursor.ts';
import { SkipList } from './skip-list.ts';

/** Whether a status takes an entry. */
export type Accept = (cursor: MatchCursor, entry: Entry) => boolean;

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
  /** The first entry in order that this cursor accepts; it stays queued. */
  first(cursor: MatchCursor): Entry | undefined;
  /** Whether a cursor accepts an entry. */
  accepts(cursor: MatchCursor, entry: Entry): boolean;
  /** Sorts, stably, and keeps later entries in that order; without `compare` by priority and arrival. */
  reorder(compare?: Compare): void;
  /** What a cursor refused may be acceptable now. */
  forget(): void;
  /** Lets the queue remember how far a cursor has come, and no longer. */
  watch(cursor: MatchCursor): void;
  unwatch(cursor: MatchCursor): void;
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
  readonly #cursors = new Set<MatchCursor>();
  readonly #keyIndex: KeyIndex | undefined;
  #head: Entry | null = null;
  #tail: Entry | null = null;
  #length = 0;
  #last = 0;
  #first = 0;
  #compare: Compare | undefined;
  #skipList: SkipList | undefined;

  /** Without `accept` every cursor takes the head. With `hasKeys` old cursors find their key's tasks by an index. */
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
    // It may be the very entry that a cursor or a find of before stands at. Entries come back seldom.
    this.forget();
  }

  remove(entry: Entry): void {
    if (entry.place !== 'queued') return;
    // `prev` stays: a cursor that stands here goes back along it to an entry that is still queued.
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
    const lanes = this.#skipList;
    // A comparison of the user's may throw: it does so here, before anything is changed.
    const after = lanes === undefined ? (where === 'end' ? this.#tail : null) : lanes.insert(entry, this.#head);
    this.#link(entry, after);
    this.#keyIndex?.add(entry, lanes === undefined ? where : this.#isBefore);
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

  #tellLate(entry: Entry): void {
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

/** The nearest entry at or before this one that is still queued. */
function live(entry: Entry | null): Entry | null {
  let at = entry;
  while (at !== null && at.place !== 'queued') at = at.prev;
  return at;
}
