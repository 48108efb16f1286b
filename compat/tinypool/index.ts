/**
 * Runs programs written for tinypool: the same `Tinypool`, on a pool whose workers may die in any way.
 *
 * @module statepool/compat/tinypool
 */
import { availableParallelism } from 'node:os';
import { createPool, type Kind, type PoolOf, type PoolOptions, type WorkerInfo } from '../../actors/index.ts';
import { failureOf } from '../threads/failures.ts';
import { ArrayQueue, isTaskQueue, type Outcome, type Queue, type QueuedTask } from '../threads/gate.ts';
import { type CommonOptions, type FilledCommonOptions, fillCommon, poolOptionsOf } from '../threads/options.ts';
import { type Core, type TaskOptions, ThreadPool, terminated } from '../threads/thread-pool.ts';
import handlers, { movables, type TinypoolStart, type TinypoolTypes } from './kind.ts';
import { Sharing } from './sharing.ts';

const { isMovable, isTransferable, markMovable } = movables;

export { isMovable, isTaskQueue, isTransferable, kQueueOptions, kTransferable, kValue, markMovable };

const { transferable: kTransferable, value: kValue } = movables;
const kQueueOptions: symbol = Symbol.for('Tinypool.queueOptions');

/** A task in the queue of a pool. */
export interface Task {
  cancel(): void;
}

/** A queue of tasks that a program may provide. */
export interface TaskQueue {
  readonly size: number;
  shift(): Task | null;
  remove(task: Task): void;
  push(task: Task): void;
  cancel(): void;
}

/** The channel of a task to its worker: for processes. */
export interface TinypoolChannel {
  /** Gets the function that sends a message to the worker. */
  onMessage?(callback: (message: unknown) => void): void;
  /** Gets the messages of the worker. */
  postMessage?(message: unknown): void;
  onClose?(): void;
}

type Runtime = 'worker_threads' | 'child_process';

/** The options of a pool, as tinypool has them. */
export interface Options extends CommonOptions {
  runtime?: Runtime;
  terminateTimeout?: number;
  useAtomics?: boolean;
  /** The heap in bytes with which a worker ends after a task. */
  maxMemoryLimitBeforeRecycle?: number;
  taskQueue?: TaskQueue;
  isolateWorkers?: boolean;
  teardown?: string;
  serialization?: 'json' | 'advanced';
}

/** The options of a pool, with every default. */
export interface FilledOptions extends Omit<Options, keyof FilledCommonOptions>, FilledCommonOptions {
  runtime: Runtime;
  concurrentTasksPerWorker: number;
}

/** The options of a task. */
export interface RunOptions extends TaskOptions {
  channel?: TinypoolChannel;
  runtime?: Runtime;
}

/**
 * A pool of threads or processes that call the exports of files.
 *
 * @example
 * import { Tinypool } from 'statepool/compat/tinypool';
 *
 * const tiny = new Tinypool({ filename: import.meta.resolve('./work.js') });
 * const sum = await tiny.run({ a: 4, b: 6 });
 */
export class Tinypool extends ThreadPool<FilledOptions> {
  /** The pool behind. @internal */
  protected core: PoolOf<TinypoolTypes>;
  /** The pools that were replaced, and whose tasks still run. */
  readonly #leaving = new Set<PoolOf<TinypoolTypes>>();
  #isDestroyed = false;
  /** The channel of the last task of each worker, by its id. */
  readonly #channels = new Map<string, TinypoolChannel>();
  readonly #sharing = new Sharing();

  constructor(given: Options = {}) {
    const options = fill(given);
    const queue = (given.taskQueue ?? new ArrayQueue()) as unknown as Queue;
    super(
      { name: 'Tinypool', movables, capacity: () => options.maxThreads * options.concurrentTasksPerWorker },
      options,
      queue,
    );
    this.core = this.#open();
  }

  /** Calls an export of a file in a worker; `task` is its argument. */
  run(task: unknown, options: RunOptions = {}): Promise<unknown> {
    return this.submit(task, options, { channel: options.channel });
  }

  /** Ends all workers; tasks that wait or run reject. */
  async destroy(): Promise<void> {
    this.#isDestroyed = true;
    this.rejectAll();
    for (const worker of this.#channels.keys()) this.#useChannel(worker, undefined);
    if (this.options.teardown === undefined) await this.core.destroy();
    else await this.core.close({ tasks: 'cancel' });
    this.emitDestroy();
  }

  /** Rejects the tasks that wait. */
  cancelPendingTasks(): void {
    (this.gate.queue as unknown as TaskQueue).cancel();
  }

  /** Replaces the workers: the free ones now, each busy one after its task. */
  async recycleWorkers({ runtime = this.options.runtime }: { readonly runtime?: Runtime } = {}): Promise<void> {
    if (this.options.isolateWorkers && runtime === this.options.runtime) return;
    this.options.runtime = runtime;
    const isBusy = this.gate.running.size > 0;
    const leaving = this.core;
    this.#leaving.add(leaving);
    const end = leaving.close().finally(() => this.#leaving.delete(leaving));
    this.core = this.#open();
    if (!isBusy) await end;
  }

  /** The pools that were replaced, and the one behind. @internal */
  protected override get cores(): Core[] {
    return [...this.#leaving, this.core];
  }

  /** The living workers of a pool behind; of a replaced one those whose tasks still run. @internal */
  protected override livingOf(core: Core): WorkerInfo[] {
    return core === this.core ? super.livingOf(core) : core.workers.filter(({ state }) => state === 'busy');
  }

  static get isWorkerThread(): boolean {
    return stateHere()?.isWorkerThread ?? false;
  }

  static get workerData(): unknown {
    return stateHere()?.workerData ?? undefined;
  }

  /** The version of tinypool that this layer follows. */
  static get version(): string {
    return '2.1.0';
  }

  /** Marks a value, so that it moves instead of being copied. */
  static move<T>(value: T): T {
    return movables.move(value);
  }

  static get transferableSymbol(): symbol {
    return kTransferable;
  }

  static get valueSymbol(): symbol {
    return kValue;
  }

  static get queueOptionsSymbol(): symbol {
    return kQueueOptions;
  }

  /** Gives a task to a worker. @internal */
  protected start(task: QueuedTask & { readonly channel?: TinypoolChannel }): Promise<Outcome> {
    const { request, channel } = task;
    // A destroyed pool goes on with its next task.
    if (this.#isDestroyed) this.core = this.#open();
    this.#isDestroyed = false;
    const pool = this.core;
    let worker = '';
    const onFeedback = (message: unknown) => channel?.postMessage?.(message);
    const sentTo = (to: string) => {
      this.#sharing.release(worker, task);
      worker = to;
      this.#sharing.hold(worker, task);
      if (channel !== undefined) this.#useChannel(to, channel);
      channel?.onMessage?.((message) => pool.forwardFeedback({ to, message }));
    };
    if (this.gate.queue.size === 0) queueMicrotask(() => this.emit('drain'));
    const done = (outcome: Outcome): Outcome => {
      this.#sharing.release(worker, task);
      // A task may wait for a worker without tasks.
      if (this.options.concurrentTasksPerWorker > 1 && pool.queued > 0) pool.broadcast();
      if (this.options.isolateWorkers) this.#useChannel(worker, undefined);
      return outcome;
    };
    return pool.run({ request, sentTo, entry: task }, { ...this.optionsOf(task), onFeedback }).then(
      (value) => done({ value }),
      (error) => done({ error: failureOf(error, ({ exitCode }) => this.#exitOf(exitCode)) }),
    );
  }

  /** Notes the channel of a worker, and closes the one before. Those of other workers stay open. */
  #useChannel(worker: string, channel: TinypoolChannel | undefined): void {
    const before = this.#channels.get(worker);
    if (channel === undefined) this.#channels.delete(worker);
    else this.#channels.set(worker, channel);
    if (before !== channel) before?.onClose?.();
  }

  #exitOf(exitCode: number | null): Error {
    if (this.#isDestroyed) return terminated();
    const isProcess = this.options.runtime === 'child_process';
    return new Error(isProcess ? 'Worker exited unexpectedly' : `worker exited with code: ${exitCode}`);
  }

  #open(): PoolOf<TinypoolTypes> {
    const { maxMemoryLimitBeforeRecycle: most = Number.POSITIVE_INFINITY } = this.options;
    const concurrency = this.options.concurrentTasksPerWorker;
    const isIsolated = this.options.isolateWorkers === true;
    const kind: Kind<TinypoolTypes> = {
      ...handlers,
      concurrency,
      ...(concurrency > 1 ? { taskMatch: (_status, { entry }, { id }) => this.#sharing.admits(id, entry) } : {}),
      // A text of its own: a loader may compile the kind here in another way than in its workers, and texts are compared.
      requestOfTask(_status, task, worker) {
        task.sentTo(worker.id);
        return task.request;
      },
      useResponse: (_status, _task, { value: result, heap }) =>
        isIsolated || heap > most ? { type: 'end', result } : { type: 'stay', competence: undefined, result },
      onPerformError: (_status, _task, error) => (isIsolated ? { type: 'end', error } : undefined),
      onTaskCancellationOrExpirationOrWorkerDeath: (task, reason) => {
        const isUncaught = 'reason' in reason && reason.reason === 'uncaught';
        if (task === undefined && !this.#isDestroyed && isUncaught) this.emit('error', reason.cause ?? reason);
      },
    };
    return createPool(kind, poolOptions(this.options));
  }
}

function poolOptions(options: FilledOptions): PoolOptions {
  const { argv = [], filename, maxMemoryLimitBeforeRecycle, runtime, teardown, workerData } = options;
  const hasLimit = maxMemoryLimitBeforeRecycle !== undefined;
  const start: TinypoolStart = { layer: 'tinypool', workerData, argv, filename, teardown, hasLimit };
  return {
    ...poolOptionsOf(options, start),
    host: runtime === 'child_process' ? 'process' : 'thread',
    // A feedback is for the worker of one task.
    keepFeedbacks: 0,
    // Without a teardown a worker has nothing to do at its end.
    ...(teardown === undefined ? { endGrace: 0 } : {}),
  };
}

function fill(options: Options): FilledOptions {
  const { runtime = 'worker_threads' } = options;
  if (runtime !== 'worker_threads' && runtime !== 'child_process')
    throw new TypeError(`options.runtime is ${String(runtime)}: it must be 'worker_threads' or 'child_process'`);
  const processors = availableParallelism();
  const shared = { ...options };
  // A number below 1 is a share of the processors.
  for (const name of ['minThreads', 'maxThreads'] as const) {
    const count = options[name] ?? 0;
    if (count > 0 && count < 1) shared[name] = Math.max(1, Math.floor(count * processors));
  }
  return { runtime: 'worker_threads', concurrentTasksPerWorker: 1, ...shared, ...fillCommon(shared, processors) };
}

function stateHere() {
  const { __tinypool_state__: state } = process as {
    __tinypool_state__?: { readonly isWorkerThread?: boolean; readonly workerData: unknown; readonly workerId: number };
  };
  return state;
}

/** The id of this worker, from 1 on; `undefined` outside of workers. */
export const workerId: number | undefined = stateHere()?.workerId;

export type { ThreadHandle as TinypoolWorker } from '../threads/thread-pool.ts';
export { Tinypool as default };
