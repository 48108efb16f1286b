import { recall, returnFrom } from '../../machines/rules/take.ts';
import type { Effect } from '../../machines/state/effects.ts';
import { answeredBy, type Seat } from '../../machines/state/seat.ts';
import type { PoolCore } from '../core/pool-core.ts';
import type { Connection } from '../hosts/host.ts';
import { ToWorker } from '../protocol/messages.ts';

/** The work that a worker is sent before it asks. In ms. */
const PREFETCH = 1;

/** While it performs a request that takes less than this, the next one is on its way. In ms. */
const SHORT = 5;

/** What a worker holds beside the request that it performs: how much that may be, how much it has begun, and how it goes back. */
export class Prefetch {
  readonly #core: PoolCore;
  readonly #seat: Seat;
  readonly #connection: Connection;
  /** How many requests the worker may hold at most: one, where nobody would know which of several it has begun. */
  readonly #most: number;
  /** How long it has taken for a request lately. In ms. */
  #pace = 0;

  constructor(core: PoolCore, seat: Seat, connection: Connection) {
    this.#core = core;
    this.#seat = seat;
    this.#connection = connection;
    const { window, isIdempotent } = core.state.rules;
    this.#most = connection.begun !== undefined || isIdempotent ? window : 1;
  }

  /** How many requests the worker has begun in its life, where the host keeps count. */
  get started(): number | undefined {
    return this.#connection.begun?.(this.#answered);
  }

  /** How many of those that it holds it has begun. */
  get begun(): number | undefined {
    const { started } = this;
    return started === undefined ? undefined : Math.min(started - this.#answered, this.#seat.held.length);
  }

  /** Keeps the worker from beginning more, beyond the first `least`; how many stay with it, where that is certain at once. */
  recall(least: number): number | undefined {
    if (this.#connection.close === undefined) return undefined;
    this.#connection.close();
    const kept = Math.max(least, this.begun ?? 0);
    this.#connection.send([ToWorker.Recall, this.#answered + kept]);
    return kept;
  }

  /** What it was sent was chosen for another status: takes it back, at once or when the worker has said what it has begun. */
  takeBack(): void {
    const effects: Effect[] = [];
    if (!recall(this.#core.state, this.#seat, 0, effects)) {
      this.#seat.isRecalled = true;
      this.#connection.send([ToWorker.Recall, undefined]);
    }
    this.#core.carryOut(effects);
    this.#core.announce();
  }

  /** It is to end: what it has not begun goes to others, where that is certain at once. Answers whether it is to answer first. */
  release(): boolean {
    const effects: Effect[] = [];
    const isCertain = recall(this.#core.state, this.#seat, 0, effects);
    this.#core.carryOut(effects);
    return isCertain && this.#seat.held.length > 0;
  }

  /** The worker has said how many requests it had begun, and has dropped the others. */
  recalled(begun: number): void {
    const effects: Effect[] = [];
    returnFrom(this.#core.state, this.#seat, begun - this.#answered, effects);
    this.#seat.isRecalled = false;
    this.#core.carryOut(effects);
    this.#core.announce();
  }

  /** A request has taken so many ms: a quick worker is sent more, at most twice as much as before, a slow one nothing. */
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
