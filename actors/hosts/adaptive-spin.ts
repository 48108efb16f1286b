import { performanceNow } from '../platform/platform.ts';
import { keepSpinning, SPIN } from '../protocol/spin.ts';

/** However slow a worker has been, one of so many requests is looked after: it may have become quick. */
const RARELY = 64;

/**
 * Watches for the answers of one worker: while it is quick, the event loop spins for them. Each spin that finds nothing
 * doubles (2n+1, at most 64) the number of requests before the next one, so that nothing is spent on slow workers.
 */
export class AdaptiveSpin {
  #sent = 0;
  #isWatched = false;
  /** How many requests go unwatched after a spin that found nothing, and how many of them are left. */
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
    keepSpinning();
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
