import { performanceNow, setImmediate } from './platform.ts';
import type { Timers } from './timers.ts';

/** The tasks with the same time limit. `dues` maps each task to the end of its limit, the earliest first. */
interface Line<T> {
  readonly ms: number;
  readonly dues: Map<T, number>;
  timer: NodeJS.Timeout | undefined;
}

/**
 * The time limits of tasks. Tasks with the same limit share one timer. The timer is set for the task that is due first,
 * reports the tasks that are late, and is set again. So a task costs a map entry and no timer of its own.
 */
export class Deadlines<T extends object> {
  readonly #lines = new Map<number, Line<T>>();
  readonly #lineOf = new Map<T, Line<T>>();
  readonly #timers: Timers;
  readonly #onOver: (entry: T, ms: number) => void;

  /** `onOver` receives each task whose limit is over, and that limit, in ms. */
  constructor(timers: Timers, onOver: (entry: T, ms: number) => void) {
    this.#timers = timers;
    this.#onOver = onOver;
  }

  /** Starts the limit of a task: it is over in `ms` ms. */
  set(entry: T, ms: number): void {
    let line = this.#lines.get(ms);
    if (line === undefined) {
      line = { ms, dues: new Map(), timer: undefined };
      this.#lines.set(ms, line);
    }
    line.dues.set(entry, performanceNow() + ms);
    this.#lineOf.set(entry, line);
    if (line.timer === undefined) this.#wait(line, ms);
  }

  /** Ends the limit of a task that has made progress. */
  clear(entry: T): void {
    const line = this.#lineOf.get(entry);
    if (line === undefined) return;
    this.#lineOf.delete(entry);
    line.dues.delete(entry);
    if (line.dues.size === 0) this.#drop(line);
  }

  /** Ends all limits. */
  end(): void {
    for (const line of this.#lines.values()) this.#drop(line);
    this.#lineOf.clear();
  }

  #drop(line: Line<T>): void {
    this.#timers.clear(line.timer);
    this.#lines.delete(line.ms);
  }

  #wait(line: Line<T>, left: number): void {
    // An answer in the channel is in time, even if a busy master has not read it yet: one more turn lets the master
    // read it. The timer keeps the program alive, because a caller waits for each task that has a limit.
    line.timer = this.#timers.after(left, () => setImmediate(() => this.#check(line)), 'always');
  }

  #check(line: Line<T>): void {
    if (this.#lines.get(line.ms) !== line) return;
    const now = performanceNow();
    for (const [entry, due] of line.dues) {
      if (due > now) return this.#wait(line, Math.ceil(due - now));
      this.clear(entry);
      this.#onOver(entry, line.ms);
    }
  }
}
