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
import type { Reporter } from './reporter.ts';

/** Where a scenario's workers run: they are real ones. */
export type ScenarioHost = Exclude<HostName, 'inline'>;

/** A pool whose types do not matter. */
// biome-ignore lint/suspicious/noExplicitAny: a scenario watches pools of every kind and looks into none of their types.
export type AnyPool = Pool<any, any, any, any>;

/** The pool that a kind makes. */
export type PoolOf<X extends KindTypes> = ReturnType<typeof createPool<X>>;

/** What a scenario runs with. Durations in ms. */
export interface ScenarioRunOptions {
  readonly host: ScenarioHost;
  readonly size: number;
  /** How long each wait may take before the scenario is broken off. */
  readonly patience: number;
  readonly reporter: Reporter;
  /** Gets each pool; the next wait waits for it first. */
  readonly onPool?: ((pool: AnyPool) => Promise<void>) | undefined;
}

/** A scenario cannot go on: what it waited for did not come, or it was interrupted. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

/** How long the workers' end is waited for. In ms. */
const LAST_WAIT = 10_000;
const EVENTS = ['worker', 'task', 'feedback', 'stalled', 'idle', 'degraded'] as const;

/** One options of a scenario: says what happens, checks it, waits for it, and cleans up after it. */
export class ScenarioRun {
  /** Where the workers run. */
  readonly host: ScenarioHost;
  /** How many workers there are to be. */
  readonly size: number;
  readonly #patience: number;
  readonly #reporter: Reporter;
  readonly #start = performance.now();
  readonly #onPool: ((pool: AnyPool) => Promise<void>) | undefined;
  readonly #pools = new Set<AnyPool>();
  /** Settles when those who are to look at the pools are there. */
  #looking: Promise<unknown> = Promise.resolve();
  readonly #failed: string[] = [];
  #held = 0;
  #breakOff!: (reason: ScenarioError) => void;
  readonly #brokenOff = new Promise<never>((_resolve, reject) => {
    this.#breakOff = reject;
  });

  constructor({ host, size, patience, reporter, onPool }: ScenarioRunOptions) {
    this.#onPool = onPool;
    this.host = host;
    this.size = size;
    this.#patience = patience;
    this.#reporter = reporter;
    // Nobody may be waiting just when the scenario is broken off.
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
    this.#reporter.say(this.#elapsed, text);
  }

  /** Prints whether something holds; where it does not, `seen` says what was there instead, and the scenario has failed. */
  check(what: string, holds: boolean, seen?: unknown): boolean {
    if (holds) this.#held++;
    else this.#failed.push(what);
    const instead = holds || seen === undefined ? '' : ` (it was ${typeof seen === 'string' ? seen : show(seen)})`;
    this.#reporter.check(this.#elapsed, `${what}${instead}`, holds);
    return holds;
  }

  /** Makes a pool of the scenario's host and size. It is destroyed when the scenario ends, and what it warns of is said. */
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
   * Waits until something holds: looks at every event of the pool. @throws {ScenarioError} when it did not come in time
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

  /** Waits for a promise, but not for ever. @throws {ScenarioError} when it did not settle in time; else as the promise does */
  async within<T>(what: string, promise: Promise<T>, patience: number = this.#patience): Promise<T> {
    if (this.#onPool !== undefined) {
      // Whatever becomes of it meanwhile is heard below.
      promise.catch(() => {});
      await Promise.race([this.#looking, this.#brokenOff]);
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const error = new ScenarioError(`it did not happen within ${patience / 1000} s: ${what}`);
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
    this.#breakOff(new ScenarioError(why));
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
