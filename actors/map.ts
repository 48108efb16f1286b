import { AbortController } from './platform.ts';
import type { RunOptions } from './task-entry.ts';

/** Options of `pool.map`. */
export interface MapOptions {
  /** How many tasks are given to the pool at once. At least 1. @default twice the pool's size */
  readonly inFlight?: number;
  /** Results in the order of the tasks, or as they come. @default true */
  readonly ordered?: boolean;
  /** Cancels the tasks that have not settled. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a task for each item and yields the results; takes no item before there is room for it and its consumer wants
 * results. The first failure ends it: it throws, the tasks still under way are cancelled, and the source is closed.
 */
export async function* mapTasks<T, R>(
  run: (task: T, options: RunOptions) => Promise<R>,
  tasks: Iterable<T> | AsyncIterable<T>,
  inFlight: number,
  { ordered = true, signal }: MapOptions,
): AsyncGenerator<R> {
  const ending = new AbortController();
  const both = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]);
  const source = Symbol.asyncIterator in tasks ? tasks[Symbol.asyncIterator]() : tasks[Symbol.iterator]();
  const running: Promise<{ slot: Promise<unknown>; result: R }>[] = [];
  let isDry = false;
  let pulling: Promise<undefined> | undefined;
  try {
    for (;;) {
      signal?.throwIfAborted();
      if (!isDry && pulling === undefined && running.length < inFlight) pulling = pull();
      if (running.length === 0 && pulling === undefined) return;
      // The source may be slow: a result is not kept waiting for its next item.
      const candidates = ordered ? running.slice(0, 1) : running;
      const next = await Promise.race(pulling === undefined ? candidates : [...candidates, pulling]);
      if (next === undefined) continue;
      running.splice(running.indexOf(next.slot as (typeof running)[number]), 1);
      yield next.result;
    }
  } finally {
    ending.abort(new Error('map has ended'));
    if (!isDry) {
      const closed = Promise.resolve(source.return?.());
      closed.catch(() => {});
      // A source that is still asked for an item may never answer.
      if (pulling === undefined) await closed;
    }
  }

  function pull(): Promise<undefined> {
    const item = Promise.resolve(source.next()).then((each) => {
      pulling = undefined;
      if (each.done) isDry = true;
      else running.push(start(each.value));
      return undefined;
    });
    item.catch(() => {});
    return item;
  }

  function start(task: T): (typeof running)[number] {
    const slot: (typeof running)[number] = run(task, { signal: both }).then((result) => ({ slot, result }));
    // Those that the end cancels have nobody who waits for them.
    slot.catch(() => {});
    return slot;
  }
}
