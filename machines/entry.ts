/** One task in the pool, from the moment it is accepted to the moment it settles. */
export interface Entry {
  readonly task: unknown;
  /** Where it is: in the queue, with a worker, or done for. It settles once, and never leaves `settled`. */
  place: 'queued' | 'held' | 'settled';
  /** Its turn among equals: lower is earlier. Entries that go back to the head get numbers below all others. */
  turn: number;
  /** Higher goes first. */
  readonly priority: number;
  /** The affinity key, where its kind gives one. */
  readonly key: string | undefined;
  prev: Entry | null;
  next: Entry | null;
  /** Forward pointers of the upper lanes, only while an order is in force. */
  lanes: (Entry | null)[] | null;
  /** The id of the worker whose verdict made this task, for a follow-up; `undefined` for a caller's. */
  readonly origin: string | undefined;
  /** The worker that holds it. */
  holder: string | undefined;
  /** How often it went back to the queue after the death of its worker. */
  retries: number;
}

/** What `createEntry` needs beside the task. */
export interface EntryOptions {
  readonly priority?: number;
  readonly key?: string | undefined;
  readonly origin?: string | undefined;
}

/** Makes an entry that is in no queue yet. */
export function createEntry(task: unknown, options: EntryOptions = {}): Entry {
  return {
    task,
    place: 'queued',
    turn: 0,
    priority: options.priority ?? 0,
    key: options.key,
    prev: null,
    next: null,
    lanes: null,
    origin: options.origin,
    holder: undefined,
    retries: 0,
  };
}

/** Compares two tasks: below 0 where `a` goes before `b`. */
export type Compare = (a: unknown, b: unknown) => number;
