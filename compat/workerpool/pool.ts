import { Cancellable } from '../shared/cancellable.ts';
import type { TaskQueue } from '../shared/queues.ts';
import { type ExecOptions, type PoolTask, WorkerHandle } from './handle.ts';
import { type FilledOptions, fill, type WorkerPoolOptions } from './options.ts';

// biome-ignore lint/suspicious/noExplicitAny: the methods of a script are known at run time only.
type AnyMethod = (...args: any[]) => any;

/** The methods of a script; each returns a promise. */
export type Proxy<T extends Record<string, AnyMethod>> = {
  [M in keyof T]: (...args: Parameters<T[M]>) => Cancellable<Awaited<ReturnType<T[M]>>>;
};

/** A pool of workers that call the methods of a script, or functions that the program sends. */
export class Pool {
  readonly script: string | null;
  readonly workers: WorkerHandle[] = [];
  readonly taskQueue: TaskQueue;
  readonly maxWorkers: number;
  readonly minWorkers: number;
  readonly #options: FilledOptions;

  constructor(script?: string | WorkerPoolOptions | null, given?: WorkerPoolOptions) {
    const isNamed = typeof script === 'string';
    this.script = (isNamed && script) || null;
    this.#options = fill((isNamed ? given : script) ?? given ?? {});
    ({ taskQueue: this.taskQueue, maxWorkers: this.maxWorkers, minWorkers: this.minWorkers } = this.#options);
    this.#fill();
  }

  /** Calls a method of the script, or a function, which is sent as its text. @throws {Error} if the queue is full */
  exec<T extends AnyMethod>(
    method: string | T,
    params?: Parameters<T> | null,
    options?: ExecOptions,
  ): Cancellable<Awaited<ReturnType<T>>> {
    if (params && !Array.isArray(params)) throw new TypeError('Array expected as argument "params"');
    if (typeof method === 'function') return this.#submit('run', [String(method), params], options);
    if (typeof method !== 'string') throw new TypeError('Function or string expected as argument "method"');
    return this.#submit(method, params, options);
  }

  /** Returns an object with the methods of the workers. */
  proxy<T extends Record<string, AnyMethod>>(...none: never[]): Cancellable<Proxy<T>> {
    if (none.length > 0) throw new Error('No arguments expected');
    const call = (name: string) => [name, (...args: unknown[]) => this.exec(name, args)];
    return this.exec<() => string[]>('methods').then((names) => Object.fromEntries(names.map(call)));
  }

  /** Ends all workers after their tasks; `isForced`: now. Rejects with a TimeoutError after `timeout` ms. */
  terminate(isForced = false, timeout?: number): Cancellable<unknown[]> {
    while (this.taskQueue.size() > 0)
      (this.taskQueue.pop() as PoolTask | undefined)?.resolver.reject(new Error('Pool terminated'));
    this.taskQueue.clear();
    const ended = Cancellable.all(this.workers.map((worker) => worker.end(isForced)));
    return timeout ? ended.timeout(timeout) : ended;
  }

  /** Returns the numbers of workers and tasks. */
  stats() {
    const totalWorkers = this.workers.length;
    const busyWorkers = this.workers.filter((worker) => worker.busy()).length;
    const idleWorkers = totalWorkers - busyWorkers;
    return { totalWorkers, busyWorkers, idleWorkers, pendingTasks: this.taskQueue.size(), activeTasks: busyWorkers };
  }

  #submit<R>(method: string, params: unknown, options: ExecOptions | undefined): Cancellable<R> {
    const { maxQueueSize, retries, taskQueue } = this.#options;
    if (taskQueue.size() >= maxQueueSize) throw new Error(`Max queue size of ${maxQueueSize} reached`);
    const resolver = Cancellable.defer<R>();
    const { promise } = resolver;
    const task = { method, params, options, resolver, timeout: null, retries } as PoolTask;
    taskQueue.push(task as never);
    // The time of a task that waits begins with its start.
    promise.timeout = (ms) => {
      if (!taskQueue.contains(task as never)) return Cancellable.prototype.timeout.call(promise, ms) as typeof promise;
      task.timeout = ms;
      return promise;
    };
    this.#next();
    return promise;
  }

  #next(): void {
    while (this.taskQueue.size() > 0) {
      const worker = this.workers.find((each) => !each.busy()) ?? this.#add(false);
      if (worker === undefined) return;
      const task = this.taskQueue.pop() as PoolTask;
      if (task.resolver.promise.pending) worker.exec(task);
    }
  }

  #fill(): void {
    while (this.workers.length < this.minWorkers) this.#add(true);
  }

  #add(isEager: boolean): WorkerHandle | undefined {
    if (this.workers.length >= this.maxWorkers) return undefined;
    const { forkArgs = [], forkOpts = {}, workerOpts = {}, workerThreadOpts = {}, onCreateWorker } = this.#options;
    const arg = { script: this.script ?? undefined, forkArgs, forkOpts, workerOpts, workerThreadOpts };
    const events = { free: () => this.#next(), gone: this.#gone };
    const worker = new WorkerHandle({ ...arg, ...onCreateWorker?.(arg) }, this.#options, isEager, events);
    this.workers.push(worker);
    return worker;
  }

  readonly #gone = (worker: WorkerHandle, task?: PoolTask, error?: Error): void => {
    this.workers.splice(this.workers.indexOf(worker), 1);
    this.#options.onTerminateWorker?.(worker.arg);
    const isDead = (error?.cause as { readonly code?: string } | undefined)?.code === 'WORKER_DIED';
    if (isDead && !worker.isEnded && task?.resolver.promise.pending && task.retries-- > 0)
      return this.#add(false)?.exec(task);
    if (!worker.isEnded) this.#fill();
    this.#next();
    task?.resolver.reject(error);
  };
}
