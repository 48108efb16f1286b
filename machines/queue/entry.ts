/** Where a task is: made, in the queue, out of it (with a worker, or on its way to one), or done for. */
export type Place = 'new' | 'queued' | 'held' | 'settled';

/** One task in the pool, from the moment it is accepted to the moment it settles. */
export interface Entry {
  readonly task: unknown;
  /** Where it is; only `move` changes it. */
  place: Place;
  /** Its turn among equals: lower is earlier. Entries that go back to the head get numbers below all others. */
  turn: number;
  /** Higher goes first. */
  readonly priority: number;
  /** The affinity key, where its kind gives one. */
  readonly key: string | undefined;
  prev: Entry | null;
  next: Entry | null;
  /** Forward pointers of the upper lanes, only while an order is in force. */
  levels: (Entry | null)[] | null;
  /** The id of the worker whose verdict made this task, for a follow-up; `undefined` for a caller's. */
  readonly origin: string | undefined;
  /** The worker that holds it. */
  holder: string | undefined;
  /** How often it went back to the queue after the death of its worker. */
  retries: number;
  /** Its request takes buffers along that it can take once only: it is never prefetched. */
  readonly transfers: boolean;
  /** Its buffers have gone to a worker: it is never performed again. */
  isSpent: boolean;
}

/** What `createEntry` needs beside the task. */
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
    transfers: options.transfers ?? false,
    isSpent: false,
  };
}

/** Where a task may go from each place. It leaves the queue before it settles, and never leaves `settled`. */
const NEXT: Readonly<Record<Place, readonly Place[]>> = {
  new: ['queued', 'settled'],
  queued: ['held'],
  held: ['queued', 'settled'],
  settled: [],
};

/** Moves a task to another place. @throws {Error} where it cannot go there: it would be in two places, or settle twice */
export function move(entry: Entry, to: Place): void {
  if (!NEXT[entry.place].includes(to)) throw new Error(`a task that is ${entry.place} cannot become ${to}`);
  entry.place = to;
}

/** Compares two tasks: below 0 where `a` goes before `b`. */
export type Compare = (a: unknown, b: unknown) => number;
