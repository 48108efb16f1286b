import { createEntry, type Entry } from '../machines/entry.ts';
import type { Seat } from '../machines/seat.ts';
import { isServed } from '../machines/take.ts';
import type { Core } from './core.ts';
import { setImmediate } from './platform.ts';
import { Waiters } from './waiters.ts';

/** The room that `maxQueue` leaves for more tasks, and those who wait for it. */
export class Room {
  readonly #core: Core;
  readonly #waiters = new Waiters();
  #isOffered = false;

  constructor(core: Core) {
    this.#core = core;
  }

  /** How many tasks wait: for a worker, for their records, for the end of a step. */
  get queued(): number {
    const { state, entering, journal } = this.#core;
    return state.queue.length + entering + (journal?.arriving ?? 0);
  }

  /** Whether the queue has room, or more workers are free than tasks wait. */
  get isThere(): boolean {
    const { maxQueue } = this.#core.options;
    if (this.queued < maxQueue) return true;
    // Free workers may be about to take what was put into the queue in this tick.
    this.#core.flush();
    return this.queued < maxQueue || this.#free().length > this.queued;
  }

  /** Whether this task may come in: the queue has room, or a free worker takes the task at once. */
  isThereFor(task: unknown): boolean {
    if (this.queued < this.#core.options.maxQueue) return true;
    if (!this.isThere) return false;
    return this.queued < this.#core.options.maxQueue || this.#isTaken(task);
  }

  /** Resolves when there may be room. */
  wait(signal?: AbortSignal): Promise<void> {
    return this.#waiters.wait(signal);
  }

  /** Lets those who wait come in, one after the other: each may fill the room. */
  offer(): void {
    if (this.#waiters.size === 0 || this.#isOffered || !this.isThere) return;
    this.#waiters.resolve(undefined, 1);
    if (this.#waiters.size === 0) return;
    this.#isOffered = true;
    setImmediate(() => {
      this.#isOffered = false;
      this.offer();
    });
  }

  /** Turns away those who wait. */
  end(error: Error): void {
    this.#waiters.reject(error);
  }

  #free(): Seat[] {
    const { state } = this.#core;
    return state.free.filter((seat) => isServed(state, seat));
  }

  /** Whether a free worker takes a task. Where a hook of the kind throws, the task comes in and fails by it. */
  #isTaken(task: unknown): boolean {
    const { state, kind, turn } = this.#core;
    const before = state.faults.length;
    turn.begin();
    try {
      const entry: Entry = createEntry(task, { key: kind.affinity?.(task) });
      const isTaken = this.#free().some(({ look }) => state.queue.accepts(look, entry));
      return isTaken || state.faults.length > before;
    } catch {
      return true;
    } finally {
      state.faults.length = before;
      turn.end();
    }
  }
}
