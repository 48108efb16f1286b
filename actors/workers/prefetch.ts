import { recall, returnFrom } from '../../machines/rules/take.ts';
import type { Effect } from '../../machines/state/effects.ts';
import { answeredBy, type Seat } from '../../machines/state/seat.ts';
import type { PoolCore } from '../core/pool-core.ts';
import type { Connection } from '../hosts/host.ts';
import type { FullOptions } from '../options/pool-options.ts';
import { AdaptivePause } from '../protocol/adaptive-pause.ts';
import { ToWorker } from '../protocol/messages.ts';
import type { TaskEntry } from '../tasks/task-entry.ts';
import { limitRun } from '../tasks/time-limits.ts';

/** The amount of work that a worker is sent in advance. In ms. */
const PREFETCH = 1;

/** The limit of a short request: a worker at a quicker pace gets the next request while it performs one. In ms. */
const SHORT = 5;

/** The most requests of a worker whose kind sets no window: with verdicts that may change its status, and without. */
const AUTOMATIC = { judged: 2, steady: 4 } as const;

/** The requests that a worker holds beside the running one: how many it may hold, has begun, and gives back. */
export class Prefetch {
  readonly #core: PoolCore;
  readonly #seat: Seat;
  readonly #connection: Connection;
  /** The most requests that the worker may hold: one, if nothing can say which of several it has begun. */
  readonly #most: number;
  /** Is true if the kind leaves the number of requests to the pool. */
  readonly isAutomatic: boolean;
  /** Is true if the worker begins a request only once the verdict on the one before is known. */
  readonly #isGated: boolean;
  /** Is true if the worker performs several requests at a time: it begins each when it comes, and gives none back. */
  readonly #isConcurrent: boolean;
  /** The number of the last request that a gated worker may begin. */
  #allowed = 0;
  /** The task whose run was limited last. */
  #limited: TaskEntry | undefined;
  /** Leaves requests unsent for a while after the verdicts have often sent them back. */
  readonly #pause = new AdaptivePause();
  /** The recent time for one request, a moving average. In ms. */
  #pace = 0;

  constructor(core: PoolCore, seat: Seat, connection: Connection) {
    this.#core = core;
    this.#seat = seat;
    this.#connection = connection;
    const { kind, state, options } = core;
    const { window, concurrency, isIdempotent } = state.rules;
    this.#isConcurrent = concurrency > 1;
    const isSteady = kind.useResponse === undefined && kind.onPerformError === undefined && !limitsLife(options);
    const isLeftToPool = kind.window === undefined || (kind.window === 1 && isSteady);
    const isTakenBack = connection.allow !== undefined && !this.#isConcurrent;
    this.isAutomatic = isLeftToPool && !state.rules.matching.isPicky && isTakenBack;
    this.#isGated = this.isAutomatic && !isSteady;
    if (this.isAutomatic) this.#most = isSteady ? AUTOMATIC.steady : AUTOMATIC.judged;
    else this.#most = connection.begun !== undefined || isIdempotent ? window : 1;
    if (this.#isGated) connection.allow?.(0, false);
  }

  /** Allows the worker to begin its oldest request: the answers before are judged. `isThere`: it was sent before. */
  allow(isThere: boolean): void {
    const next = this.#answered + 1;
    if (!this.#isGated || this.#allowed === next || this.#seat.held.length === 0) return;
    this.#allowed = next;
    this.#connection.allow?.(next, isThere);
    if (isThere) this.#pause.ended(true);
  }

  /** Limits the run of the oldest request that the worker holds: a worker that performs one at a time performs this one. */
  limitOldest(): void {
    const { held, hasStarted } = this.#seat;
    const entry = held[0] as TaskEntry | undefined;
    if (entry === this.#limited || this.#isConcurrent || !hasStarted) return;
    this.#limited = entry;
    if (entry !== undefined) limitRun(this.#core, entry);
  }

  /** Limits the runs of what the worker was sent before it had started. */
  limitHeld(): void {
    if (!this.#isConcurrent) return this.limitOldest();
    for (const entry of this.#seat.held) limitRun(this.#core, entry as TaskEntry);
  }

  /** The number of requests that the worker has begun in its life; `undefined` if that is not known. */
  get started(): number | undefined {
    const { begun, unsent } = this.#connection;
    if (begun === undefined && this.#isConcurrent) return this.#seat.tasks - (unsent?.call(this.#connection) ?? 0);
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
    if (this.#connection.close === undefined || this.#isConcurrent) return undefined;
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
    // A window that the kind has set is not narrowed by what came back.
    if (this.#isGated) this.#pause.ended(false);
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
    if (this.#isConcurrent) return this.#seat.held.length > 0;
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
   * slow one holds only the running request, and so does one whose requests often came back.
   */
  adapt(ms: number): void {
    if (this.#most === 1) return;
    if (!this.#pause.isDue()) {
      this.#seat.window = 1;
      return;
    }
    this.#pace = this.#pace === 0 ? ms : 0.75 * this.#pace + 0.25 * ms;
    const fit = Math.max(Math.floor(PREFETCH / this.#pace), this.#pace < SHORT ? 2 : 1);
    this.#seat.window = Math.min(fit, 2 * this.#seat.window, this.#most);
  }

  get #answered(): number {
    return answeredBy(this.#seat);
  }
}

/** Returns whether workers end after so many tasks, so much memory or time. */
function limitsLife({ recycle }: FullOptions): boolean {
  return Object.values(recycle).some((limit) => limit !== Number.POSITIVE_INFINITY);
}
