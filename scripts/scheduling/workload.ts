/** A keyed workload on a pool of one size. Times in ms. */
export interface Workload {
  /** The number of workers. */
  readonly size: number;
  /** The number of keys, which come by Zipf's law: the second is half as frequent as the first, and so on. */
  readonly keys: number;
  /** The time of the first task of a key in a worker, beyond that of a later one. */
  readonly load: number;
  /** The time of a task. */
  readonly work: number;
  /** The time from the end of a worker to the start of the one in its place. */
  readonly start: number;
  /** The number of tasks that wait or run at a time: when one ends, the next one comes. */
  readonly inFlight: number;
  /** The number of tasks in all. */
  readonly tasks: number;
}

/** The result of one simulation. Times in ms. */
export interface Outcome {
  /** The time until the last task has ended. */
  readonly wall: number;
  readonly loads: number;
  /** The number of workers that were started. */
  readonly births: number;
  /** The longest time from a task's arrival to its begin. */
  readonly longestWait: number;
  /** The share of the workers' time in which they had a task. */
  readonly busyShare: number;
}

/** Returns the number of the key of each task: the same for every subject. */
export function keysOf({ keys, tasks }: Workload): number[] {
  const weights = Array.from({ length: keys }, (_, i) => 1 / (i + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let state = 1;
  return Array.from({ length: tasks }, () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    let rest = (state / 2 ** 32) * total;
    const key = weights.findIndex((weight) => {
      rest -= weight;
      return rest < 0;
    });
    return key < 0 ? keys - 1 : key;
  });
}

/** Calls functions at their times, earliest first; those of one time in the order in which they were added. */
export class Clock {
  now = 0;
  readonly #acts: { readonly at: number; readonly order: number; readonly act: () => void }[] = [];
  #order = 0;

  after(ms: number, act: () => void): void {
    const added = { at: this.now + ms, order: this.#order++, act };
    let low = 0;
    let high = this.#acts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const { at } = this.#acts[middle] as { at: number };
      // The earliest act is the last one of the list.
      if (at > added.at) low = middle + 1;
      else high = middle;
    }
    this.#acts.splice(low, 0, added);
  }

  /** Goes on to the next act; returns false if there is none. */
  step(): boolean {
    const next = this.#acts.pop();
    if (next === undefined) return false;
    this.now = next.at;
    next.act();
    return true;
  }
}
