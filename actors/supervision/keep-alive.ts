import type { PoolCore } from '../core/pool-core.ts';

/** Keeps the program alive while tasks have not settled, or callers wait for an event of the pool. */
export class KeepAlive {
  readonly #core: PoolCore;
  /** The number of waiting callers, tasks not included. */
  #holds = 0;
  /** Is false after the user's `unref`. */
  #isAllowed = true;

  constructor(core: PoolCore) {
    this.#core = core;
  }

  /** Lets workers keep the program alive from now on: the pool has something to do. */
  reference(): void {
    if (!this.#core.isReferenced && this.#isAllowed) this.#set(true);
  }

  /** Sets whether the pool may keep the program alive, from now on. */
  allow(isAllowed: boolean): void {
    this.#isAllowed = isAllowed;
    const { isReferenced, pending } = this.#core;
    const isNeeded = isAllowed && (this.#holds > 0 || pending > 0);
    if (isNeeded !== isReferenced) this.#set(isNeeded);
  }

  /** Keeps the program alive until the promise has settled. */
  async hold<T>(promise: Promise<T>): Promise<T> {
    this.#holds++;
    this.reference();
    try {
      return await promise;
    } finally {
      this.#holds--;
      this.release();
    }
  }

  /** Lets the program end if no task is left and no caller waits. */
  release(): void {
    const { isReferenced, pending } = this.#core;
    if (!isReferenced || this.#holds > 0 || pending > 0) return;
    this.#set(false);
  }

  #set(isReferenced: boolean): void {
    const { links, timers } = this.#core;
    this.#core.isReferenced = isReferenced;
    for (const link of links.values()) link.ref(isReferenced);
    timers.ref(isReferenced);
  }
}
