import { AsyncResource } from 'node:async_hooks';
import { CancelError } from './abort.ts';
import type { HandlerCall } from './handlers.ts';

/** A queue of waiting tasks, which a program may provide. */
export interface Queue {
  readonly size: number;
  shift(): object | null | undefined;
  push(task: never): void;
  /** Puts a task back that has to wait; without it, `push` does that. */
  unshift?(task: never): void;
  remove(task: never): void;
}

/** The queue of pools that are given none: first in, first out. */
export class ArrayQueue implements Queue {
  #tasks: object[] = [];

  get size(): number {
    return this.#tasks.length;
  }

  isEmpty(): boolean {
    return this.#tasks.length === 0;
  }

  shift(): object | null {
    return this.#tasks.shift() ?? null;
  }

  unshift(task: object): void {
    this.#tasks.unshift(task);
  }

  push(task: object): void {
    this.#tasks.push(task);
  }

  remove(task: object): void {
    const index = this.#tasks.indexOf(task);
    if (index >= 0) this.#tasks.splice(index, 1);
  }

  /** Cancels all tasks. */
  cancel(): void {
    for (const task of this.#tasks.splice(0)) (task as { cancel?(): void }).cancel?.();
  }
}

/** The queue of a piscina that is given none. */
export class FixedQueue extends ArrayQueue {}

/** A queue of piscina, with the same order. */
export class ArrayTaskQueue extends ArrayQueue {}

/** Returns whether a value is a queue of tasks. */
export function isTaskQueue(value: unknown): value is Queue {
  if (typeof value !== 'object' || value === null || !('size' in value)) return false;
  const { shift, remove, push } = value as Partial<Queue>;
  return [shift, remove, push].every((method) => typeof method === 'function');
}

/** A task as load balancers get it; the options of its value for queues are under the symbol of its library. */
export interface TaskInfo {
  readonly taskId: number;
  readonly filename: string;
  readonly name: string;
  readonly created: number;
  readonly isAbortable: boolean;
}

/** The data of a task. */
export interface TaskData {
  readonly library: string;
  readonly request: HandlerCall;
  readonly transfer: readonly unknown[];
  /** The argument as the caller gave it: it may have options for the queue. */
  readonly given: unknown;
  /** The async id of the pool. */
  readonly trigger: number;
}

/** The end of a task. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** A task that waits in the queue of a layer, or runs. */
export class QueuedTask extends AsyncResource {
  readonly promise: Promise<unknown>;
  readonly request: HandlerCall;
  readonly transfer: readonly unknown[];
  readonly created: number = performance.now();
  /** The time at which the task was given to a worker; 0 before that. */
  started = 0;
  /** Aborts the task while it runs. */
  readonly controller: AbortController = new AbortController();
  taskId = 0;
  isSettled = false;
  /** Is true if the task has a signal. */
  isAbortable = false;
  /** Called when the task settles. */
  onSettled: () => void = () => {};
  /** Removes the listener on the caller's signal. */
  forget: () => void = () => {};
  /** The options that the task's value has for the queue. */
  readonly options: object | null;
  readonly #key: symbol;
  #resolve!: (value: unknown) => void;
  #reject!: (error: unknown) => void;

  constructor({ library, request, transfer, given, trigger }: TaskData) {
    super(`${library}.Task`, { requireManualDestroy: true, triggerAsyncId: trigger });
    this.request = request;
    this.transfer = transfer;
    const key = Symbol.for(`${library}.queueOptions`);
    this.#key = key;
    const options = given !== null && typeof given === 'object' ? (given as Record<symbol, unknown>)[key] : undefined;
    this.options = (options as object | undefined) ?? null;
    Object.defineProperty(this, key, { value: this.options });
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** The argument of the call, as it is sent. */
  get task(): unknown {
    return this.request.task;
  }

  /** The task as load balancers get it. */
  get info(): TaskInfo {
    const { taskId, created, isAbortable } = this;
    const { filename, name } = this.request;
    return { taskId, filename, name, created, isAbortable, [this.#key]: this.options } as TaskInfo;
  }

  /** Rejects the task, which waits. */
  cancel(): void {
    this.settle({ error: new CancelError() });
  }

  /** Settles the task, in the asynchronous context of its caller. Does nothing to a settled one. */
  settle(outcome: Outcome): boolean {
    if (this.isSettled) return false;
    this.isSettled = true;
    this.forget();
    this.onSettled();
    this.runInAsyncScope(() => ('error' in outcome ? this.#reject(outcome.error) : this.#resolve(outcome.value)));
    this.emitDestroy();
    return true;
  }
}

/** The number of tasks that a pool runs at a time. */
export interface Capacity {
  capacity(): number;
  /** Is true if `start` is called beyond the capacity too, and decides alone. @default false */
  readonly isAsked?: boolean;
}

/** Starts a task: the promise is that of its outcome, `undefined` if it has to wait. */
type Start<T> = (task: T) => Promise<Outcome> | undefined;

/** Lets as many tasks run as there is capacity; the others wait in the queue of the program. */
export class Gate<T extends QueuedTask> {
  readonly queue: Queue;
  readonly running: Set<T> = new Set();
  /** Called when a task is over, and the next ones have started. */
  onFree: () => void = () => {};
  readonly #capacity: () => number;
  readonly #isAsked: boolean;
  readonly #start: Start<T>;

  constructor(queue: Queue, { capacity, isAsked = false }: Capacity, start: Start<T>) {
    this.queue = queue;
    this.#capacity = capacity;
    this.#isAsked = isAsked;
    this.#start = start;
  }

  get isFull(): boolean {
    return this.running.size >= this.#capacity();
  }

  /** Enters a task, which starts if there is capacity. */
  push(task: T): void {
    const isFirst = this.queue.size === 0;
    this.queue.push(task as never);
    // Where others wait, nothing has changed for `start`.
    if (isFirst || !this.#isAsked) this.pull();
  }

  /** Starts waiting tasks while there is capacity. */
  pull(): void {
    while (this.#isAsked || !this.isFull) {
      const task = this.queue.size === 0 ? undefined : (this.queue.shift() as T | null | undefined);
      if (task === undefined || task === null) break;
      if (task.isSettled) continue;
      this.running.add(task);
      const run = this.#start(task);
      if (run === undefined) {
        this.running.delete(task);
        const back = this.queue.unshift ?? this.queue.push;
        back.call(this.queue, task as never);
        return;
      }
      task.started ||= performance.now();
      void run.then((outcome) => {
        this.running.delete(task);
        this.pull();
        // The caller finds the next tasks started.
        task.settle(outcome);
        this.onFree();
      });
    }
  }

  /** Takes all waiting tasks out of the queue, and rejects them. */
  rejectWaiting(error: () => Error): void {
    while (this.queue.size > 0) {
      const task = this.queue.shift();
      if (task === null || task === undefined) return;
      (task as T).settle({ error: error() });
    }
  }

  /** Rejects the running tasks: their callers hear no more of them. */
  rejectRunning(error: () => Error): void {
    for (const task of this.running) task.settle({ error: error() });
  }
}
