import { queueMicrotask } from '../platform/platform.ts';

/**
 * One step of a pool at a time: a task is picked, a verdict is applied, the supervisor decides. Hooks of the kind and listeners
 * run in the midst of a step, and may call any method of their pool: what they ask for is done when the step is over, so that
 * no step ever finds the pool in another state than it left it in.
 */
export class Turn {
  #depth = 0;
  #isEnding = false;
  readonly #later: (() => void)[] = [];
  readonly #onEnd: () => void;

  /** `onEnd` is called after each step that is not a part of another one. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** Whether a step is under way. */
  get isUnderWay(): boolean {
    return this.#depth > 0;
  }

  /** A step begins, or a part of one. */
  begin(): void {
    this.#depth++;
  }

  /** It is over: what was asked for meanwhile is done, in order. */
  end(): void {
    if (--this.#depth > 0 || this.#isEnding) return;
    this.#isEnding = true;
    try {
      for (let act = this.#later.shift(); act !== undefined; act = this.#later.shift()) attempt(act);
    } finally {
      this.#isEnding = false;
    }
    this.#onEnd();
  }

  /** Does something now, or, where a step is under way, when it is over. */
  after(act: () => void): void {
    if (this.#depth > 0) this.#later.push(act);
    else act();
  }
}

/** What one of them throws is thrown where it keeps no other from being done. */
function attempt(act: () => void): void {
  try {
    act();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
