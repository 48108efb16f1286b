import { performanceNow } from '../platform/platform.ts';
import { SPIN, stayAwake } from '../protocol/spin.ts';

/** However slow a worker has been, one of so many requests is looked after: it may have become quick. */
const RARELY = 64;

/**
 * Watches for the answers of one worker: while it is quick, the event loop stays awake for them. A look in vain is followed by
 * ever more requests without one, so that nothing is spent on workers that take their time.
 */
export class Vigil {
  #sent = 0;
  #isWatched = false;
  /** How many requests go unwatched after a look in vain, and how many of them are left. */
  #pause = 0;
  #left = 0;

  /** A request was sent. */
  sent(): void {
    this.#isWatched = this.#left === 0;
    if (!this.#isWatched) {
      this.#left--;
      return;
    }
    this.#sent = performanceNow();
    stayAwake();
  }

  /** An answer has come. */
  answered(): void {
    if (!this.#isWatched) return;
    this.#isWatched = false;
    const isQuick = performanceNow() - this.#sent <= SPIN;
    this.#pause = isQuick ? 0 : Math.min(RARELY, 2 * this.#pause + 1);
    this.#left = this.#pause;
  }
}
