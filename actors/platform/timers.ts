import { clearTimeout, setInterval, setTimeout } from './platform.ts';

/**
 * The condition under which a timer keeps the program alive: `always`, `never`, or `pool` (only while its pool does).
 */
export type KeepsAlive = 'always' | 'never' | 'pool';

/**
 * The timers of one pool. Each is listed here until it is over, so that the pool leaves no timer behind when it ends.
 */
export class Timers {
  readonly #running = new Set<NodeJS.Timeout>();
  /** The timers that keep the program alive only while the pool does. */
  readonly #following = new Set<NodeJS.Timeout>();
  #isReferenced = false;

  /** Calls a function once, after `ms` ms. */
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

  /** Calls a function every `ms` ms. The timer does not keep the program alive. */
  every(ms: number, act: () => void): NodeJS.Timeout {
    const timer = setInterval(act, ms);
    timer.unref();
    this.#running.add(timer);
    return timer;
  }

  /** Ends a timer, if there is one. */
  clear(timer: NodeJS.Timeout | undefined): void {
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#forget(timer);
  }

  /** Sets whether the pool keeps the program alive. Its `pool` timers follow. */
  ref(isNeeded: boolean): void {
    this.#isReferenced = isNeeded;
    for (const timer of this.#following) timer[isNeeded ? 'ref' : 'unref']();
  }

  /** Ends all timers. */
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
