import type { WorkerStatus } from '../../kinds/kind.ts';
import { hasOwnWith } from '../../machines/rules/take.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { PoolCore } from '../core/pool-core.ts';
import { nextTick, queueMicrotask } from '../platform/platform.ts';
import type { WorkerVerdict } from '../tasks/verdict.ts';

/** The number of microtasks in which a caller can submit its next task, through a few async functions of its own. */
const CALLERS_TURN = 4;

/** The verdict on the answers of a worker, from the first of them until the worker's machine gets it. */
export class PendingVerdict {
  readonly #core: PoolCore;
  readonly #seat: Seat;
  readonly #deliver: (verdict: WorkerVerdict) => void;
  #verdict: WorkerVerdict | undefined;

  /** `deliver` passes the verdict to the worker's machine. */
  constructor(core: PoolCore, seat: Seat, deliver: (verdict: WorkerVerdict) => void) {
    this.#core = core;
    this.#seat = seat;
    this.#deliver = deliver;
  }

  get type(): WorkerVerdict['type'] | undefined {
    return this.#verdict?.type;
  }

  /** The worker's status after the answers so far. */
  get status(): WorkerStatus {
    const verdict = this.#verdict;
    return verdict?.type === 'stay' ? { type: 'old', competence: verdict.competence } : this.#seat.status;
  }

  /** Adds the verdict on the next answer. `isWorn`: the worker has reached a limit of `recycle`. */
  add(verdict: WorkerVerdict, isWorn: boolean): void {
    const before = this.#verdict?.type;
    if (before === 'end') return;
    this.#seat.isJudged = this.#core.state.rules.concurrency > 1;
    // Follow-ups may need what the worker has just learnt: it is recycled after a verdict without follow-ups.
    const hasFollowUps = verdict.type !== 'keep' && (verdict.tasks?.length ?? 0) > 0;
    if (verdict.type !== 'end' && !hasFollowUps && isWorn) {
      this.#core.counts.recycled++;
      this.#verdict = { type: 'end' };
    } else if (before === undefined || verdict.type !== 'keep') this.#verdict = verdict;
  }

  /**
   * Sends the verdict to the machine. With more work at hand: at once, so that the worker works while the caller takes its
   * result. Otherwise one microtask later: if the caller submits more meanwhile, the worker takes it without a pause. If
   * only tasks wait for which the worker had to load something, some microtasks later: the caller's next task may be better.
   */
  sendSoon(): void {
    const { state } = this.#core;
    if (this.#seat.held.length > 0 && state.rules.concurrency === 1) return this.send();
    if (state.queue.length === 0) {
      if (this.#core.journal !== undefined) return queueMicrotask(this.#sendLater);
      return queueMicrotask(this.send);
    }
    if (!state.rules.matching.isPicky || this.#hasOwnTask) this.send();
    else afterMicrotasks(CALLERS_TURN, this.send);
  }

  /** Is true if a task waits for which the worker has loaded what it needs. */
  get #hasOwnTask(): boolean {
    const { state, turn } = this.#core;
    if (this.#verdict?.type !== 'stay') return true;
    turn.begin();
    try {
      return hasOwnWith(state, this.#seat, this.#verdict.competence);
    } finally {
      turn.end();
    }
  }

  /**
   * Lets the verdict wait for two writes: the caller hears of the result after the first one, and the task that it submits
   * then enters the queue after the second one.
   */
  readonly #sendLater = (): void => {
    nextTick(() => {
      if (this.#core.journal?.arriving === 0) this.send();
      else queueMicrotask(this.send);
    });
  };

  /** Sends the verdict to the machine now. */
  readonly send = (): void => {
    const verdict = this.#verdict;
    this.#verdict = undefined;
    this.#seat.isJudged = false;
    if (verdict !== undefined) this.#deliver(verdict);
  };
}

/** Calls a function after so many turns of the microtask queue. */
function afterMicrotasks(turns: number, act: () => void): void {
  queueMicrotask(turns > 1 ? () => afterMicrotasks(turns - 1, act) : act);
}
