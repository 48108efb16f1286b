import { type Compare, type Entry, move } from './entry.ts';
import { KeyIndex } from './key-index.ts';
import { KeyOrder } from './key-order.ts';
import { createMatchCursor, type MatchCursor, resetMatchCursor } from './match-cursor.ts';
import type { Accept, Keys, Queue, QueueRules } from './queue.ts';
import { SkipList } from './skip-list.ts';
import { type MakeEntry, UnmadeTasks } from './unmade.ts';

/**
 * The pool's queue: an intrusive list, first in first out, O(1) at both ends and in the middle; O(log n) with an order or a
 * priority in force. Refusals are remembered for each status, so that a task is matched with it only once.
 *
 * OCaml: `TQueue` (stm/tQueue.ml), which copies and sorts its list at each push.
 */
export class TaskQueue implements Queue {
  readonly #accept: Accept | undefined;
  readonly #prefer: Accept | undefined;
  readonly #areKeysRequired: boolean;
  readonly #cursors = new Set<MatchCursor>();
  readonly #keyIndex: KeyIndex | undefined;
  readonly #keyOrder: KeyOrder | undefined;
  #head: Entry | null = null;
  #tail: Entry | null = null;
  #length = 0;
  #last = 0;
  #first = 0;
  /** The tasks after the last entry. */
  readonly #unmade = new UnmadeTasks();
  #compare: Compare | undefined;
  #skipList: SkipList | undefined;

  /** Makes an empty queue. Without any rule every cursor takes the head; with `keys` there is an index by key. */
  constructor({ accept, prefer, keys }: QueueRules = {}) {
    this.#accept = accept;
    this.#prefer = prefer;
    this.#areKeysRequired = keys === 'require';
    if (keys === undefined) return;
    this.#keyIndex = new KeyIndex();
    this.#keyOrder = new KeyOrder(this.#keyIndex, this.isBefore);
  }

  get length(): number {
    return this.#length + this.#unmade.length;
  }

  /** Is true while entries leave in the order of their arrival: nothing is asked about one before it is the first. */
  get isPlain(): boolean {
    const isRuled = this.#accept !== undefined || this.#prefer !== undefined || this.#keyIndex !== undefined;
    return !isRuled && this.#skipList === undefined;
  }

  /** Adds a task at the end of a plain queue. Its entry is made when it is needed. */
  append(make: MakeEntry, task: unknown, caller: unknown, scope: unknown): void {
    this.#unmade.add(make, task, caller, scope);
  }

  get lastTurn(): number {
    return this.#last;
  }

  push(entry: Entry): void {
    while (this.#unmade.length > 0) this.#makeNext();
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
    this.#keyOrder?.left();
    if (this.#skipList !== undefined && !this.#skipList.remove(entry)) this.#raise();
  }

  first(cursor: MatchCursor): Entry | undefined {
    if (this.#accept === undefined) return this.#head ?? this.#makeNext() ?? undefined;
    if (cursor.found?.place === 'queued') return cursor.found;
    cursor.found =
      this.#areKeysRequired && cursor.status.type === 'old' ? this.firstOf(cursor.key, cursor) : this.#along(cursor);
    return cursor.found;
  }

  firstWanted(cursor: MatchCursor): Entry | undefined {
    cursor.wanted ??= createMatchCursor(cursor.status, cursor.key, cursor.worker);
    const { wanted } = cursor;
    if (wanted.found?.place === 'queued') return wanted.found;
    wanted.found = this.#along(wanted, (_, entry) => this.accepts(cursor, entry) && this.prefers(cursor, entry));
    return wanted.found;
  }

  firstOf(key: string | undefined, cursor: MatchCursor): Entry | undefined {
    const unkeyed = this.#firstOn(undefined, cursor);
    const keyed = key === undefined ? undefined : this.#firstOn(key, cursor);
    if (unkeyed === undefined || keyed === undefined) return unkeyed ?? keyed;
    return this.isBefore(keyed, unkeyed) ? keyed : unkeyed;
  }

  firstOutside(cursor: MatchCursor | undefined, keys: Keys): Entry | undefined {
    let best: Entry | undefined;
    for (const head of this.#keyOrder?.outside(keys) ?? []) {
      // The keys come in the order of their heads, which the cursor may refuse.
      if (best !== undefined && this.isBefore(best, head)) break;
      const entry = this.#firstOn(head.key, cursor);
      if (entry !== undefined && (best === undefined || this.isBefore(entry, best))) best = entry;
    }
    return best;
  }

  accepts(cursor: MatchCursor, entry: Entry): boolean {
    return this.#accept?.(cursor, entry) ?? true;
  }

  prefers(cursor: MatchCursor, entry: Entry): boolean {
    return this.#prefer?.(cursor, entry) ?? true;
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
    if (this.#accept !== undefined || this.#prefer !== undefined) this.#cursors.add(cursor);
  }

  unwatch(cursor: MatchCursor): void {
    this.#cursors.delete(cursor);
  }

  keys(): Iterable<string> {
    return this.#keyIndex?.keys() ?? [];
  }

  entriesOf(key: string | undefined): Iterable<Entry> {
    return this.#keyIndex?.of(key) ?? [];
  }

  countOf(key: string): number {
    return this.#keyIndex?.countOf(key) ?? 0;
  }

  *[Symbol.iterator](): Generator<Entry> {
    let entry = this.#head ?? this.#makeNext();
    while (entry !== null) {
      const next: Entry | null = entry.next ?? this.#makeNext();
      yield entry;
      entry = next;
    }
  }

  readonly isBefore = (a: Entry, b: Entry): boolean => this.#difference(a, b) < 0;

  #difference(a: Entry, b: Entry): number {
    return this.#compare?.(a.task, b.task) || b.priority - a.priority || a.turn - b.turn;
  }

  #add(entry: Entry, where: 'end' | 'head'): void {
    const skipList = this.#skipList;
    // The user's comparison may throw: it does so here, before anything is changed.
    const after = skipList === undefined ? (where === 'end' ? this.#tail : null) : skipList.insert(entry, this.#head);
    this.#link(entry, after);
    this.#keyIndex?.add(entry, skipList === undefined ? where : this.isBefore);
    this.#keyOrder?.add(entry);
    if (skipList !== undefined || where === 'head') this.#updateCursors(entry);
  }

  /** Makes the entry of the first task without one, and puts it at the end of the list. */
  #makeNext(): Entry | null {
    const entry = this.#unmade.take();
    if (entry === undefined) return null;
    entry.turn = ++this.#last;
    this.#link(entry, this.#tail);
    return entry;
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
    this.#keyOrder?.clear();
    this.#skipList = isOrdered ? new SkipList(this.isBefore) : undefined;
    for (const entry of entries) {
      entry.levels = null;
      this.#skipList?.insert(entry, this.#head);
      this.#link(entry, this.#tail);
      this.#keyIndex?.add(entry, 'end');
      this.#keyOrder?.add(entry);
    }
    this.forget();
  }

  /** Notes an entry that was inserted among others in every cursor that has already passed its place. */
  #updateCursors(entry: Entry): void {
    for (const cursor of this.#cursors) {
      this.#updateCursor(cursor, entry);
      if (cursor.wanted !== undefined) this.#updateCursor(cursor.wanted, entry);
    }
  }

  #updateCursor(cursor: MatchCursor, entry: Entry): void {
    cursor.found = undefined;
    const last = live(cursor.last);
    cursor.last = last;
    if (last !== null && this.isBefore(entry, last)) cursor.late.push(entry);
  }

  #along(cursor: MatchCursor, accept = this.#accept as Accept): Entry | undefined {
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

  #firstOn(key: string | undefined, cursor: MatchCursor | undefined): Entry | undefined {
    for (const entry of this.entriesOf(key)) if (cursor === undefined || this.accepts(cursor, entry)) return entry;
    return undefined;
  }
}

/** Returns the nearest entry at or before this one that is still queued. */
function live(entry: Entry | null): Entry | null {
  let at = entry;
  while (at !== null && at.place !== 'queued') at = at.prev;
  return at;
}
