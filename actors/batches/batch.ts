import { AsyncResource } from 'node:async_hooks';
import type { PoolCore } from '../core/pool-core.ts';
import { TaskCancelledError } from '../errors/errors.ts';
import type { RunOptions } from '../options/run-options.ts';
import { listenToAbort } from '../platform/abort-signal.ts';
import { AbortController } from '../platform/platform.ts';
import { cancel, isFarFromItsTurn } from '../tasks/admission.ts';
import type { Backpressure } from '../tasks/backpressure.ts';
import { type Recording, submitEntry } from '../tasks/durable-run.ts';
import { type Caller, createBatchEntry, type EntryBatch, type TaskEntry } from '../tasks/task-entry.ts';

/** The parts of a pool that are needed to submit many tasks. */
export interface Gate {
  readonly core: PoolCore;
  readonly backpressure: Backpressure;
  /** The parts needed to submit tasks with a journal; only in a pool with one. */
  readonly recording: Recording | undefined;
  /** Returns the error that refuses new tasks; `undefined` while the pool accepts them. */
  refusal(): Error | undefined;
  /** Puts a task into the queue. */
  enter(entry: TaskEntry): void;
  /** Puts a task into a deep queue, outside of any step. */
  enterLate(task: unknown, caller: Caller, scope: number): void;
  /** Keeps the program alive until the promise has settled. */
  hold<T>(promise: Promise<T>): Promise<T>;
}

/** Gets the ends of a batch's tasks, each by its number. */
export interface Ends {
  fulfilled(index: number, result: unknown): void;
  failed(index: number, error: unknown): void;
}

/**
 * Many tasks of one caller. They share the caller's asynchronous context, the options and one signal, so that a task needs
 * no promise, function or listener of its own.
 */
export class Batch implements EntryBatch {
  readonly scope = new AsyncResource('statepool:batch', { requireManualDestroy: true });
  readonly options: RunOptions;
  readonly #gate: Gate;
  readonly #ends: Ends;
  readonly #controller = new AbortController();
  readonly #forgetSignal: (() => void) | undefined;
  /** The number of tasks that were submitted and have not ended. */
  #open = 0;

  /** Begins a batch of tasks with these options. Their signal cancels all of them. */
  constructor(gate: Gate, options: RunOptions, ends: Ends) {
    const { signal } = options;
    this.#gate = gate;
    this.#ends = ends;
    this.options = { ...options, signal: this.#controller.signal };
    if (signal?.aborted) this.abort(signal.reason);
    else if (signal !== undefined) this.#forgetSignal = listenToAbort(signal, () => this.abort(signal.reason));
  }

  /** Submits a task. Returns a promise only if the task must wait for room: it resolves when the task was submitted. */
  start(index: number, task: unknown): Promise<void> | undefined {
    this.#open++;
    if (this.#gate.backpressure.hasRoomFor(task)) return this.#submit(index, task);
    return this.#startWithRoom(index, task);
  }

  /** Cancels all tasks that have not ended, and those that are submitted later. */
  abort(reason: unknown): void {
    if (this.#controller.signal.aborted) return;
    this.#controller.abort(reason);
    if (this.#open === 0) return;
    const { core } = this.#gate;
    const { seats, delayed, queue } = core.state;
    const held = [...seats.values()].flatMap((seat) => seat.held);
    for (const entry of [...held, ...delayed, ...queue] as TaskEntry[]) {
      if (entry.batch === this) cancel(core, entry, reason, true);
    }
  }

  /** Stops listening to the caller's signal. */
  end(): void {
    this.#forgetSignal?.();
  }

  fulfilled(index: number, result: unknown): void {
    // A result may be a promise, as that of `run`.
    if (!isThenable(result)) return this.#fulfil(index, result);
    new Promise((resolve) => resolve(result)).then(
      (value) => this.#fulfil(index, value),
      (error) => this.failed(index, error),
    );
  }

  failed(index: number, error: unknown): void {
    this.#open--;
    this.#ends.failed(index, error);
  }

  #fulfil(index: number, result: unknown): void {
    this.#open--;
    this.#ends.fulfilled(index, result);
  }

  async #startWithRoom(index: number, task: unknown): Promise<void> {
    const { backpressure } = this.#gate;
    const { signal } = this.#controller;
    try {
      do await this.#gate.hold(backpressure.enter(signal, { task }));
      while (!backpressure.hasRoomFor(task));
    } catch (error) {
      return this.failed(index, signal.aborted ? new TaskCancelledError(signal.reason) : error);
    }
    this.#submit(index, task);
  }

  /** Returns whether the next task may wait without an entry. */
  #isLate(): boolean {
    const { priority = 0, queueTimeout, signal } = this.options;
    return priority === 0 && queueTimeout === undefined && !signal?.aborted && isFarFromItsTurn(this.#gate.core);
  }

  #submit(index: number, task: unknown): undefined {
    const { core, recording } = this.#gate;
    try {
      const refusal = this.#gate.refusal();
      if (refusal !== undefined) throw refusal;
      if (recording === undefined && this.#isLate()) return void this.#gate.enterLate(task, this, index);
      const entry = createBatchEntry(core.kind, task, this, index);
      if (recording === undefined) this.#gate.enter(entry);
      else submitEntry(recording, entry);
    } catch (error) {
      this.failed(index, error);
    }
  }
}

function isThenable(value: unknown): boolean {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && 'then' in value;
}
