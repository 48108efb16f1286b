import { leastOf } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { PoolCore } from '../core/pool-core.ts';
import { performanceNow } from '../platform/platform.ts';

/** The number of checks for free workers within one `idleTimeout`. */
const CHECKS = 4;

/** Ends workers of a pool that may shrink after they have been free for `idleTimeout`. */
export class IdleTimeout {
  readonly #core: PoolCore;
  /** The free workers: `since` is when each was first seen free, `used` its last use then, on the pool's own clock. */
  readonly #idle = new Map<Seat, { readonly used: number; readonly since: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(core: PoolCore) {
    this.#core = core;
  }

  /** Checks regularly from now on, as long as there are more workers than the pool keeps. */
  watch(): void {
    const { options, state } = this.#core;
    if (this.#timer !== undefined || state.minSize === undefined || options.idleTimeout === Number.POSITIVE_INFINITY)
      return;
    if (state.seats.size <= leastOf(state) || state.phase === 'destroying') return;
    this.#timer = this.#core.timers.every(Math.max(1, options.idleTimeout / CHECKS), () => this.#check());
  }

  end(): void {
    this.#core.timers.clear(this.#timer);
    this.#timer = undefined;
    this.#idle.clear();
  }

  #check(): void {
    const { options, state } = this.#core;
    if (state.seats.size <= leastOf(state)) return this.end();
    const now = performanceNow();
    const { free } = state;
    for (const seat of this.#idle.keys()) if (!free.includes(seat)) this.#idle.delete(seat);
    for (const seat of [...free]) {
      const seen = this.#idle.get(seat);
      if (seen?.used !== seat.used) this.#idle.set(seat, { used: seat.used, since: now });
      else if (now - seen.since >= options.idleTimeout) this.#core.send({ type: 'retire', worker: seat.id });
    }
  }
}
