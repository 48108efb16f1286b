/**
 * Runs programs written for piscina: the same `Piscina`, on a pool whose workers may die in any way.
 *
 * @module statepool/compat/piscina
 */
import { createPool, type Kind, type PoolOf } from '../../actors/index.ts';
import { AbortError } from '../threads/abort.ts';
import { failureOf } from '../threads/failures.ts';
import { ArrayTaskQueue, FixedQueue, type Outcome, type QueuedTask } from '../threads/gate.ts';
import { problemOf, type TaskOptions, ThreadPool, terminated } from '../threads/thread-pool.ts';
import { TaskTimes } from '../threads/times.ts';
import handlers, { isWorkerThread, movables, ownData, type PiscinaTypes } from './kind.ts';
import { type FilledOptions, fill, type Options, poolOptions } from './options.ts';
import { leastBusy, WorkerLoads } from './worker-loads.ts';

export type { Queue as TaskQueue } from '../threads/gate.ts';
export type { TaskOptions as RunOptions } from '../threads/thread-pool.ts';
export type { TaskTimes as PiscinaHistogram, TimesSummary as PiscinaHistogramSummary } from '../threads/times.ts';
export type { FilledOptions, Options, PiscinaTask, PiscinaWorker } from './options.ts';

/** The version of piscina that this layer follows. */
export const version = '5.3.2';
const { transferable: transferableSymbol, value: valueSymbol, move } = movables;
const queueOptionsSymbol: symbol = Symbol.for('Piscina.queueOptions');

/** The options of `close`. */
export interface CloseOptions {
  /** Rejects the tasks that wait. @default false */
  force?: boolean;
}

/**
 * A pool of threads that call the exports of files.
 *
 * @example
 * import { Piscina } from 'statepool/compat/piscina';
 *
 * const piscina = new Piscina({ filename: import.meta.resolve('./work.js') });
 * const sum = await piscina.run({ a: 4, b: 6 });
 */
export class Piscina<T = unknown, R = unknown> extends ThreadPool<FilledOptions> {
  /** The pool behind. @internal */
  protected readonly core: PoolOf<PiscinaTypes>;
  readonly #times: TaskTimes;
  readonly #loads: WorkerLoads;
  /** Chooses the workers: only where the pool behind may not do that alone. */
  readonly #balance: FilledOptions['loadBalancer'];
  #taskIds = 0;
  #needsDrain = false;
  #isClosing = false;
  #isDestroying = false;

  constructor(given: Options = {}) {
    const options = fill(given);
    const { maxThreads, concurrentTasksPerWorker, loadBalancer, recordTiming } = options;
    const capacity = () => Math.ceil(maxThreads) * concurrentTasksPerWorker;
    const isAsked = loadBalancer !== undefined;
    super({ name: 'Piscina', movables, capacity, isAsked }, options, options.taskQueue ?? new FixedQueue());
    this.#times = new TaskTimes(recordTiming);
    this.#balance = loadBalancer ?? (concurrentTasksPerWorker > 1 ? leastBusy(concurrentTasksPerWorker) : undefined);
    this.#loads = new WorkerLoads(options.workerHistogram, (event, load) => {
      this.emit(event, load);
      // A load balancer may want the new worker for a task that waits.
      if (isAsked && event === 'workerCreate') queueMicrotask(() => this.gate.pull());
    });
    this.core = this.#open();
    this.gate.onFree = () => this.#drainSoon();
  }

  /** Calls an export of a file in a worker; `task` is its argument. */
  run(task: T, options: TaskOptions = {}): Promise<R> {
    const problem = problemOf(options);
    if (problem !== undefined) return Promise.reject(problem);
    const own: TaskOptions = Object.assign(Object.create(null), options);
    if (this.#isClosing || this.#isDestroying) own.signal = AbortSignal.abort('queue is being terminated');
    const result = this.submit(task, own, { taskId: this.#taskIds++ }) as Promise<R>;
    this.#drainSoon();
    return result;
  }

  /** Ends the pool when its tasks are done; with `force`, those that wait reject. */
  async close(options: CloseOptions = {}): Promise<void> {
    if (options === null || typeof options !== 'object') throw new TypeError('options must be an object');
    const { force = false } = options;
    if (typeof force !== 'boolean') throw new TypeError('force argument must be a boolean');
    this.#isClosing = true;
    if (force) this.gate.rejectWaiting(() => new AbortError('pool is closed'));
    try {
      await this.finished(this.options.closeTimeout);
    } catch (error) {
      this.emit('error', error);
    }
    await this.destroy();
    this.emit('close');
    this.#isClosing = false;
  }

  /** Ends all workers; tasks that wait or run reject. */
  async destroy(): Promise<void> {
    this.#isDestroying = true;
    this.rejectAll();
    await this.core.destroy();
  }

  [Symbol.dispose](): void {
    void this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get idleThreads(): number {
    return this.living.filter(({ id }) => this.#loads.isFree(id)).length;
  }

  /** Is true while the pool has no room for another running task. */
  get needsDrain(): boolean {
    return this.#needsDrain;
  }

  /** The times of the tasks; without `recordTiming` its summaries are undefined. */
  get histogram(): TaskTimes {
    return this.#times;
  }

  /** The share of the threads' time that tasks took, 0 to 1. */
  get utilization(): number {
    return this.#times.total / (this.duration * this.options.maxThreads);
  }

  static readonly isWorkerThread: boolean = isWorkerThread;
  static readonly workerData: unknown = ownData;
  static readonly version: string = version;
  static readonly FixedQueue: typeof FixedQueue = FixedQueue;
  static readonly ArrayTaskQueue: typeof ArrayTaskQueue = ArrayTaskQueue;
  static readonly transferableSymbol: symbol = transferableSymbol;
  static readonly valueSymbol: symbol = valueSymbol;
  static readonly queueOptionsSymbol: symbol = queueOptionsSymbol;
  /** Marks a value, so that it moves instead of being copied. */
  static readonly move: <V>(value: V) => V = move;

  static get Piscina() {
    return itself();
  }

  /** Gives a task to a worker. @internal */
  protected start(task: QueuedTask): Promise<Outcome> | undefined {
    const worker = this.#choose(task);
    if (worker === null) return undefined;
    const begun = performance.now();
    this.#times.waited(begun - task.created);
    const { request } = task;
    const done = (outcome: Outcome, ms?: number): Outcome => {
      this.#loads.end(task, ms);
      // A task may wait for a worker without tasks.
      if (this.#balance !== undefined && this.core.queued > 0) this.core.broadcast();
      this.#times.ran(performance.now() - begun);
      return outcome;
    };
    const exited = ({ exitCode }: { readonly exitCode: number | null }) =>
      this.#isDestroying ? terminated() : new Error(`worker exited with code: ${exitCode}`);
    const sentTo = (id: string) => this.#loads.hold(id, task);
    return this.core.run({ request, worker, sentTo }, this.optionsOf(task)).then(
      ({ value, ms }) => done({ value }, ms),
      (error) => done({ error: failureOf(error, exited) }),
    );
  }

  /** Ends a task with its worker, which may not have begun it: programs count the workers that end. @internal */
  protected override stop(task: QueuedTask): void {
    const worker = this.#loads.holderOf(task);
    super.stop(task);
    if (worker !== undefined) this.core.cancelWorker(worker);
  }

  /** Returns the worker for a task: `undefined` for any without tasks, `null` if the task waits. */
  #choose(task: QueuedTask): string | undefined | null {
    if (this.#balance === undefined) return undefined;
    const living = this.living;
    const worker = this.#loads.give(this.#balance(task.info, this.#loads.of(living)), task);
    return worker ?? (living.length + this.core.queued < this.options.maxThreads ? undefined : null);
  }

  #open(): PoolOf<PiscinaTypes> {
    const kind: Kind<PiscinaTypes> = {
      ...handlers,
      concurrency: this.options.concurrentTasksPerWorker,
      // A text of its own: a loader may compile the kind here in another way than in its workers, and texts are compared.
      requestOfTask(_status, task, { id }) {
        task.sentTo(id);
        return task.request;
      },
      ...(this.#balance === undefined
        ? {}
        : {
            taskMatch: (_status, { worker }, { id }) =>
              worker === undefined ? this.#loads.isFree(id) : worker === id || !this.#lives(worker),
          }),
      onTaskCancellationOrExpirationOrWorkerDeath: (task, reason) => {
        const isUncaught = 'reason' in reason && reason.reason === 'uncaught';
        if (task === undefined && !this.#isDestroying && isUncaught) this.emit('error', reason.cause ?? reason);
      },
    };
    const core = createPool(kind, poolOptions(this.options));
    core.on('feedback', ({ feedback }) => this.emit('message', feedback));
    core.on('worker', (worker) => this.#loads.note(worker));
    // Listeners of the program are there in a moment.
    queueMicrotask(() => this.#loads.of(this.living));
    return core;
  }

  #lives(worker: string): boolean {
    return this.living.some(({ id }) => id === worker);
  }

  #drainSoon() {
    queueMicrotask(() => {
      if (this.gate.isFull) {
        this.#needsDrain = true;
        queueMicrotask(() => this.emit('needsDrain'));
      } else if (this.#needsDrain) {
        this.#needsDrain = false;
        queueMicrotask(() => this.emit('drain'));
      }
    });
  }
}

export {
  ArrayTaskQueue,
  FixedQueue,
  isWorkerThread,
  move,
  ownData as workerData,
  Piscina as 'module.exports',
  Piscina as default,
  queueOptionsSymbol,
  transferableSymbol,
  valueSymbol,
};

// Outside of the class: a class that names itself is bundled under another name.
const itself = (): typeof Piscina => Piscina;
