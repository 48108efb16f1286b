import {
  abortSignal,
  type Filled,
  flag,
  illegal,
  type OptionTable,
  option,
  optionBySize,
  readOptions,
} from '../options/option-rules.ts';
import type { RunOptions } from '../options/run-options.ts';
import { listenToAbort } from '../platform/abort-signal.ts';
import { AbortController } from '../platform/platform.ts';

/** The options of `pool.map`. */
export interface MapOptions {
  /** The most tasks of this map that are in the pool at once, at least 1. @default twice the pool's size */
  readonly inFlight?: number;
  /** Yields results in the order of the tasks if true, or as they come if false. @default true */
  readonly ordered?: boolean;
  /** Cancels the tasks that have not settled. */
  readonly signal?: AbortSignal;
}

/** The rule and the default of each option of a map. */
const MAP = {
  inFlight: optionBySize(atLeastOne, (size) => Math.max(1, 2 * size)),
  ordered: option(flag, true),
  signal: option((name: string, value: AbortSignal): AbortSignal | undefined => abortSignal(name, value), undefined),
} satisfies OptionTable<MapOptions>;

/** The options of a map with every default. */
export type FullMapOptions = Filled<typeof MAP>;

/** Checks the options of a map over a pool of this size, and fills in the defaults. @throws {UsageError} for a wrong option */
export function fillMapOptions(options: MapOptions, size: number): FullMapOptions {
  return readOptions('map', options, MAP, size);
}

function atLeastOne(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw illegal(name, value, 'a whole number of at least 1');
}

/** A task of a map that was begun, and whose result the consumer does not have yet. */
interface Slot<R> {
  end: { readonly result: R } | { readonly error: unknown } | undefined;
}

/**
 * Runs a task for each item and yields the results. Takes an item only when there is room for its task and the consumer
 * wants results. The first failure ends the map: it is thrown, the running tasks are cancelled, and the source is
 * closed.
 */
export async function* mapTasks<T, R>(
  run: (task: T, options: RunOptions) => Promise<R>,
  tasks: Iterable<T> | AsyncIterable<T>,
  { inFlight, ordered, signal }: FullMapOptions,
): AsyncGenerator<R> {
  const ending = new AbortController();
  const source = Symbol.asyncIterator in tasks ? tasks[Symbol.asyncIterator]() : tasks[Symbol.iterator]();
  /** The slots in the order of the tasks; without `ordered`, in the order of their ends. */
  const slots: Slot<R>[] = [];
  let running = 0;
  let isDry = false;
  let isPulling = false;
  let failure: { readonly error: unknown } | undefined;
  let wake = () => {};
  const forget =
    signal === undefined
      ? undefined
      : listenToAbort(signal, () => {
          ending.abort(signal.reason);
          wake();
        });
  try {
    for (;;) {
      if (failure !== undefined) throw failure.error;
      const end = slots[0]?.end;
      if (end !== undefined && 'error' in end) throw end.error;
      // Running tasks reject with the abort themselves.
      if (end !== undefined || running === 0) signal?.throwIfAborted();
      if (end !== undefined) {
        slots.shift();
        yield end.result;
        // The task's place is free when the consumer asks for the next result.
        running--;
        continue;
      }
      pull();
      if (isDry && running === 0) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    forget?.();
    ending.abort(new Error('map has ended'));
    if (!isDry) {
      const closed = Promise.resolve(source.return?.());
      closed.catch(() => {});
      // A source that has not answered the last request for an item may never answer.
      if (!isPulling) await closed;
    }
  }

  /** Asks for one item if there is room for its task. The source may be slow: results do not wait for it. */
  function pull(): void {
    if (isDry || isPulling || running >= inFlight) return;
    isPulling = true;
    const item = new Promise<IteratorResult<T>>((resolve) => resolve(source.next()));
    item.then(
      ({ done, value }) => {
        isPulling = false;
        if (done) isDry = true;
        else start(value);
        pull();
        wake();
      },
      (error) => {
        isPulling = false;
        isDry = true;
        failure = { error };
        wake();
      },
    );
  }

  function start(task: T): void {
    const slot: Slot<R> = { end: undefined };
    running++;
    if (ordered) slots.push(slot);
    const finish = (end: Slot<R>['end']) => {
      slot.end = end;
      if (!ordered) slots.push(slot);
      wake();
    };
    run(task, { signal: ending.signal }).then(
      (result) => finish({ result }),
      (error) => finish({ error }),
    );
  }
}
