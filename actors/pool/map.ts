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
  options: FullMapOptions,
): AsyncGenerator<R> {
  const { signal } = options;
  const map = new TaskMap(run, tasks, options);
  const forget = signal === undefined ? undefined : listenToAbort(signal, () => map.abort(signal.reason));
  try {
    yield* map.results(signal);
  } finally {
    forget?.();
    await map.end();
  }
}

/** One run of `mapTasks`. */
class TaskMap<T, R> {
  readonly #run: (task: T, options: RunOptions) => Promise<R>;
  readonly #source: Iterator<T> | AsyncIterator<T>;
  readonly #options: FullMapOptions;
  readonly #ending = new AbortController();
  /** The slots in the order of the tasks; without `ordered`, in the order of their ends. */
  readonly #slots: Slot<R>[] = [];
  #running = 0;
  #isDry = false;
  #isPulling = false;
  #failure: { readonly error: unknown } | undefined;
  #wake = () => {};

  constructor(
    run: (task: T, options: RunOptions) => Promise<R>,
    tasks: Iterable<T> | AsyncIterable<T>,
    options: FullMapOptions,
  ) {
    this.#run = run;
    this.#source = Symbol.asyncIterator in tasks ? tasks[Symbol.asyncIterator]() : tasks[Symbol.iterator]();
    this.#options = options;
  }

  /** Cancels the running tasks. */
  abort(reason: unknown): void {
    this.#ending.abort(reason);
    this.#wake();
  }

  async *results(signal: AbortSignal | undefined): AsyncGenerator<R> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      const end = this.#slots[0]?.end;
      if (end !== undefined && 'error' in end) throw end.error;
      // Running tasks reject with the abort themselves.
      if (end !== undefined || this.#running === 0) signal?.throwIfAborted();
      if (end !== undefined) {
        this.#slots.shift();
        yield end.result;
        // The task's place is free when the consumer asks for the next result.
        this.#running--;
        continue;
      }
      this.#pull();
      if (this.#isDry && this.#running === 0) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Cancels the running tasks and closes the source. */
  async end(): Promise<void> {
    this.#ending.abort(new Error('map has ended'));
    if (this.#isDry) return;
    const closed = Promise.resolve(this.#source.return?.());
    closed.catch(() => {});
    // A source that has not answered the last request for an item may never answer.
    if (!this.#isPulling) await closed;
  }

  /** Asks for one item if there is room for its task. The source may be slow: results do not wait for it. */
  #pull(): void {
    if (this.#isDry || this.#isPulling || this.#running >= this.#options.inFlight) return;
    this.#isPulling = true;
    const item = new Promise<IteratorResult<T>>((resolve) => resolve(this.#source.next()));
    item.then(
      ({ done, value }) => {
        this.#isPulling = false;
        if (done) this.#isDry = true;
        else this.#start(value);
        this.#pull();
        this.#wake();
      },
      (error) => {
        this.#isPulling = false;
        this.#isDry = true;
        this.#failure = { error };
        this.#wake();
      },
    );
  }

  #start(task: T): void {
    const { ordered } = this.#options;
    const slot: Slot<R> = { end: undefined };
    this.#running++;
    if (ordered) this.#slots.push(slot);
    const finish = (end: Slot<R>['end']) => {
      slot.end = end;
      if (!ordered) this.#slots.push(slot);
      this.#wake();
    };
    this.#run(task, { signal: this.#ending.signal }).then(
      (result) => finish({ result }),
      (error) => finish({ error }),
    );
  }
}
