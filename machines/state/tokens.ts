/**
 * The part of a pool in a budget of execution tokens. A worker that performs a request holds one token; the pool holds the
 * others that it was granted only until the end of a decision.
 */
export interface Tokens {
  /** The number of tokens that were granted and that no worker holds. */
  hand: number;
  /** The number of tokens that the pool waits for. */
  asked: number;
  /** Returns whether somebody waits for a token: then a worker gives its token back with each verdict. */
  readonly isContended: () => boolean;
}

/** Makes the part of a new pool in a budget: it holds no token. */
export function createTokens(isContended: () => boolean): Tokens {
  return { hand: 0, asked: 0, isContended };
}
