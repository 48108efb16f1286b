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

/** The host of a scenario's workers: `inline` is excluded, because the workers must be real. */
export type ScenarioHost = Exclude<HostName, 'inline'>;

/** A pool whose types do not matter. */
// biome-ignore lint/suspicious/noExplicitAny: a scenario watches pools of every type.
export type AnyPool = Pool<any, any, any, any>;

/** The pool that a kind makes. */
export type PoolOf<X extends KindTypes> = ReturnType<typeof createPool<X>>;

/** The options of a scenario's run. Durations in ms. */
export interface ScenarioRunOptions {
  readonly host: ScenarioHost;
  readonly size: number;
  /** The longest time of each wait. A longer wait aborts the scenario. */
  readonly patience: number;
  readonly reporter: Reporter;
  /** Gets each pool; the scenario's next wait first waits for its promise. */
  readonly onPool?: ((pool: AnyPool) => Promise<void>) | undefined;
}

/** The error of a scenario that cannot go on: a wait took too long, or an interrupt came. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

/** The longest wait for the end of the workers, in ms. */
const LAST_WAIT = 10_000;
const EVENTS = ['worker', 'task', 'feedback', 'stalled', 'idle', 'degraded'] as const;

/** A run of a scenario: prints events, checks them, waits for them, and cleans up at the end. */
export class ScenarioRun {
  /** The host of the workers. */
  readonly host: ScenarioHost;
  /** The number of workers. */
  readonly size: number;
  readonly #patience: number;
  readonly #reporter: Reporter;
  readonly #start = performance.now();
  readonly #onPool: ((pool: AnyPool) => Promise<void>) | undefined;
  readonly #pools = new Set<AnyPool>();
  /** Settles when the viewers of the pools are connected. */
  #viewers: Promise<unknown> = Promise.resolve();
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
    // The abort may come while no wait handles this promise.
    this.#brokenOff.catch(() => {});
  }

  /** The number of checks that passed. */
  get held(): number {
    return this.#held;
  }

  /** The failed checks, in words. */
  get failed(): readonly string[] {
    return this.#failed;
  }

  /** Prints a line of plain words. */
  say(text: string): void {
    this.#reporter.say(this.#elapsed, text);
  }

  /** Prints a check. If it fails, `seen` is the actual value, and the scenario has failed. */
  check(what: string, holds: boolean, seen?: unknown): boolean {
    if (holds) this.#held++;
    else this.#failed.push(what);
    const instead = holds || seen === undefined ? '' : ` (it was ${typeof seen === 'string' ? seen : show(seen)})`;
    this.#reporter.check(this.#elapsed, `${what}${instead}`, holds);
    return holds;
  }

  /**
   * Makes a pool with the scenario's host and size, and prints its warnings. The end of the scenario destroys the pool.
   */
  pool<X extends KindTypes>(kind: Kind<X>, options: PoolOptions = {}): PoolOf<X> {
    const pool = createPool(kind, {
      host: this.host,
      size: this.size,
      onOutput: ({ worker, line }) => this.say(`${worker} writes: ${line}`),
      ...options,
    });
    this.#pools.add(pool);
    if (this.#onPool !== undefined) this.#viewers = Promise.all([this.#viewers, this.#onPool(pool)]);
    pool.on('stalled', (error) => this.say(`The pool says that it is stalled: ${error.message}.`));
    pool.on('degraded', (error) => this.say(`The pool says: ${error.message}.`));
    return pool;
  }

  /**
   * Waits for a condition and checks it at every event of the pool. @throws {ScenarioError} when it does not hold in
   * time
   */
  async until(what: string, pool: AnyPool, holds: () => boolean): Promise<void> {
    let later = () => {};
    const met = new Promise<void>((resolve, reject) => {
      const check = () => {
        try {
          if (holds()) resolve();
        } catch (error) {
          reject(error);
        }
      };
      // The pool emits an event before its change is complete. The next turn sees the complete change.
      later = () => void setImmediate(check);
      check();
    });
    for (const event of EVENTS) pool.on(event, later);
    try {
      await this.within(what, met);
    } finally {
      for (const event of EVENTS) pool.off(event, later);
    }
  }

  /**
   * Waits for a promise for a limited time. @throws {ScenarioError} when it does not settle in time; otherwise as the
   * promise does
   */
  async within<T>(what: string, promise: Promise<T>, patience: number = this.#patience): Promise<T> {
    if (this.#onPool !== undefined) {
      // A rejection during the wait for the viewers is handled below.
      promise.catch(() => {});
      await Promise.race([this.#viewers, this.#brokenOff]);
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

  /** Returns a worker by its id and its process or thread. */
  nameOf({ id, pid, threadId }: WorkerInfo): string {
    if (this.host === 'thread') return threadId === undefined ? id : `${id} (thread ${threadId})`;
    return pid === undefined ? id : `${id} (process ${pid})`;
  }

  /** Ends every wait from now on with this error. */
  breakOff(why: string): void {
    this.#breakOff(new ScenarioError(why));
  }

  /** Destroys the pools, and waits a limited time. Returns whether no worker is left. */
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
