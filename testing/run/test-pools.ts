import type { ChartedKind } from '../../machines/kind-chart/chart-row.ts';
import { Stage, type StageHost } from './test-pool.ts';

/** What a pool is opened for. */
export interface StagesOptions {
  /** Pools at the same time. */
  readonly levels: number;
  /** Workers of a pool. */
  readonly size: number;
  /** How many paths may share a pool, one after the other. Every instruction that it ever gave is told to each new worker. */
  readonly paths: number;
}

/**
 * The pools on which paths run: so many at a time, each for one path after the other as long as paths wait, so that a path
 * does not pay for the start of a pool.
 */
export class Stages {
  readonly #open: () => Stage;
  readonly #options: StagesOptions;
  readonly #waiting: (() => void)[] = [];
  readonly #free: { stage: Stage; paths: number }[] = [];
  #used = 0;

  constructor(kind: ChartedKind, host: StageHost, options: StagesOptions) {
    this.#open = () => new Stage(kind, host, options.size);
    this.#options = options;
  }

  /** Runs something on a pool of its own for that time. One on which it failed is never used again. */
  async use<R>(act: (stage: Stage) => Promise<R>): Promise<R> {
    if (this.#used >= this.#options.levels) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#used++;
    const place = this.#free.pop() ?? { stage: this.#open(), paths: 0 };
    let isFine = false;
    try {
      const result = await act(place.stage);
      isFine = ++place.paths < this.#options.paths;
      return result;
    } finally {
      const next = this.#waiting.shift();
      if (isFine && next !== undefined) this.#free.push(place);
      else await place.stage.close();
      if (next !== undefined) next();
      else this.#used--;
    }
  }
}
