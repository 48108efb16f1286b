import type { ChartedKind } from '../../machines/kind-chart/chart-row.ts';
import { type TestHost, TestPool } from './test-pool.ts';

/** What a pool is opened for. */
export interface TestPoolsOptions {
  /** Pools at the same time. */
  readonly parallel: number;
  /** Workers of a pool. */
  readonly size: number;
  /** How many paths may share a pool, one after the other. Every instruction that it ever gave is told to each new worker. */
  readonly paths: number;
}

/**
 * The pools on which paths run: so many at a time, each for one path after the other as long as paths wait, so that a path
 * does not pay for the start of a pool.
 */
export class TestPools {
  readonly #open: () => TestPool;
  readonly #options: TestPoolsOptions;
  readonly #waiting: (() => void)[] = [];
  readonly #free: { testPool: TestPool; paths: number }[] = [];
  #used = 0;

  constructor(kind: ChartedKind, host: TestHost, options: TestPoolsOptions) {
    this.#open = () => new TestPool(kind, host, options.size);
    this.#options = options;
  }

  /** Runs something on a pool of its own for that time. One on which it failed is never used again. */
  async use<R>(act: (testPool: TestPool) => Promise<R>): Promise<R> {
    if (this.#used >= this.#options.parallel) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#used++;
    const place = this.#free.pop() ?? { testPool: this.#open(), paths: 0 };
    let isFine = false;
    try {
      const result = await act(place.testPool);
      isFine = ++place.paths < this.#options.paths;
      return result;
    } finally {
      const next = this.#waiting.shift();
      if (isFine && next !== undefined) this.#free.push(place);
      else await place.testPool.close();
      if (next !== undefined) next();
      else this.#used--;
    }
  }
}
