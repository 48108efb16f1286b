import type { WorkerInfo } from '../../actors/index.ts';

/** The longest time that a timer of Node can take, in ms. */
const LONGEST = 2 ** 31 - 1;

/** The part of a pool that tells of its workers. */
export interface WatchedPool {
  readonly workers: readonly WorkerInfo[];
  on(event: 'worker', listener: (worker: WorkerInfo) => void): unknown;
  off(event: 'worker', listener: (worker: WorkerInfo) => void): unknown;
}

/** Keeps the program alive while one of the workers lives that the program has referenced. */
export class HeldWorkers {
  /** The functions that end the watches of these workers, by their ids. */
  readonly #watches = new Map<string, () => void>();
  #timer: NodeJS.Timeout | undefined;

  /** Keeps the program alive until a worker of a pool has ended, or until `release`. */
  hold(worker: string, pool: WatchedPool): void {
    const lives = pool.workers.some(({ id, state }) => id === worker && state !== 'dead');
    if (!lives || this.#watches.has(worker)) return;
    const watch = ({ id, state }: WorkerInfo) => {
      if (id === worker && state === 'dead') this.release(worker);
    };
    pool.on('worker', watch);
    this.#watches.set(worker, () => pool.off('worker', watch));
    this.#timer ??= setInterval(() => {}, LONGEST);
  }

  /** Lets the program end while a worker lives. */
  release(worker: string): void {
    this.#watches.get(worker)?.();
    if (!this.#watches.delete(worker) || this.#watches.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
