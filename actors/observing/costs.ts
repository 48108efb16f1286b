import type { PoolState } from '../../machines/state/pool-state.ts';
import type { Means } from '../../machines/state/scheduling.ts';
import type { Seat } from '../../machines/state/seat.ts';

/** The weight of a new value in a moving mean. */
const WEIGHT = 1 / 8;

/** The change of a mean, as a share of it, that the rules are told of. */
const CHANGE = 1 / 8;

/** The measured costs of a pool whose workers choose their tasks: what another worker costs, and what a task takes. */
export class Costs {
  readonly #state: PoolState;
  readonly #report: (means: Means) => void;
  readonly #start = new MovingMean();
  readonly #first = new MovingMean();
  readonly #later = new MovingMean();

  /** `report` gets the means when one of them has changed much. */
  constructor(state: PoolState, report: (means: Means) => void) {
    this.#state = state;
    this.#report = report;
  }

  /** Counts the time from a worker's start to its handshake, in ms. */
  started(ms: number): void {
    if (!this.#state.rules.matching.isPicky) return;
    this.#start.add(ms);
    this.#compare();
  }

  /** Counts the time that a worker took for one task, in ms: its first one of that key, or a later one. */
  performed(seat: Seat, ms: number): void {
    if (!this.#state.rules.matching.isPicky) return;
    if (seat.isLoading) this.#first.add(ms);
    else this.#later.add(ms);
    this.#compare();
  }

  #compare(): void {
    const { scheduling, rules } = this.#state;
    const first = this.#first.value;
    // The start alone says nothing of the load, which may be much longer.
    if (first === undefined) return;
    // Before a later task was measured, all of a first one may be its load.
    const later = this.#later.value ?? 0;
    const start = rules.matching.preference === 'none' ? (this.#start.value ?? 0) : 0;
    const means = { cost: start + Math.max(0, first - later), work: later };
    if (hasChanged(scheduling.means.cost, means.cost) || hasChanged(scheduling.means.work, means.work)) {
      this.#report(means);
    }
  }
}

function hasChanged(before: number, now: number): boolean {
  return Math.abs(now - before) > CHANGE * before;
}

/** A moving mean: the plain mean of the first values, then one in which each new value has the same weight. */
class MovingMean {
  value: number | undefined = undefined;
  #count = 0;

  add(value: number): void {
    this.#count++;
    this.value =
      this.value === undefined ? value : this.value + (value - this.value) * Math.max(WEIGHT, 1 / this.#count);
  }
}
