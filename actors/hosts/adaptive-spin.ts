import { performanceNow } from '../platform/platform.ts';
import { AdaptivePause } from '../protocol/adaptive-pause.ts';
import { keepSpinning, LONGEST_SPIN, SPIN } from '../protocol/spin.ts';

/** The longest time from an answer to the next request of a caller in a hurry, in ms. Others get a short spin. */
const HURRY = 0.25;

/** Spins for the answers of one worker while the worker is quick, for about as long as its last answers took. */
export class AdaptiveSpin {
  readonly #pause = new AdaptivePause();
  #sent = 0;
  #isWatched = false;
  /** The time of a spin, in ms. */
  #spin = LONGEST_SPIN;
  #answeredAt = Number.NEGATIVE_INFINITY;

  /** Notes that a request was sent. Spins for its answer, unless the last spins were in vain. */
  sent(): void {
    this.#isWatched = this.#pause.isDue();
    if (!this.#isWatched) return;
    this.#sent = performanceNow();
    if (this.#sent - this.#answeredAt > HURRY) this.#spin = SPIN;
    keepSpinning(this.#spin);
  }

  /** Notes that an answer has come. */
  answered(): void {
    if (!this.#isWatched) return;
    this.#isWatched = false;
    this.#answeredAt = performanceNow();
    const ms = this.#answeredAt - this.#sent;
    this.#pause.ended(ms <= this.#spin);
    // Twice the time of late, which varies.
    this.#spin = Math.min(LONGEST_SPIN, Math.max(SPIN, 0.75 * this.#spin + 0.5 * ms));
  }
}
