import { recall, returnFrom } from '../../machines/rules/take.ts';
import type { Effect } from '../../machines/state/effects.ts';
import { answeredBy, type Seat } from '../../machines/state/seat.ts';
import type { PoolCore } from '../core/pool-core.ts';
import type { Connection } from '../hosts/host.ts';
import { ToWorker } from '../protocol/messages.ts';

/** The amount of work that a worker is sent in advance. In ms. */
const PREFETCH = 1;

/** The limit of a short request: a worker at a quicker pace gets the next request while it performs one. In ms. */
const SHORT = 5;

/** The requests that a worker holds beside the running one: how many it may hold, has begun, and gives back. */
export class Prefetch {
  readonly #core: PoolCore;
  readonly #seat: Seat;
  readonly #connection: Connection;
  /** The most requests that the worker may hold: one, if nothing can say which of several it has begun. */
  readonly #most: number;
  /** The recent time for one request, a moving average. In ms. */
  #pace = 0;

  constructor(core: PoolCore, seat: Seat, connection: Connection) {
    this.#core = core;
    this.#seat = seat;
    this.#connection = connection;
    const { window, isIdempotent } = core.state.rules;
    this.#most = connection.begun !== undefined || isIdempotent ? window : 1;
  }

  /** The number of requests that the worker has begun in its life; `undefined` if the host does not count. */
  get started(): number | undefined {
    return this.#connection.begun?.(this.#answered);
  }

  /** The number of held requests that the worker has begun. */
  get begun(): number | undefined {
    const { started } = this;
    return started === undefined ? undefined : Math.min(started - this.#answered, this.#seat.held.length);
  }

  /**
   * Keeps the worker from beginning more than its first `least` requests. Returns how many stay with it; `undefined` if
   * that is not certain at once.
   */
  recall(least: number): number | undefined {
    if (this.#connection.close === undefined) return undefined;
    this.#connection.close();
    const kept = Math.max(least, this.begun ?? 0);
    this.#connection.send([ToWorker.Recall, this.#answered + kept]);
    return kept;
  }

  /**
   * Takes back the prefetched requests, which were chosen for another status: at once, or when the worker has reported
   * how many it has begun.
   */
  takeBack(): void {
    const effects: Effect[] = [];
    if (!recall(this.#core.state, this.#seat, 0, effects)) {
      this.#seat.isRecalled = true;
      this.#connection.send([ToWorker.Recall, undefined]);
    }
    this.#core.carryOut(effects);
    this.#core.announce();
  }

  /**
   * Prepares the end of the worker: requests that it has not begun go to others, if that is certain at once. Returns
   * whether it must answer the begun ones first.
   */
  release(): boolean {
    const effects: Effect[] = [];
    const isCertain = recall(this.#core.state, this.#seat, 0, effects);
    this.#core.carryOut(effects);
    return isCertain && this.#seat.held.length > 0;
  }

  /** Handles the report of how many requests the worker had begun; it has dropped the others. */
  recalled(begun: number): void {
    const effects: Effect[] = [];
    returnFrom(this.#core.state, this.#seat, begun - this.#answered, effects);
    this.#seat.isRecalled = false;
    this.#core.carryOut(effects);
    this.#core.announce();
  }

  /**
   * Adapts the window to the time of a request, in ms: a quick worker may hold more, at most twice as many as before; a
   * slow one holds only the running request.
   */
  adapt(ms: number): void {
    if (this.#most === 1) return;
    this.#pace = this.#pace === 0 ? ms : 0.75 * this.#pace + 0.25 * ms;
    const fit = Math.max(Math.floor(PREFETCH / this.#pace), this.#pace < SHORT ? 2 : 1);
    this.#seat.window = Math.min(fit, 2 * this.#seat.window, this.#most);
  }

  get #answered(): number {
    return answeredBy(this.#seat);
  }
}
