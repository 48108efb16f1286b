import { performanceNow } from '../platform/platform.ts';
import { keepSpinning, SPIN } from '../protocol/spin.ts';

/** The most requests without a spin: even a slow worker gets a spin after that, because it may have become quick. */
const RARELY = 64;

/**
 * Spins for the answers of one worker while the worker is quick. Each spin that finds nothing raises the number of
 * requests without a spin (2n+1, at most 64), so that slow workers cost nothing.
 */
export class AdaptiveSpin {
  #sent = 0;
  #isWatched = false;
  /** The number of requests without a spin after a spin that found nothing, and the number of them that is left. */
  #pause = 0;
  #left = 0;

  /** Notes that a request was sent. Spins for its answer, unless it belongs to the requests without a spin. */
  sent(): void {
    this.#isWatched = this.#left === 0;
    if (!this.#isWatched) {
      this.#left--;
      return;
    }
    this.#sent = performanceNow();
    keepSpinning();
  }

  /** Notes that an answer has come. */
  answered(): void {
    if (!this.#isWatched) return;
    this.#isWatched = false;
    const isQuick = performanceNow() - this.#sent <= SPIN;
    this.#pause = isQuick ? 0 : Math.min(RARELY, 2 * this.#pause + 1);
    this.#left = this.#pause;
  }
}
