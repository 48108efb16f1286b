/**
 * Runs programs written for workerpool: the same pools, whose workers may die in any way.
 *
 * @module statepool/compat/workerpool
 */
import { availableParallelism } from 'node:os';
import { isMainThread as isMain } from 'node:worker_threads';
import { isWorker } from '../../kinds/worker.ts';
import { Cancellable } from '../shared/cancellable.ts';
import { TerminateError } from './handle.ts';
import { type Methods, REGISTRY, type Registry, Transfer, type WorkerRegisterOptions } from './kind.ts';
import type { WorkerPoolOptions } from './options.ts';
import { Pool } from './pool.ts';

export type { Resolver } from '../shared/cancellable.ts';
export type { TaskQueue } from '../shared/queues.ts';
export type { ExecOptions, PoolTask as Task } from './handle.ts';
export type { WorkerRegisterOptions } from './kind.ts';
export type { WorkerArg, WorkerPoolOptions } from './options.ts';
export type { Pool, Proxy } from './pool.ts';

/**
 * Makes a pool. `script` is the path of a module that calls `worker`; without it the pool calls functions that it is given.
 *
 * @example
 * import { pool } from 'statepool/compat/workerpool';
 *
 * const workers = pool({ maxWorkers: 4 });
 * const sum = await workers.exec((a, b) => a + b, [3, 4]);
 */
export function pool(script?: string | WorkerPoolOptions | null, options?: WorkerPoolOptions): Pool {
  return new Pool(script, options);
}

/** Registers the methods of a script, in a worker. @throws {Error} outside of a worker */
export function worker(methods?: Methods, options?: WorkerRegisterOptions): void {
  registryOf('worker').register(methods, options);
}

/** Sends a payload to the `on` of the task that runs in this worker. @throws {Error} outside of a worker */
export function workerEmit(payload: unknown): void {
  registryOf('workerEmit').emit(payload);
}

/** Is false in workers. */
export const isMainThread: boolean = isMain && !isWorker && process.connected !== true;
/** The sort of workers that this module can start. */
export const platform = 'node';
/** The number of processors. */
export const cpus: number = availableParallelism();

const workerpool = {
  pool,
  worker,
  workerEmit,
  Promise: Cancellable,
  Transfer,
  TerminateError,
  platform,
  isMainThread,
  cpus,
};

export { Cancellable as Promise, TerminateError, Transfer, workerpool as default };

function registryOf(caller: string): Registry {
  const registry = (globalThis as { [REGISTRY]?: Registry })[REGISTRY];
  if (registry === undefined) throw new Error(`${caller}() is for the scripts of workers: this is none`);
  return registry;
}
