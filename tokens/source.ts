/** The priority of a pool among those that wait for tokens of the same source. */
export type TokenPriority = 'low' | 'high';

/**
 * A source of execution tokens: a budget of running tasks that several pools, or programs, share. Each worker holds one
 * token while it performs requests. `sharedTokens`, `workManager` and `jobserver` make sources; a program may have its own.
 *
 * OCaml: the client's side of `coqworkmgr` (stm/coqworkmgrApi.mli).
 */
export interface TokenSource {
  /**
   * Asks for `n` tokens. `onGrant` is called, at once or later, with 1 to `n` at a time, until all are granted. Returns a
   * function that gives up the wait for the others: the source takes back by itself what it would grant later.
   */
  ask(n: number, priority: TokenPriority, onGrant: (n: number) => void): () => void;
  /** Gives back `n` granted tokens. */
  give(n: number): void;
  /** Is false if nobody waits for a token: a worker may then keep its token for its next task. */
  readonly isContended: boolean;
  /** Environment variables of the workers of a pool with this source. The pool's own option `env` goes before them. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Gives back what the source itself holds, and ends its connections. A pool that outlives them goes on without a budget.
   */
  close(): Promise<void>;
}
