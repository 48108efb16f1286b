/** The most times in a row without a wait: what was slow may have become quick. */
const RARELY = 64;

/**
 * Decides whether a wait for a quick message is worth its processor time. Each wait in vain raises the number of times
 * without a wait (2n+1, at most 64), so that slow senders cost nothing; a useful wait sets that number to zero.
 */
export class AdaptivePause {
  /** The number of times without a wait after a wait in vain, and the number of them that is left. */
  #pause = 0;
  #left = 0;

  /** Returns whether to wait this time. The answer `false` counts as a time without a wait. */
  isDue(): boolean {
    if (this.#left === 0) return true;
    this.#left--;
    return false;
  }

  /** Notes the end of a wait. */
  ended(wasUseful: boolean): void {
    this.#pause = wasUseful ? 0 : Math.min(RARELY, 2 * this.#pause + 1);
    this.#left = this.#pause;
  }
}
