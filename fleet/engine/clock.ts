import { clearTimeout, dateNow, setTimeout } from '../../actors/tooling.ts';

/** The time of a broker in memory. */
export interface Clock {
  now(): number;
  /** Calls a function after some ms. Returns a function that prevents it. */
  after(ms: number, then: () => void): () => void;
}

/** Returns the clock of this machine. Its timers do not keep a program alive. */
export function realClock(): Clock {
  return {
    now: dateNow,
    after: (ms, then) => {
      const timer = setTimeout(then, ms);
      timer.unref?.();
      return () => clearTimeout(timer);
    },
  };
}

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  #now = 0;
  #timers: Array<{ readonly at: number; readonly then: () => void }> = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, then: () => void): () => void {
    const timer = { at: this.#now + ms, then };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** Moves the clock. The timers on the way run in order of their time; `settled` is awaited after each of them. */
  async advance(ms: number, settled: () => Promise<void>): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settled();
      const [next] = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#now = Math.max(this.#now, next.at);
      next.then();
    }
    this.#now = end;
  }
}
