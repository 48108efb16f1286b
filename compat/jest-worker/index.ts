/**
 * Runs programs written for jest-worker: the same `Worker`, on a pool that survives the death of its workers. A call whose
 * worker dies, by whatever exit, is made again, and a sticky key never has two workers.
 *
 * @module statepool/compat/jest-worker
 */
import type { ForkOptions } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import {
  createPool,
  type Kind,
  type PoolOf,
  type PoolOptions,
  StatepoolError,
  WorkerDiedError,
} from '../../actors/index.ts';
import { fromNode } from '../shared/node-options.ts';
import calls, { type CallTypes, CURRENT, type WorkerStart } from './kind.ts';

const FARM_ENDED = 'Farm is ended, no more calls can be done to it';

/** The time that the workers have for their teardown, in ms. */
const GRACE = 500;

/** The options of a farm, as jest-worker has them. */
export interface WorkerFarmOptions {
  /** Returns the key of a call: all calls of one key run on the same worker. `null`: any worker. */
  readonly computeWorkerKey?: (method: string, ...args: unknown[]) => string | null;
  /** Runs workers as threads. @default processes */
  readonly enableWorkerThreads?: boolean;
  /** The methods that the farm has. @default all functions that the module exports */
  readonly exposedMethods?: readonly string[];
  /** The options of the processes: `env`, `execArgv` and `cwd` are used. */
  readonly forkOptions?: ForkOptions;
  /** The memory in bytes that an idle worker may hold; 0 ends a worker after each call. */
  readonly idleMemoryLimit?: number;
  /** The most times that a call is made again after the death of its worker. @default 3 */
  readonly maxRetries?: number;
  /** @default the number of processors less one */
  readonly numWorkers?: number;
  readonly resourceLimits?: NonNullable<PoolOptions['resourceLimits']>;
  /** The arguments of the module's `setup`. */
  readonly setupArgs?: unknown[];
  /** The order of waiting calls: a FifoQueue or a PriorityQueue of this module. */
  readonly taskQueue?: FifoQueue | PriorityQueue;
  /** The time for the module's `teardown`, in ms. @default 500 */
  readonly workerGracefulExitTimeout?: number;
  /** Has no effect: a call goes to the first worker that is free. */
  readonly workerSchedulingPolicy?: 'round-robin' | 'in-order';
}

/** The calls of a farm wait in the order in which they are made. */
export class FifoQueue {}

/** The calls of a farm wait in the order of their priorities: lower ones go first. */
export class PriorityQueue {
  readonly #computePriority: (method: string, ...args: unknown[]) => number;

  /** `computePriority` returns the priority of a call. */
  constructor(computePriority: (method: string, ...args: unknown[]) => number) {
    this.#computePriority = computePriority;
  }

  /** Returns the priority of a call. @internal */
  priorityOf(method: string, args: readonly unknown[]): number {
    return this.#computePriority(method, ...args);
  }
}

/** A promise of a call's result, and the messages that its worker sends meanwhile. */
export interface PromiseWithCustomMessage<T> extends Promise<T> {
  UNSTABLE_onCustomMessage?: (listener: (message: unknown) => void) => () => void;
}

type Callable = (...args: never[]) => unknown;

type Reserved = 'end' | 'getStderr' | 'getStdout' | 'setup' | 'teardown' | 'start';

/** A farm with the methods of a module. */
export type JestWorkerFarm<T extends Record<string, unknown>> = Worker & {
  [K in keyof T as T[K] extends Callable ? Exclude<K, Reserved> : never]: T[K] extends Callable
    ? (...args: Parameters<T[K]>) => Promise<Awaited<ReturnType<T[K]>>>
    : never;
};

/** The result of `end`. */
export interface PoolExitResult {
  readonly forceExited: boolean;
}

/**
 * A farm: has the methods of a module, and runs each call in a worker.
 *
 * @example
 * import { Worker } from 'statepool/compat/jest-worker';
 *
 * const farm = new Worker(import.meta.resolve('./work.js'), { exposedMethods: ['work'], numWorkers: 4 });
 * const { forceExited } = await farm.end();
 */
export class Worker {
  readonly #pool: PoolOf<CallTypes>;
  readonly #options: WorkerFarmOptions;
  #isEnded = false;

  /** `workerPath` is the absolute path or the URL of the module. */
  constructor(workerPath: string | URL, options: WorkerFarmOptions = {}) {
    const path = pathOf(workerPath);
    this.#options = options;
    checkSupported(options);
    const size = options.numWorkers ?? Math.max(availableParallelism() - 1, 1);
    this.#pool = createPool(stickyKind(options, size), { ...poolOptions(path, options), size });
    for (const method of options.exposedMethods ?? methodsOf(path)) this.#expose(method);
  }

  /** Returns the output of all workers. */
  getStdout(): NodeJS.ReadableStream {
    return this.#pool.stdout;
  }

  /** Returns the errors that the workers print. */
  getStderr(): NodeJS.ReadableStream {
    return this.#pool.stderr;
  }

  /** Resolves when the workers have started. */
  async start(): Promise<void> {
    await this.#pool.ready();
  }

  /** Runs the `teardown` of each idle worker, and ends all. Calls that are not answered reject. */
  async end(): Promise<PoolExitResult> {
    if (this.#isEnded) throw new Error(FARM_ENDED);
    this.#isEnded = true;
    const isBusy = this.#pool.workers.some(({ state }) => state === 'busy');
    const timeout = this.#options.workerGracefulExitTimeout ?? GRACE;
    const { isForced } = await this.#pool.close({ tasks: 'cancel', timeout });
    return { forceExited: isForced || isBusy };
  }

  #expose(method: string): void {
    if (method.startsWith('_')) return;
    if (method in Object.getPrototypeOf(this)) throw new TypeError(`Cannot define a method called ${method}`);
    Object.defineProperty(this, method, {
      value: (...args: unknown[]) => this.#call(method, args),
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }

  #call(method: string, args: readonly unknown[]): PromiseWithCustomMessage<unknown> {
    if (this.#isEnded) throw new Error(FARM_ENDED);
    const { computeWorkerKey, taskQueue } = this.#options;
    const key = computeWorkerKey?.(method, ...args) ?? null;
    const priority = taskQueue instanceof PriorityQueue ? -taskQueue.priorityOf(method, args) : 0;
    const listeners = new Set<(message: unknown) => void>();
    const onFeedback = (message: unknown) => {
      for (const listener of listeners) listener(message);
    };
    const result: PromiseWithCustomMessage<unknown> = this.#pool
      .run({ key, request: { method, args } }, { priority, onFeedback })
      .catch((error) => {
        throw errorOf(error);
      });
    result.UNSTABLE_onCustomMessage = (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    };
    return result;
  }
}

/** Sends a message to the caller of the method that runs in this worker. @throws {Error} outside of a worker */
export function messageParent(message: unknown): void {
  const send = (globalThis as { [CURRENT]?: (message: unknown) => void })[CURRENT];
  if (send === undefined) throw new Error('"messageParent" can only be used inside a worker');
  send(message);
}

function pathOf(given: string | URL): string {
  const path = String(given);
  if (path.startsWith('file:')) return fileURLToPath(path);
  if (!isAbsolute(path)) throw new Error(`'workerPath' must be absolute, got '${path}'`);
  return path;
}

/** Refuses what this layer would silently do in another way. */
function checkSupported(options: WorkerFarmOptions & { readonly WorkerPool?: unknown }): void {
  const { numWorkers, exposedMethods } = options;
  if (numWorkers !== undefined && !(Number.isInteger(numWorkers) && numWorkers > 0))
    throw new TypeError(`the option 'numWorkers' is ${inspect(numWorkers)}: it must be a whole number of at least 1`);
  if (exposedMethods !== undefined && typeof exposedMethods[Symbol.iterator] !== 'function')
    throw new TypeError(`the option 'exposedMethods' is ${inspect(exposedMethods)}: it must be an array of names`);
  if (options.WorkerPool !== undefined) throw new Error("the option 'WorkerPool' has no equal here: leave it out");
  const { taskQueue } = options;
  if (taskQueue === undefined || taskQueue instanceof FifoQueue || taskQueue instanceof PriorityQueue) return;
  throw new Error("the option 'taskQueue' must be a FifoQueue or a PriorityQueue of statepool/compat/jest-worker");
}

/** Returns the kind of a farm. Keys belong to slots in turn, each to one for ever, also after a death. */
function stickyKind({ computeWorkerKey }: WorkerFarmOptions, size: number): Kind<CallTypes> {
  const onDeath: NonNullable<Kind<CallTypes>['onTaskCancellationOrExpirationOrWorkerDeath']> = (task, { code }) =>
    task !== undefined && code === 'WORKER_DIED' ? 'retry' : undefined;
  const kind: Kind<CallTypes> = {
    ...calls,
    // A text of its own: a loader may compile the kind here in another way than in its workers, and texts are compared.
    requestOfTask: (_status, task) => task.request,
    onTaskCancellationOrExpirationOrWorkerDeath: onDeath,
  };
  if (computeWorkerKey === undefined) return kind;
  const slots = new Map<string, number>();
  const slotOf = (key: string) => {
    const slot = slots.get(key) ?? slots.size % size;
    slots.set(key, slot);
    return slot;
  };
  return { ...kind, taskMatch: (_status, { key }, { slot }) => key === null || slotOf(key) === slot };
}

function poolOptions(path: string, options: WorkerFarmOptions): PoolOptions {
  const { forkOptions = {}, idleMemoryLimit: memory, setupArgs = [] } = options;
  const { cwd, env, execArgv } = forkOptions;
  const start: WorkerStart = { path, setupArgs, cwd: cwd === undefined ? undefined : String(cwd) };
  return {
    host: options.enableWorkerThreads === true ? 'thread' : 'process',
    workerData: start,
    retries: options.maxRetries ?? 3,
    // Calls end at their own number of tries, and not because other calls have killed workers.
    restart: { intensity: Number.POSITIVE_INFINITY },
    endGrace: 2 * (options.workerGracefulExitTimeout ?? GRACE),
    onOutput: () => {},
    ...fromNode({ env, execArgv, resourceLimits: options.resourceLimits }),
    ...(memory === 0 ? { recycle: { tasks: 1 } } : {}),
    ...(memory ? { recycle: { memory: Math.ceil(memory / 2 ** 20) } } : {}),
  };
}

function methodsOf(path: string): string[] {
  const exports = createRequire(import.meta.url)(path) as Readonly<Record<string, unknown>>;
  const methods = Object.keys(exports).filter((name) => typeof exports[name] === 'function');
  return typeof exports === 'function' ? [...methods, 'default'] : methods;
}

/** Returns the error of a call, as jest-worker gives it. */
function errorOf(error: unknown): unknown {
  if (!(error instanceof StatepoolError)) return error;
  if (error instanceof WorkerDiedError) {
    const { signal, exitCode } = error;
    const message =
      signal === null
        ? `Call retries were exceeded: ${error.message}`
        : `A jest worker process was terminated by another process: signal=${signal}, exitCode=${exitCode}. Operating system logs may contain more information on why this occurred.`;
    return Object.assign(new Error(message, { cause: error }), { type: 'WorkerError' });
  }
  if (error.code !== 'PERFORM') return error;
  const { cause } = error;
  if (cause instanceof Error && !('type' in cause)) Object.assign(cause, { type: cause.name });
  return cause;
}
