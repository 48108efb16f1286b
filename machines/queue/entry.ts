/**
 * The place of a task: new, in the queue, out of it (with a worker, or on its way to one), waiting for another attempt, or
 * settled.
 */
export type Place = 'new' | 'queued' | 'held' | 'delayed' | 'settled';

/** A task in the pool, from its acceptance to its settlement. */
export interface Entry {
  readonly task: unknown;
  /** The present place; only `move` changes it. */
  place: Place;
  /** The turn among equals: lower is earlier. Entries that go back to the head get numbers below all others. */
  turn: number;
  /** The priority: a higher one goes first. */
  readonly priority: number;
  /** The affinity key, if the kind gives one. */
  readonly key: string | undefined;
  prev: Entry | null;
  next: Entry | null;
  /** The forward pointers on the levels of the skip list; only while an order is in force. */
  levels: (Entry | null)[] | null;
  /** The id of the worker whose verdict made this follow-up; `undefined` for a caller's task. */
  readonly origin: string | undefined;
  /** The id of the worker that holds the task, or held it last. */
  holder: string | undefined;
  /** The number of retries after a death of the worker. */
  retries: number;
  /** The number of attempts that failed and were followed by another one, because the task has several. */
  failed: number;
  /** Is true if the request moves buffers, which can move only once: such a task is never prefetched. */
  readonly transfers: boolean;
  /** Is true once the buffers have moved to a worker: the task is never performed again. */
  isSpent: boolean;
}

/** The options of `createEntry`. */
export interface EntryOptions {
  readonly priority?: number;
  readonly key?: string | undefined;
  readonly origin?: string | undefined;
  readonly transfers?: boolean;
}

/** Makes an entry that is in no queue yet. */
export function createEntry(task: unknown, options: EntryOptions = {}): Entry {
  return {
    task,
    place: 'new',
    turn: 0,
    priority: options.priority ?? 0,
    key: options.key,
    prev: null,
    next: null,
    levels: null,
    origin: options.origin,
    holder: undefined,
    retries: 0,
    failed: 0,
    transfers: options.transfers ?? false,
    isSpent: false,
  };
}

/** The legal moves from each place. A task leaves the queue before it settles, and never leaves `settled`. */
const NEXT: Readonly<Record<Place, readonly Place[]>> = {
  new: ['queued', 'settled'],
  queued: ['held'],
  held: ['queued', 'delayed', 'settled'],
  delayed: ['queued', 'settled'],
  settled: [],
};

/**
 * Moves a task to another place.
 * @throws {Error} for an illegal move: the task would be in two places, or settle twice
 */
export function move(entry: Entry, to: Place): void {
  if (!NEXT[entry.place].includes(to)) throw new Error(`a task that is ${entry.place} cannot become ${to}`);
  entry.place = to;
}

/** Compares two tasks; below 0 if `a` goes before `b`. */
export type Compare = (a: unknown, b: unknown) => number;
