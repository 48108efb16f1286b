import { AsyncResource } from 'node:async_hooks';
import { channel, tracingChannel } from 'node:diagnostics_channel';
import type { Entry } from '../../machines/queue/entry.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { AnyKind } from '../kind-module/check-kind.ts';
import { performanceNow } from '../platform/platform.ts';
import { type Histograms, record } from './histograms.ts';
import { nameTask } from './task-name.ts';

/** The part of a pool's context that tracing needs. */
export interface Observed {
  /** The id of the pool. */
  readonly id: string;
  readonly kind: AnyKind;
  /** Records durations; only with the option `timings`. */
  readonly timings: Histograms | undefined;
  /** The number of traced tasks that have not settled. */
  traced: number;
}

/**
 * The trace of one task, as the task channels publish it: the same object from acceptance to settlement. No payload is among
 * its own properties: a subscriber that needs it reads `task` or `name`.
 *
 * @example
 * import { tracingChannel } from 'node:diagnostics_channel';
 * import type { TaskTrace } from 'statepool';
 *
 * const nothing = () => {};
 * tracingChannel<unknown, TaskTrace>('statepool:task').subscribe({
 *   start: nothing,
 *   end: nothing,
 *   asyncStart: nothing,
 *   error: nothing,
 *   asyncEnd: ({ name, worker, outcome }) => console.log(name, worker, outcome),
 * });
 */
export class TaskTrace {
  /** The id of the pool. */
  readonly pool: string;
  /** The name of the kind. */
  readonly kind: string;
  readonly priority: number;
  /** The worker whose verdict made this task, for a follow-up. */
  readonly origin: string | undefined;
  /** The worker of the last dispatch. */
  worker: string | undefined = undefined;
  /** The number of dispatches. */
  dispatches = 0;
  /** The time of the acceptance: `performance.now()`, in ms. */
  readonly acceptedAt: number = performanceNow();
  /** The time of the last dispatch: `performance.now()`, in ms. */
  dispatchedAt: number | undefined = undefined;
  /** `done`, or the code of the error, or the name of an error without a code. Set once the task has settled. */
  outcome: string | undefined = undefined;
  /** The error of a failed task. */
  error?: unknown;
  readonly #core: Observed;
  readonly #entry: Entry;
  /** The caller's asynchronous context, for subscribers; absent if only durations are recorded. */
  #scope: AsyncResource | undefined;

  /** @internal */
  constructor(core: Observed, entry: Entry) {
    this.pool = core.id;
    this.kind = core.kind.name;
    this.priority = entry.priority;
    this.origin = entry.origin;
    this.#core = core;
    this.#entry = entry;
  }

  /** The task itself. */
  get task(): unknown {
    return this.#entry.task;
  }

  /** The name that the kind's `nameOfTask` gives the task; `undefined` if the kind has no such hook. */
  get name(): string | undefined {
    return this.#core.kind.nameOfTask === undefined ? undefined : nameTask(this.#core.kind, this.#entry.task);
  }

  /** @internal Publishes the acceptance of the task, and keeps the context in which it happened. */
  start(): void {
    // Made inside `runStores`, so that stores bound to the channel are kept too.
    taskChannels.start.runStores(this, () => {
      this.#scope = new AsyncResource('statepool:task');
    });
    taskChannels.end.publish(this);
  }

  /** @internal Calls a function in the context in which the task was accepted. */
  within<T>(body: () => T): T {
    return this.#scope === undefined ? body() : this.#scope.runInAsyncScope(body);
  }

  /** @internal Publishes the settlement of the task. */
  settled(): void {
    if (this.#scope === undefined) return;
    this.within(() => {
      if (this.outcome !== 'done') taskChannels.error.publish(this);
      taskChannels.asyncStart.publish(this);
      taskChannels.asyncEnd.publish(this);
    });
  }

  /** @internal Records a dispatch of the task, and publishes it. */
  dispatch(worker: string, now: number): void {
    this.worker = worker;
    this.dispatches++;
    this.dispatchedAt = now;
    if (this.#scope !== undefined && dispatchChannel.hasSubscribers) this.within(() => dispatchChannel.publish(this));
  }
}

/** A task that may be traced. */
interface Traced extends Entry {
  trace: TaskTrace | undefined;
}

/** The channels on which tasks are traced. */
export const taskChannels = tracingChannel<unknown, TaskTrace>('statepool:task');
const dispatchChannel = channel('statepool:task:dispatch');

/** Returns whether each accepted task is traced. */
export function isTracing(core: Observed): boolean {
  return taskChannels.hasSubscribers || core.timings !== undefined;
}

/**
 * Starts the trace of an accepted task if a channel has subscribers or durations are recorded; else costs one check.
 */
export function traceTask(core: Observed, entry: Traced): void {
  const isHeard = taskChannels.hasSubscribers;
  if (!isHeard && core.timings === undefined) return;
  entry.trace = new TaskTrace(core, entry);
  core.traced++;
  if (isHeard) entry.trace.start();
}

/** Records the dispatch of the last `count` tasks that a worker holds. */
export function traceDispatch(core: Observed, seat: Seat, count: number): void {
  const now = performanceNow();
  for (const { trace } of (seat.held as Traced[]).slice(seat.held.length - count)) {
    if (trace === undefined) continue;
    if (core.timings !== undefined && trace.dispatches === 0) record(core.timings.wait, now - trace.acceptedAt);
    trace.dispatch(seat.id, now);
  }
}

/** Records the run time of a task that its worker has answered. */
export function traceAnswer(core: Observed, { dispatchedAt }: TaskTrace): void {
  if (core.timings !== undefined && dispatchedAt !== undefined) {
    record(core.timings.run, performanceNow() - dispatchedAt);
  }
}

/** Ends the trace of a task that has settled. */
export function traceSettled(core: Observed, trace: TaskTrace, outcome: string, error?: unknown): void {
  core.traced--;
  trace.outcome = outcome;
  if (outcome !== 'done') trace.error = error;
  trace.settled();
}

/** Returns the outcome that a trace shows for an error: its code, or its name. */
export function outcomeName(error: unknown): string {
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  if (typeof code === 'string') return code;
  return typeof name === 'string' ? name : 'Error';
}
