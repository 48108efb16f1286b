import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

const PERCENTILES = [0.001, 0.01, 0.1, 1, 2.5, 10, 25, 50, 75, 90, 97.5, 99, 99.9, 99.99, 99.999] as const;

type Percentile<P extends number> = `${P}` extends `${infer Whole}.${infer Part}` ? `p${Whole}_${Part}` : `p${P}`;

/** A summary of times in ms: `p97_5` is the percentile 97.5. */
export type TimesSummary = {
  readonly [name in 'average' | 'mean' | 'stddev' | 'min' | 'max' | Percentile<(typeof PERCENTILES)[number]>]: number;
};

/** A histogram of times in ms. */
export class Times {
  readonly #histogram: RecordableHistogram = createHistogram();

  get count(): number {
    return this.#histogram.count;
  }

  record(ms: number): void {
    this.#histogram.record(Math.max(1, Math.trunc(ms * 1000)));
  }

  reset(): void {
    this.#histogram.reset();
  }

  get summary(): TimesSummary {
    const { mean, stddev, min, max } = this.#histogram;
    const values: Record<string, number> = { average: mean, mean, stddev, min, max };
    for (const each of PERCENTILES) values[`p${String(each).replace('.', '_')}`] = this.#histogram.percentile(each);
    return Object.fromEntries(Object.entries(values).map(([name, us]) => [name, us / 1000])) as TimesSummary;
  }
}

/** The times of a pool's tasks. */
export class TaskTimes {
  readonly #runs: Times | undefined;
  readonly #waits: Times | undefined;

  /** Records nothing if `isOn` is false. */
  constructor(isOn: boolean) {
    this.#runs = isOn ? new Times() : undefined;
    this.#waits = isOn ? new Times() : undefined;
  }

  ran(ms: number): void {
    this.#runs?.record(ms);
  }

  waited(ms: number): void {
    this.#waits?.record(ms);
  }

  /** The time of all runs, in ms. */
  get total(): number {
    const { count = 0, summary } = this.#runs ?? {};
    return count === 0 || summary === undefined ? 0 : summary.mean * count;
  }

  get runTime(): TimesSummary | undefined {
    return this.#runs?.summary;
  }

  get waitTime(): TimesSummary | undefined {
    return this.#waits?.summary;
  }

  resetRunTime(): void {
    this.#runs?.reset();
  }

  resetWaitTime(): void {
    this.#waits?.reset();
  }
}
