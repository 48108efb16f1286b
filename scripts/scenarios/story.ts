import { performance } from 'node:perf_hooks';
import {
  createPool,
  type HostName,
  type Kind,
  type KindTypes,
  type Pool,
  type PoolOptions,
  type WorkerInfo,
} from '../../actors/index.ts';
import type { Voice } from './voice.ts';

/** Where a scenario's workers run: they are real ones. */
export type StoryHost = Exclude<HostName, 'inline'>;

/** A pool whose types do not matter. */
// biome-ignore lint/suspicious/noExplicitAny: a story watches pools of every kind and looks into none of their types.
export type AnyPool = Pool<any, any, any, any>;

/** The pool that a kind makes. */
export type PoolOf<X extends KindTypes> = ReturnType<typeof createPool<X>>;

/** What a story is told with. Durations in ms. */
export interface StoryOptions {
  readonly host: StoryHost;
  readonly size: number;
  /** How long each wait may take before the story is broken off. */
  readonly patience: number;
  readonly voice: Voice;
  /** Gets each pool; the next wait waits for it first. */
  readonly onPool?: ((pool: AnyPool) => Promise<void>) | undefined;
}

/** A story cannot go on: what it waited for did not come, or it was told to end. */
export class StoryError extends Error {
  override readonly name = 'StoryError';
}

/** How long the workers' end is waited for. In ms. */
const LAST_WAIT = 10_000;
const EVENTS = ['worker', 'task', 'feedback', 'stalled', 'idle', 'degraded'] as const;

/** One telling of a scenario: says what happens, checks it, waits for it, and cleans up after it. */
export class Story {
  /** Where the workers run. */
  readonly host: StoryHost;
  /** How many workers there are to be. */
  readonly size: number;
  readonly #patience: number;
  readonly #voice: Voice;
  readonly #start = performance.now();
  readonly #onPool: ((pool: AnyPool) => Promise<void>) | undefined;
  readonly #pools = new Set<AnyPool>();
  /** Settles when those who are to look at the pools are there. */
  #looking: Promise<unknown> = Promise.resolve();
  readonly #failed: string[] = [];
  #held = 0;
  #breakOff!: (reason: StoryError) => void;
  readonly #brokenOff = new Promise<never>((_resolve, reject) => {
    this.#breakOff = reject;
  });

  constructor({ host, size, patience, voice, onPool }: StoryOptions) {
    this.#onPool = onPool;
    this.host = host;
    this.size = size;
    this.#patience = patience;
    this.#voice = voice;
    // Nobody may be waiting just when the story is broken off.
    this.#brokenOff.catch(() => {});
  }

  /** How many checks held. */
  get held(): number {
    return this.#held;
  }

  /** What did not hold, in the words of the checks. */
  get failed(): readonly string[] {
    return this.#failed;
  }

  /** Prints a line of plain words. */
  say(text: string): void {
    this.#voice.say(this.#elapsed, text);
  }

  /** Prints whether something holds; where it does not, `seen` says what was there instead, and the story has failed. */
  check(what: string, holds: boolean, seen?: unknown): boolean {
    if (holds) this.#held++;
    else this.#failed.push(what);
    const instead = holds || seen === undefined ? '' : ` (it was ${typeof seen === 'string' ? seen : show(seen)})`;
    this.#voice.check(this.#elapsed, `${what}${instead}`, holds);
    return holds;
  }

  /** Makes a pool of the scenario's host and size. It is destroyed when the story ends, and what it warns of is said. */
  pool<X extends KindTypes>(kind: Kind<X>, options: PoolOptions = {}): PoolOf<X> {
    const pool = createPool(kind, {
      host: this.host,
      size: this.size,
      onOutput: ({ worker, line }) => this.say(`${worker} writes: ${line}`),
      ...options,
    });
    this.#pools.add(pool);
    if (this.#onPool !== undefined) this.#looking = Promise.all([this.#looking, this.#onPool(pool)]);
    pool.on('stalled', (error) => this.say(`The pool says that it is stalled: ${error.message}.`));
    pool.on('degraded', (error) => this.say(`The pool says: ${error.message}.`));
    return pool;
  }

  /**
   * Waits until something holds: looks at every event of the pool. @throws {StoryError} when it did not come in time
   */
  async until(what: string, pool: AnyPool, holds: () => boolean): Promise<void> {
    let later = () => {};
    const met = new Promise<void>((resolve, reject) => {
      const look = () => {
        try {
          if (holds()) resolve();
        } catch (error) {
          reject(error);
        }
      };
      // An event is told while the pool is still about to change: the next turn sees what it has become.
      later = () => void setImmediate(look);
      look();
    });
    for (const event of EVENTS) pool.on(event, later);
    try {
      await this.within(what, met);
    } finally {
      for (const event of EVENTS) pool.off(event, later);
    }
  }

  /** Waits for a promise, but not for ever. @throws {StoryError} when it did not settle in time; else as the promise does */
  async within<T>(what: string, promise: Promise<T>, patience: number = this.#patience): Promise<T> {
    if (this.#onPool !== undefined) {
      // Whatever becomes of it meanwhile is heard below.
      promise.catch(() => {});
      await Promise.race([this.#looking, this.#brokenOff]);
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const error = new StoryError(`it did not happen within ${patience / 1000} s: ${what}`);
      timer = setTimeout(() => reject(error), patience);
    });
    try {
      return await Promise.race([promise, late, this.#brokenOff]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** A worker by its id and its process or thread. */
  nameOf({ id, pid, threadId }: WorkerInfo): string {
    if (this.host === 'thread') return threadId === undefined ? id : `${id} (thread ${threadId})`;
    return pid === undefined ? id : `${id} (process ${pid})`;
  }

  /** Every wait ends with this error from now on. */
  breakOff(why: string): void {
    this.#breakOff(new StoryError(why));
  }

  /** Destroys the pools. Whether no worker is left: a pool that cannot be destroyed is not waited for for ever. */
  async end(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), LAST_WAIT);
    });
    const destroyed = Promise.all([...this.#pools].map((pool) => pool.destroy())).then(() => true);
    const isClean = await Promise.race([destroyed, late]);
    clearTimeout(timer);
    return isClean;
  }

  get #elapsed(): number {
    return performance.now() - this.#start;
  }
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
