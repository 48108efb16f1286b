import type { ChartedKind } from '../machines/chart-row.ts';
import { Stage, type StageHost } from './stage.ts';

/** So many paths share a pool: every instruction that it ever gave is told to each new worker. */
const PATHS_A_STAGE = 25;

/**
 * The pools on which paths run: so many at a time, each for one path after the other as long as paths wait, so that a path
 * does not pay for the start of a pool.
 */
export class Stages {
  readonly #open: () => Stage;
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  readonly #free: { stage: Stage; paths: number }[] = [];
  #used = 0;

  constructor(kind: ChartedKind, host: StageHost, limit: number, size = 1) {
    this.#open = () => new Stage(kind, host, size);
    this.#limit = limit;
  }

  /** Runs something on a pool of its own for that time. One on which it failed is never used again. */
  async use<R>(act: (stage: Stage) => Promise<R>): Promise<R> {
    if (this.#used >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#used++;
    const place = this.#free.pop() ?? { stage: this.#open(), paths: 0 };
    let isFine = false;
    try {
      const result = await act(place.stage);
      isFine = ++place.paths < PATHS_A_STAGE;
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
