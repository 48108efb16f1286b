import type { ChartedKind } from '../../machines/kind-chart/chart-row.ts';
import { type TestHost, TestPool } from './test-pool.ts';

/** The options of test pools. */
export interface TestPoolsOptions {
  /** The most pools at the same time. */
  readonly parallel: number;
  /** The number of workers of a pool. */
  readonly size: number;
  /** The most paths on one pool, one after the other. A new worker gets every instruction ever given on its pool. */
  readonly paths: number;
}

/**
 * The pools on which paths run. At most `parallel` are open at a time. A pool serves one path after the other while
 * paths wait, so that a path does not pay for the start of a pool.
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

  /** Runs an act on a pool that it has for itself meanwhile. Closes a pool on which an act failed. */
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
