import { queueMicrotask } from '../platform/platform.ts';

/**
 * Runs the steps of a pool one at a time: a task is picked, a verdict is applied, the supervisor decides. Hooks of the
 * kind and listeners run during a step, and may call any method of their pool. Such a call takes effect after the step,
 * so that a step never finds the pool in another state than it left it in.
 */
export class Turn {
  #depth = 0;
  #isEnding = false;
  readonly #later: (() => void)[] = [];
  readonly #onEnd: () => void;

  /** Calls `onEnd` after each step that is not a part of another one. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** Is true during a step. */
  get isUnderWay(): boolean {
    return this.#depth > 0;
  }

  /** Begins a step, or a part of one. */
  begin(): void {
    this.#depth++;
  }

  /** Ends a step, or a part of one. After the whole step the postponed calls run, in order. */
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

  /** Runs a call at once; during a step, after that step. */
  after(act: () => void): void {
    if (this.#depth > 0) this.#later.push(act);
    else act();
  }
}

/** Runs a postponed call. An error becomes an uncaught exception, so that the other calls still run. */
function attempt(act: () => void): void {
  try {
    act();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
