import assert from 'node:assert';
import type { Effect } from '../../machines/state/effects.ts';
import type { PoolState } from '../../machines/state/pool-state.ts';
import type { SupervisorEvent } from '../../machines/state/supervisor-events.ts';

/** The source of the tokens of a fake world. */
export class WorldTokens {
  readonly #size: number | undefined;
  #left: number;
  #asked = 0;
  #isContended = false;

  /** `size` is the number of tokens; `undefined` in a world without a budget. */
  constructor(size: number | undefined) {
    this.#size = size;
    this.#left = size ?? 0;
  }

  /** Returns whether others wait for tokens; `undefined` in a world without a budget. */
  get isContended(): (() => boolean) | undefined {
    return this.#size === undefined ? undefined : () => this.#isContended;
  }

  /** Is true if the pool waits for a token, and one is left. */
  get canGrant(): boolean {
    return this.#asked > 0 && this.#left > 0;
  }

  /** Lets others wait, or not. */
  contend(): void {
    this.#isContended = !this.#isContended;
  }

  /** Grants one token, or all that the pool waits for, if any is left. */
  grant(all: boolean, send: (event: SupervisorEvent) => void): void {
    if (!this.canGrant) return;
    const n = all ? Math.min(this.#asked, this.#left) : 1;
    this.#left -= n;
    this.#asked -= n;
    send({ type: 'granted', n });
  }

  carryOut(effect: Effect): void {
    if (effect.type === 'askTokens') this.#asked = effect.n;
    else if (effect.type === 'giveTokens') this.#left += effect.n;
  }

  /** 6: no token is lost or doubled, and every worker that holds a request holds one. */
  check({ seats, tokens }: PoolState): void {
    if (this.#size === undefined || tokens === undefined) return;
    const used = [...seats.values()].filter(({ hasToken }) => hasToken).length;
    assert.equal(this.#left + used, this.#size, `${used} workers hold a token, and ${this.#left} are left`);
    assert.deepEqual([tokens.hand, tokens.asked], [0, this.#asked]);
    for (const { id, held, hasToken } of seats.values())
      assert.ok(held.length === 0 || hasToken, `${id} holds no token`);
  }

  /** 6: every token has gone back. */
  checkEnd(): void {
    assert.deepEqual([this.#left, this.#asked], [this.#size ?? 0, 0]);
  }
}
