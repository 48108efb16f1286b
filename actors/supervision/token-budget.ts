import type { TokenSource } from '../../tokens/source.ts';
import type { PoolCore } from '../core/pool-core.ts';
import { wordsOf } from '../errors/error-codec.ts';

/** A wait for tokens at the source. */
interface Wait {
  left: number;
  giveUp: () => void;
}

/** The connection between the rules of one pool and the source of its tokens. */
export class TokenBudget {
  readonly #core: PoolCore;
  readonly #source: TokenSource;
  /** The waits at the source, oldest first. */
  readonly #waits = new Set<Wait>();
  /** The granted tokens that the rules have not heard of yet. */
  #arriving = 0;
  /** The number of tokens that were granted without the source, because it threw. */
  #lent = 0;
  #hasFailed = false;

  constructor(core: PoolCore, source: TokenSource) {
    this.#core = core;
    this.#source = source;
  }

  /** Waits for `n` tokens in all. Gives up the latest waits first, if there were more. */
  ask(n: number): void {
    let asked = this.#arriving;
    for (const { left } of this.#waits) asked += left;
    for (const wait of [...this.#waits].reverse()) {
      if (asked <= n) break;
      asked -= wait.left;
      this.#waits.delete(wait);
      wait.left = 0;
      this.#attempt(wait.giveUp);
    }
    if (asked < n) this.#wait(n - asked);
  }

  /** Gives tokens back to the source. */
  give(n: number): void {
    const own = Math.min(n, this.#lent);
    this.#lent -= own;
    if (n > own) this.#attempt(() => this.#source.give(n - own));
  }

  #wait(n: number): void {
    const wait: Wait = { left: n, giveUp: () => {} };
    this.#waits.add(wait);
    const onGrant = (granted: number) => this.#granted(wait, granted);
    const isAsked = this.#attempt(() => {
      wait.giveUp = this.#source.ask(n, this.#core.options.tokenPriority, onGrant);
    });
    // A source of the user's own that throws limits nothing, unless the user wants to wait all the same.
    if (isAsked || process.env.STATEPOOL_TOKENS === 'strict') return;
    this.#lent += wait.left;
    this.#granted(wait, wait.left);
  }

  #granted(wait: Wait, n: number): void {
    const taken = Math.min(n, wait.left);
    wait.left -= taken;
    if (wait.left === 0) this.#waits.delete(wait);
    // More than was asked for, or after the wait was given up.
    if (n > taken) this.give(n - taken);
    if (taken === 0) return;
    this.#arriving += taken;
    this.#deliver(taken);
  }

  /** Tells the rules of granted tokens, after the step that is under way. */
  #deliver(n: number): void {
    const { turn, state } = this.#core;
    if (turn.isUnderWay) return turn.after(() => this.#deliver(n));
    this.#arriving -= n;
    const isEnded = state.phase === 'destroying' && state.seats.size === 0;
    if (isEnded) this.give(n);
    else this.#core.send({ type: 'granted', n });
  }

  /** Calls the source; warns once if it throws. Returns whether it did not. */
  #attempt(call: () => void): boolean {
    try {
      call();
      return true;
    } catch (error) {
      const { name } = this.#core.kind;
      const remedy = 'the pool goes on without a budget (STATEPOOL_TOKENS=strict lets it wait)';
      if (!this.#hasFailed)
        process.emitWarning(`${name}: the source of tokens threw ${wordsOf(error)}; ${remedy}`, {
          code: 'STATEPOOL_TOKENS',
        });
      this.#hasFailed = true;
      return false;
    }
  }
}
