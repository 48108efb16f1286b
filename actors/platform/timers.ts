import { clearTimeout, setInterval, setTimeout } from './platform.ts';

/** Whether a timer keeps the program alive: always, never, or only while its pool does. */
export type KeepsAlive = 'always' | 'never' | 'pool';

/** The timers of one pool: each is listed here until it is over, so that the end of the pool leaves none behind. */
export class Timers {
  readonly #running = new Set<NodeJS.Timeout>();
  /** Those that keep the program alive while the pool does. */
  readonly #following = new Set<NodeJS.Timeout>();
  #isReferenced = false;

  /** Calls a function once, after so many ms. */
  after(ms: number, act: () => void, keepsAlive: KeepsAlive): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#forget(timer);
      act();
    }, ms);
    if (keepsAlive === 'pool') this.#following.add(timer);
    if (keepsAlive === 'never' || (keepsAlive === 'pool' && !this.#isReferenced)) timer.unref();
    this.#running.add(timer);
    return timer;
  }

  /** Calls a function every so many ms; the program is not kept alive by it. */
  every(ms: number, act: () => void): NodeJS.Timeout {
    const timer = setInterval(act, ms);
    timer.unref();
    this.#running.add(timer);
    return timer;
  }

  /** Ends a timer, where there is one. */
  clear(timer: NodeJS.Timeout | undefined): void {
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#forget(timer);
  }

  /** The pool keeps the program alive from now on, or does so no more. */
  ref(isNeeded: boolean): void {
    this.#isReferenced = isNeeded;
    for (const timer of this.#following) timer[isNeeded ? 'ref' : 'unref']();
  }

  /** Ends them all. */
  end(): void {
    for (const timer of this.#running) clearTimeout(timer);
    this.#running.clear();
    this.#following.clear();
  }

  #forget(timer: NodeJS.Timeout): void {
    this.#running.delete(timer);
    this.#following.delete(timer);
  }
}
