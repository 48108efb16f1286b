import { performanceNow, setImmediate } from './platform.ts';
import type { Timers } from './timers.ts';

/** Tasks that have the same time: the earliest first, by when theirs is over. */
interface Line<T> {
  readonly ms: number;
  readonly dues: Map<T, number>;
  timer: NodeJS.Timeout | undefined;
}

/**
 * When tasks must have got on. Tasks with the same time share one timer: it is set for the earliest of them, cursors who is
 * late, and is set again. A task costs an entry in a map, and no timer of its own.
 */
export class Deadlines<T extends object> {
  readonly #lines = new Map<number, Line<T>>();
  readonly #lineOf = new Map<T, Line<T>>();
  readonly #timers: Timers;
  readonly #onOver: (entry: T, ms: number) => void;

  /** `onOver` gets each task whose time is over, and how long it was, in ms. */
  constructor(timers: Timers, onOver: (entry: T, ms: number) => void) {
    this.#timers = timers;
    this.#onOver = onOver;
  }

  /** Gives a task so many ms from now. */
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

  /** The task has got on. */
  clear(entry: T): void {
    const line = this.#lineOf.get(entry);
    if (line === undefined) return;
    this.#lineOf.delete(entry);
    line.dues.delete(entry);
    if (line.dues.size === 0) this.#drop(line);
  }

  /** Forgets all tasks. */
  end(): void {
    for (const line of this.#lines.values()) this.#drop(line);
    this.#lineOf.clear();
  }

  #drop(line: Line<T>): void {
    this.#timers.clear(line.timer);
    this.#lines.delete(line.ms);
  }

  #wait(line: Line<T>, left: number): void {
    // An answer that lies in the channel is in time, though a busy master has not read it yet: it gets a turn to do so.
    // It keeps the program alive: somebody waits for a task that has a time.
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
