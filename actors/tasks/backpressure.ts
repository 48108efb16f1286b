import { createEntry, type Entry } from '../../machines/queue/entry.ts';
import { isServed, sentEarly } from '../../machines/rules/take.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { PoolCore } from '../core/pool-core.ts';
import { setImmediate } from '../platform/platform.ts';
import { Waiters } from '../platform/waiters.ts';

/** A task that a caller waits to submit. */
interface GivenTask {
  readonly task: unknown;
}

/** The room that `maxQueue` leaves for more tasks, and the callers that wait for it. */
export class Backpressure {
  readonly #core: PoolCore;
  /** Each waits for room: for any task, or for the given one. */
  readonly #waiting = new Waiters<GivenTask>();
  /** Prevents recursion: each check of a task is a step of the pool, and room is offered after each step. */
  #isOffering = false;
  /** The number of callers let in during this turn of the event loop. Each is about to submit a task. */
  #letIn = 0;

  constructor(core: PoolCore) {
    this.#core = core;
  }

  /**
   * The number of tasks that wait: for a worker, for their records, for the end of a step. A task that the pool has sent
   * early waits too: it may come back to the queue.
   */
  get queued(): number {
    const { state } = this.#core;
    return state.queue.length + sentEarly(state) + this.#onTheWay;
  }

  /** Returns whether this task may enter: the queue has room, or a free worker takes the task at once. */
  hasRoomFor(task: unknown): boolean {
    return this.#hasPlace(0) || this.#isTaken(task, 0);
  }

  /** Resolves when there is room: for the given task, or for any task if none is given. */
  async enter(signal?: AbortSignal, given?: GivenTask): Promise<void> {
    const entered = this.#waiting.wait(signal, given);
    this.offer();
    await entered;
  }

  /** Lets as many waiting callers in as there is room for, in the order of their arrival. */
  offer(): void {
    if (this.#waiting.size === 0 || this.#isOffering) return;
    this.#isOffering = true;
    try {
      this.#letInAll();
    } finally {
      this.#isOffering = false;
    }
  }

  #letInAll(): void {
    let isFull = false;
    for (const waiter of this.#waiting) {
      const isAny = waiter.tag === undefined;
      if (isAny && isFull) continue;
      const isThere = this.#hasPlace(this.#letIn) || this.#isTaken(waiter.tag?.task, this.#letIn, isAny);
      if (isAny) isFull = !isThere;
      if (!isThere) continue;
      waiter.resolve();
      // The callers have submitted their tasks by then, or they submit none.
      if (this.#letIn++ === 0) setImmediate(() => this.#offerAgain());
    }
  }

  /** Rejects all waiting callers. */
  end(error: Error): void {
    this.#waiting.reject(error);
  }

  #offerAgain(): void {
    this.#letIn = 0;
    this.offer();
  }

  /** The number of submitted tasks that are not in the queue yet. */
  get #onTheWay(): number {
    const { entering, journal } = this.#core;
    return entering + (journal?.arriving ?? 0);
  }

  /** Returns whether the queue has a free place in addition to the `taken` ones. */
  #hasPlace(taken: number): boolean {
    const { maxQueue } = this.#core.options;
    if (maxQueue === Number.POSITIVE_INFINITY) return true;
    if (this.queued + taken < maxQueue) return true;
    // Free workers may be about to take the tasks that entered the queue in this tick.
    this.#core.flush();
    return this.queued + taken < maxQueue;
  }

  /**
   * Returns whether more free workers take the task than tasks are on their way to them. Queued tasks do not count: the
   * free workers do not take them. A task on which a hook of the kind throws may enter: it fails with that error.
   */
  #isTaken(task: unknown, taken: number, isAny = false): boolean {
    const { state, kind, turn } = this.#core;
    const free = this.#free();
    const others = this.#onTheWay + taken;
    if (isAny || free.length <= others) return free.length > others;
    const before = state.faults.length;
    turn.begin();
    try {
      const entry: Entry = createEntry(task, { key: kind.affinity?.(task) });
      const takers = free.filter(({ cursor }) => state.queue.accepts(cursor, entry));
      return takers.length > others || state.faults.length > before;
    } catch {
      return true;
    } finally {
      state.faults.length = before;
      turn.end();
    }
  }

  /**
   * The free workers, including those that have just answered and wait for their next task. A worker that has room for
   * several tasks comes once for each.
   */
  #free(): Seat[] {
    const { state } = this.#core;
    const free = [...state.seats.values()].filter(
      (seat) => isServed(state, seat) && (seat.phase === 'free' || seat.phase === 'busy'),
    );
    return free.flatMap((seat) => Array<Seat>(Math.max(0, state.rules.concurrency - seat.held.length)).fill(seat));
  }
}
