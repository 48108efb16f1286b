import { createEntry, type Entry } from '../../machines/queue/entry.ts';
import { isServed } from '../../machines/rules/take.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { PoolCore } from '../core/pool-core.ts';
import { listenToAbort } from '../platform/abort-signal.ts';
import { setImmediate } from '../platform/platform.ts';

/** Somebody who waits for room: for any task, or for one. */
interface Waiter {
  readonly task: { readonly task: unknown } | undefined;
  resolve(): void;
  reject(error: unknown): void;
}

/** The room that `maxQueue` leaves for more tasks, and those who wait for it. */
export class Room {
  readonly #core: PoolCore;
  readonly #waiting = new Set<Waiter>();
  /** Each look at a task is a step of the pool, after which room is offered. */
  #isOffering = false;
  /** How many were let in in this turn of the event loop: each is about to bring a task. */
  #letIn = 0;

  constructor(core: PoolCore) {
    this.#core = core;
  }

  /** How many tasks wait: for a worker, for their records, for the end of a step. */
  get queued(): number {
    return this.#core.state.queue.length + this.#onTheWay;
  }

  /** Whether this task may come in: the queue has room, or a free worker takes the task at once. */
  isThereFor(task: unknown): boolean {
    return this.#hasPlace(0) || this.#isTaken(task, 0);
  }

  /** Resolves when there is room for a task, for this one where one is given. */
  enter(signal?: AbortSignal, task?: Waiter['task']): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const forget = () => {
        this.#waiting.delete(waiter);
        forgetSignal?.();
      };
      const waiter: Waiter = {
        task,
        resolve() {
          forget();
          resolve();
        },
        reject(error) {
          forget();
          reject(error);
        },
      };
      const forgetSignal = signal === undefined ? undefined : listenToAbort(signal, () => waiter.reject(signal.reason));
      this.#waiting.add(waiter);
      this.offer();
    });
  }

  /** Lets those who wait come in, as many as there is room for, in the order in which they came. */
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
      if (waiter.task === undefined && isFull) continue;
      const isThere =
        this.#hasPlace(this.#letIn) || this.#isTaken(waiter.task?.task, this.#letIn, waiter.task === undefined);
      if (waiter.task === undefined) isFull = !isThere;
      if (!isThere) continue;
      waiter.resolve();
      // What they bring is in the queue by then, or they have changed their minds.
      if (this.#letIn++ === 0) setImmediate(() => this.#offerAgain());
    }
  }

  /** Turns away those who wait. */
  end(error: Error): void {
    for (const waiter of [...this.#waiting]) waiter.reject(error);
  }

  #offerAgain(): void {
    this.#letIn = 0;
    this.offer();
  }

  /** Tasks that were handed over and are not in the queue yet. */
  get #onTheWay(): number {
    const { entering, journal } = this.#core;
    return entering + (journal?.arriving ?? 0);
  }

  /** Whether the queue has a place beside so many that are taken. */
  #hasPlace(taken: number): boolean {
    const { maxQueue } = this.#core.options;
    if (this.queued + taken < maxQueue) return true;
    // Free workers may be about to take what was put into the queue in this tick.
    this.#core.flush();
    return this.queued + taken < maxQueue;
  }

  /**
   * Whether there are more free workers for a task than tasks on their way to them. What is in the queue they do not take. Where
   * a hook of the kind throws, the task comes in and fails by it.
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

  /** The free workers, those included that have answered a moment ago and look for their next task. */
  #free(): Seat[] {
    const { state } = this.#core;
    return [...state.seats.values()].filter(
      (seat) => isServed(state, seat) && (seat.phase === 'free' || (seat.phase === 'busy' && seat.held.length === 0)),
    );
  }
}
