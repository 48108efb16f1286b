import { UsageError } from '../actors/index.ts';
import { queueMicrotask, quoted } from '../actors/tooling.ts';
import type { TokenPriority, TokenSource } from './source.ts';
import { Waits } from './waits.ts';

/** A budget of tokens within this program. */
export interface SharedTokens extends TokenSource {
  /** The number of tokens that nobody holds. */
  readonly left: number;
}

/**
 * Makes a budget of `n` tokens for several pools of this program: together their workers never perform more than `n`
 * requests at a time. A free token goes to the pools with the high priority first, then to the one that waits longest.
 *
 * @throws {UsageError} for a number below 1
 *
 * @example
 * import { sharedTokens } from 'statepool/tokens';
 *
 * const tokens = sharedTokens(2);
 * await using urgent = createPool(kind, { size: 4, tokens, tokenPriority: 'high' });
 * await using other = createPool(kind, { size: 4, tokens });
 */
export function sharedTokens(n: number): SharedTokens {
  if (!Number.isSafeInteger(n) || n < 1)
    throw new UsageError(`sharedTokens got ${quoted(n)}: it must be a whole number of tokens, at least 1`);
  return new Shared(n);
}

class Shared implements SharedTokens {
  readonly #waits = new Waits();
  #left: number;
  #isGranting = false;

  constructor(n: number) {
    this.#left = n;
  }

  get left(): number {
    return this.#left;
  }

  get isContended(): boolean {
    return !this.#waits.isEmpty && this.#waits.size > this.#left;
  }

  ask(n: number, priority: TokenPriority, onGrant: (n: number) => void): () => void {
    const giveUp = this.#waits.add(n, priority, onGrant);
    this.#grantSoon();
    return giveUp;
  }

  give(n: number): void {
    this.#left += n;
    this.#grantSoon();
  }

  async close(): Promise<void> {}

  /** Grants in a microtask of its own: a grant is a step of another pool, and one pool must not step within another. */
  #grantSoon(): void {
    if (this.#isGranting || this.#left === 0 || this.#waits.isEmpty) return;
    this.#isGranting = true;
    queueMicrotask(() => {
      this.#isGranting = false;
      while (this.#left > 0 && !this.#waits.isEmpty) {
        this.#left--;
        this.#waits.grant();
      }
    });
  }
}
