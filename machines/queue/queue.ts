import type { Compare, Entry } from './entry.ts';
import type { MatchCursor } from './match-cursor.ts';

/** Returns whether a status takes an entry, or prefers it. */
export type Accept = (cursor: MatchCursor, entry: Entry) => boolean;

/** The part of a kind in its queue. */
export interface QueueRules {
  /** @default every status takes every entry */
  readonly accept?: Accept | undefined;
  /** Returns whether a status prefers an entry that it accepts. @default every status prefers every entry */
  readonly prefer?: Accept | undefined;
  /** The use of the entries' keys: an old status takes only its own and those without a key, or any. @default none */
  readonly keys?: 'require' | 'prefer' | undefined;
}

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
  /** The turn of the entry that was pushed last. */
  readonly lastTurn: number;
  /** Returns the first entry in order that this cursor accepts. The entry stays queued. */
  first(cursor: MatchCursor): Entry | undefined;
  /** Returns the first entry in order that this cursor accepts and prefers. */
  firstWanted(cursor: MatchCursor): Entry | undefined;
  /** Returns the first entry in order that has this key or none, and that this cursor accepts. */
  firstOf(key: string | undefined, cursor: MatchCursor): Entry | undefined;
  /** Returns the first entry in order whose key is none of these, and that this cursor accepts, if one is given. */
  firstOutside(cursor: MatchCursor | undefined, keys: Keys): Entry | undefined;
  /** Returns whether a cursor accepts an entry. */
  accepts(cursor: MatchCursor, entry: Entry): boolean;
  /** Returns whether a cursor prefers an entry that it accepts. */
  prefers(cursor: MatchCursor, entry: Entry): boolean;
  /** Returns whether an entry goes before another. */
  isBefore(a: Entry, b: Entry): boolean;
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
  /** Returns the queued entries of one key, or of none, in order. */
  entriesOf(key: string | undefined): Iterable<Entry>;
  /** Returns the number of queued entries of one key. */
  countOf(key: string): number;
}

/** A set of keys. */
export interface Keys {
  has(key: string): boolean;
}
