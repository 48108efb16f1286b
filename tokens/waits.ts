import type { TokenPriority } from './source.ts';

interface Wait {
  left: number;
  readonly onGrant: (n: number) => void;
}

/** A list of those that wait for tokens: the high priority before the low one, and the first before the others. */
export class Waits {
  readonly #high = new Set<Wait>();
  readonly #low = new Set<Wait>();

  /** The number of tokens that are waited for. */
  get size(): number {
    let size = 0;
    for (const { left } of [...this.#high, ...this.#low]) size += left;
    return size;
  }

  /** Is true if nobody waits. */
  get isEmpty(): boolean {
    return this.#high.size === 0 && this.#low.size === 0;
  }

  /** Adds a wait for `n` tokens; returns a function that ends it. */
  add(n: number, priority: TokenPriority, onGrant: (n: number) => void): () => void {
    const wait: Wait = { left: n, onGrant };
    const waits = priority === 'high' ? this.#high : this.#low;
    if (n > 0) waits.add(wait);
    return () => {
      waits.delete(wait);
    };
  }

  /** Grants one token to the first that waits; returns false if nobody does. */
  grant(): boolean {
    for (const waits of [this.#high, this.#low]) {
      const [wait] = waits;
      if (wait === undefined) continue;
      if (--wait.left === 0) waits.delete(wait);
      wait.onGrant(1);
      return true;
    }
    return false;
  }

  /** Grants everything that is waited for. */
  grantAll(): void {
    while (this.grant());
  }
}
