import { performanceNow } from '../platform/platform.ts';
import { AdaptivePause } from '../protocol/adaptive-pause.ts';
import { keepSpinning, SPIN } from '../protocol/spin.ts';

/** Spins for the answers of one worker while the worker is quick. */
export class AdaptiveSpin {
  readonly #pause = new AdaptivePause();
  #sent = 0;
  #isWatched = false;

  /** Notes that a request was sent. Spins for its answer, unless the last spins were in vain. */
  sent(): void {
    this.#isWatched = this.#pause.isDue();
    if (!this.#isWatched) return;
    this.#sent = performanceNow();
    keepSpinning();
  }

  /** Notes that an answer has come. */
  answered(): void {
    if (!this.#isWatched) return;
    this.#isWatched = false;
    this.#pause.ended(performanceNow() - this.#sent <= SPIN);
  }
}
