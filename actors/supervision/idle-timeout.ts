import { leastOf } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { PoolCore } from '../core/pool-core.ts';
import { performanceNow } from '../platform/platform.ts';

/** How often it is looked who has nothing to do, within the time that is allowed for it. */
const CHECKS = 4;

/** Ends the workers of a pool that may shrink when they have had nothing to do for `idleTimeout`. */
export class IdleTimeout {
  readonly #core: PoolCore;
  /** Since when a free worker has been seen free, and when it was last used then, on the pool's own clock. */
  readonly #idle = new Map<Seat, { readonly used: number; readonly since: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(core: PoolCore) {
    this.#core = core;
  }

  /** Checks from now on, as long as there are more workers than the pool keeps. */
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
