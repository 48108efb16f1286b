import type { PoolState } from '../../machines/state/pool-state.ts';
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
import { Batch, type Ends, type Gate } from './batch.ts';
import { isAsyncIterable, sourceOf } from './source.ts';

/** The options of `pool.map`. */
export interface MapOptions {
  /** The most tasks of this map that are in the pool at once, at least 1. @default twice the number of tasks that the workers perform at once */
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

/** Checks the options of a map over a pool, and fills in the defaults. @throws {UsageError} for a wrong option */
export function fillMapOptions(options: MapOptions, { size, rules }: PoolState): FullMapOptions {
  return readOptions('map', options, MAP, size * rules.concurrency);
}

function atLeastOne(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw illegal(name, value, 'a whole number of at least 1');
}

/** The place of a result that has not come. */
const PENDING = Symbol('pending');

/** The end of a task that failed. */
class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** The number of taken results that may stay in a list before it is cut. */
const TAKEN = 1024;

/**
 * Runs a task for each item and yields the results. Takes an item only when there is room for its task and the consumer
 * wants results. The first failure ends the map: it is thrown, the running tasks are cancelled, and the source is
 * closed.
 */
export async function* mapTasks(
  gate: Gate,
  tasks: Iterable<unknown> | AsyncIterable<unknown>,
  options: FullMapOptions,
): AsyncGenerator<unknown> {
  const map = new TaskMap(gate, tasks, options);
  try {
    yield* map.results(options.signal);
  } finally {
    await map.end();
  }
}

/** One run of `mapTasks`. */
class TaskMap implements Ends {
  readonly #batch: Batch;
  readonly #source: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #isAsync: boolean;
  readonly #options: FullMapOptions;
  /** The results in the order of the tasks; without `ordered`, in the order of their ends. */
  #results: unknown[] = [];
  /** The number of results in the list that the consumer has taken. */
  #taken = 0;
  /** The number of results that were cut off the list. */
  #cut = 0;
  #running = 0;
  #started = 0;
  #isDry = false;
  /** Is true while the source or the queue lets the map wait: no other item is taken then. */
  #isWaiting = false;
  #isPulling = false;
  #failure: Failure | undefined;
  #wake = () => {};

  constructor(gate: Gate, tasks: Iterable<unknown> | AsyncIterable<unknown>, options: FullMapOptions) {
    this.#isAsync = isAsyncIterable(tasks);
    this.#source = sourceOf('map', tasks);
    this.#options = options;
    this.#batch = new Batch(gate, { signal: options.signal }, this);
  }

  async *results(signal: AbortSignal | undefined): AsyncGenerator<unknown> {
    for (;;) {
      this.#pull();
      if (this.#failure !== undefined) throw this.#failure.error;
      const end = this.#taken < this.#results.length ? this.#results[this.#taken] : PENDING;
      if (end instanceof Failure) throw end.error;
      // Running tasks reject with the abort themselves.
      if (end !== PENDING || this.#running === 0) signal?.throwIfAborted();
      if (end !== PENDING) {
        this.#take();
        yield end;
        // The task's place is free when the consumer asks for the next result.
        this.#running--;
      } else if (this.#isDry && this.#running === 0) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  fulfilled(index: number, result: unknown): void {
    this.#put(index, result);
  }

  failed(index: number, error: unknown): void {
    this.#put(index, new Failure(error));
  }

  /** Cancels the running tasks and closes the source. */
  async end(): Promise<void> {
    this.#batch.end();
    this.#batch.abort(new Error('map has ended'));
    if (this.#isDry) return;
    const closed = Promise.resolve(this.#source.return?.());
    closed.catch(() => {});
    // A source that has not answered the last request for an item may never answer.
    if (!this.#isPulling) await closed;
  }

  /** Asks for items while there is room for their tasks. The source may be slow: results do not wait for it. */
  #pull(): void {
    while (!this.#isDry && !this.#isWaiting && this.#running < this.#options.inFlight) {
      try {
        const item = this.#source.next();
        if (this.#isAsync) return this.#await(item as Promise<IteratorResult<unknown>>);
        this.#start(item as IteratorResult<unknown>);
      } catch (error) {
        this.#fail(error);
      }
    }
  }

  /** Waits for an item of an AsyncIterable. */
  #await(item: Promise<IteratorResult<unknown>>): void {
    this.#isWaiting = true;
    this.#isPulling = true;
    Promise.resolve(item).then(
      (each) => {
        this.#isPulling = false;
        this.#isWaiting = false;
        this.#start(each);
        this.#pull();
        this.#wake();
      },
      (error) => {
        this.#isPulling = false;
        this.#fail(error);
      },
    );
  }

  #start({ done, value }: IteratorResult<unknown>): void {
    if (done) {
      this.#isDry = true;
      return;
    }
    const index = this.#started++;
    this.#running++;
    if (this.#options.ordered) this.#results.push(PENDING);
    const waiting = this.#batch.start(index, value);
    if (waiting === undefined) return;
    this.#isWaiting = true;
    waiting.then(() => {
      this.#isWaiting = false;
      this.#pull();
      this.#wake();
    });
  }

  /** Ends the map with an error of its source. */
  #fail(error: unknown): void {
    this.#isDry = true;
    this.#failure = new Failure(error);
    this.#wake();
  }

  #put(index: number, end: unknown): void {
    if (this.#options.ordered) this.#results[index - this.#cut] = end;
    else this.#results.push(end);
    this.#wake();
  }

  /** Takes the first result out of the list. */
  #take(): void {
    this.#results[this.#taken++] = undefined;
    if (this.#taken < TAKEN || 2 * this.#taken < this.#results.length) return;
    this.#results = this.#results.slice(this.#taken);
    this.#cut += this.#taken;
    this.#taken = 0;
  }
}
