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
  try {
    for (;;) {
      while (!isDry && running.length < inFlight) {
        signal?.throwIfAborted();
        const item = await source.next();
        if (item.done) isDry = true;
        else running.push(start(item.value));
      }
      if (running.length === 0) return;
      const next = ordered ? await (running[0] as (typeof running)[number]) : await Promise.race(running);
      running.splice(running.indexOf(next.slot as (typeof running)[number]), 1);
      yield next.result;
    }
  } finally {
    ending.abort(new Error('map has ended'));
    if (!isDry) await source.return?.();
  }

  function start(task: T): (typeof running)[number] {
    const slot: (typeof running)[number] = run(task, { signal: both }).then((result) => ({ slot, result }));
    // Those that the end cancels have nobody who waits for them.
    slot.catch(() => {});
    return slot;
  }
}
