import { EventEmitterAsyncResource } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RunOptions as PoolRunOptions, WorkerInfo } from '../../actors/index.ts';
import { AbortError, type AnySignal, onAbort } from './abort.ts';
import { type Capacity, Gate, type Outcome, type Queue, QueuedTask } from './gate.ts';
import { HeldWorkers, type WatchedPool } from './held-workers.ts';
import { type Movables, sent } from './movable.ts';

/** The options that the pools of both libraries have. */
export interface ThreadOptions {
  filename: string | null;
  name: string;
  minThreads: number;
  maxThreads: number;
  maxQueue: number;
}

/** The options of a task that both libraries have. */
export interface TaskOptions {
  transferList?: readonly unknown[] | undefined;
  filename?: string | null;
  name?: string | null;
  signal?: AnySignal | null;
}

/** A worker of a pool. */
export interface ThreadHandle {
  /** The id of the thread, or of the process. */
  readonly threadId: number | undefined;
  /** Keeps the program alive until the worker has ended, or until `unref`. */
  ref(): void;
  /** Lets the program end while the worker lives: the way of every worker without a task until `ref`. */
  unref(): void;
  terminate(): Promise<void>;
}

/** The names and the capacity of a library's pool. */
export interface Library extends Capacity {
  readonly name: string;
  readonly movables: Movables;
}

/** The part of the pool behind that does not depend on its types. */
export interface Core extends WatchedPool {
  cancelWorker(id: string): boolean;
  /** Gives waiting tasks to workers at once, in pools that can do that. */
  flush?(): void;
}

/** The error of tasks that are under way when the pool is destroyed. */
export const terminated = (): Error => new Error('Terminating worker thread');

/** Returns the path of a file that is named by its path or its URL. */
export function pathOf(filename: string): string {
  return filename.startsWith('file:') ? fileURLToPath(filename) : filename;
}

/** The part that pools of tinypool and piscina share: tasks wait in the program's queue, and few are with the workers. */
export abstract class ThreadPool<O extends ThreadOptions> extends EventEmitterAsyncResource {
  /** The options, with every default. */
  readonly options: O;
  /** The tasks that wait, and those that run. @internal */
  protected readonly gate: Gate<QueuedTask>;
  readonly #library: Library;
  readonly #createdAt = performance.now();
  readonly #held = new HeldWorkers();
  #completed = 0;

  constructor(library: Library, options: O, queue: Queue) {
    super({ name: library.name });
    this.options = options;
    this.#library = library;
    this.gate = new Gate(queue, library, (task) => this.start(task));
  }

  /** Gives a task to a worker; `undefined`: it has to wait. @internal */
  protected abstract start(task: QueuedTask): Promise<Outcome> | undefined;

  /** Ends a task that was given to a worker. @internal */
  protected stop(task: QueuedTask): void {
    task.controller.abort();
  }

  /** The pool behind. @internal */
  protected abstract readonly core: Core;

  /** Enters a task, with what its library keeps beside it. @internal */
  protected submit(argument: unknown, options: TaskOptions, extra: object = {}): Promise<unknown> {
    const { filename, name, maxQueue } = this.options;
    const file = options.filename ?? filename;
    const { signal } = options;
    if (typeof file !== 'string')
      return Promise.reject(new Error('filename must be provided to run() or in options object'));
    if (signal?.aborted) return Promise.reject(new AbortError((signal as Partial<AbortSignal>).reason));
    const { name: library, movables } = this.#library;
    const { value: task, transfer } = sent(movables, argument, options.transferList);
    const { gate } = this;
    if ((gate.isFull || gate.queue.size > 0) && gate.queue.size >= maxQueue) {
      const problem = maxQueue === 0 ? 'No task queue available and all Workers are busy' : 'Task queue is at limit';
      return Promise.reject(new Error(problem));
    }
    const request = { filename: pathOf(file), name: options.name ?? name, task };
    const entry = new QueuedTask({
      library,
      request,
      transfer,
      given: argument,
      trigger: this.asyncResource.asyncId(),
    });
    Object.assign(entry, extra);
    entry.onSettled = () => void this.#completed++;
    if (signal) this.#watch(entry, signal);
    gate.push(entry);
    // The program may wait synchronously for what the task does.
    this.core.flush?.();
    return entry.promise;
  }

  /** Returns the options of the pool's own `run` for a task. @internal */
  protected optionsOf({ controller, transfer }: QueuedTask): PoolRunOptions {
    const list = transfer as NonNullable<PoolRunOptions['transfer']>;
    return { signal: controller.signal, ...(list.length > 0 ? { transfer: list } : {}) };
  }

  /** Resolves when no task waits or runs. @throws {Error} after `ms` ms. @internal */
  protected async finished(ms: number): Promise<void> {
    const { running, queue } = this.gate;
    let isLate = false;
    let giveUp = () => {};
    const late = new Promise<void>((resolve) => {
      giveUp = resolve;
    });
    const timer = setTimeout(() => {
      isLate = true;
      giveUp();
    }, ms);
    timer.unref();
    while (!isLate && running.size + queue.size > 0)
      await Promise.race([late, Promise.allSettled([...running].map(({ promise }) => promise))]);
    clearTimeout(timer);
    if (isLate) throw new Error('Close operation timed out');
  }

  /** Rejects all tasks. @internal */
  protected rejectAll(): void {
    this.gate.rejectWaiting(terminated);
    this.gate.rejectRunning(terminated);
  }

  /** The pools behind whose workers are workers of this pool. @internal */
  protected get cores(): Core[] {
    return [this.core];
  }

  /** The living workers of a pool behind. @internal */
  protected livingOf(core: Core): WorkerInfo[] {
    return core.workers.filter(({ state }) => state !== 'dead');
  }

  /** The living workers. @internal */
  protected get living(): WorkerInfo[] {
    return this.cores.flatMap((core) => this.livingOf(core));
  }

  /** The living workers. */
  get threads(): ThreadHandle[] {
    const handleOf = (core: Core, { id, pid, threadId }: WorkerInfo): ThreadHandle => ({
      threadId: threadId ?? pid,
      ref: () => this.#held.hold(id, core),
      unref: () => this.#held.release(id),
      terminate: async () => void core.cancelWorker(id),
    });
    return this.cores.flatMap((core) => this.livingOf(core).map((worker) => handleOf(core, worker)));
  }

  get maxThreads(): number {
    return this.options.maxThreads;
  }

  get minThreads(): number {
    return this.options.minThreads;
  }

  /** The number of tasks that wait. */
  get queueSize(): number {
    return this.gate.queue.size;
  }

  /** The number of tasks that have settled. */
  get completed(): number {
    return this.#completed;
  }

  /** The time since the pool was made, in ms. */
  get duration(): number {
    return performance.now() - this.#createdAt;
  }

  #watch(entry: QueuedTask, signal: AnySignal): void {
    entry.isAbortable = true;
    entry.forget = onAbort(signal, () => {
      entry.settle({ error: new AbortError((signal as Partial<AbortSignal>).reason) });
      if (this.gate.running.has(entry)) this.stop(entry);
      else this.gate.queue.remove(entry as never);
    });
  }
}

/** Returns the error for options of a task that are of a wrong type. */
export function problemOf(options: TaskOptions): TypeError | undefined {
  if (options === null || typeof options !== 'object') return new TypeError('options must be an object');
  const { transferList, filename, name, signal } = options;
  if (transferList !== undefined && !Array.isArray(transferList))
    return new TypeError('transferList argument must be an Array');
  for (const [given, value] of Object.entries({ filename, name }))
    if (value != null && typeof value !== 'string') return new TypeError(`${given} argument must be a string`);
  return signal != null && typeof signal !== 'object' ? new TypeError('signal argument must be an object') : undefined;
}
