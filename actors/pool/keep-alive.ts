import type { PoolCore } from '../core/pool-core.ts';

/** What keeps the program alive: tasks that have not settled, and callers that wait for a moment of the pool's life. */
export class KeepAlive {
  readonly #core: PoolCore;
  /** Callers that wait, beside the tasks. */
  #holds = 0;

  constructor(core: PoolCore) {
    this.#core = core;
  }

  /** There is something to do: workers keep the program alive from now on. */
  reference(): void {
    if (!this.#core.isReferenced) this.#set(true);
  }

  /** Keeps the program alive until this has settled. */
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

  /** Lets the program end, where no task is left and nobody waits. */
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
