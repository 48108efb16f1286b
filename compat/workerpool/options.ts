import type { ForkOptions } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { WorkerOptions } from 'node:worker_threads';
import type { PoolOptions } from '../../actors/index.ts';
import { checkNodeOptions, fromNode } from '../shared/node-options.ts';
import { queueOf, type TaskQueue } from '../shared/queues.ts';
import type { WorkerStart } from './kind.ts';

/** The options of one worker: `onCreateWorker` may return others than the pool has. */
export interface WorkerArg {
  readonly script?: string | undefined;
  readonly forkArgs?: readonly string[];
  readonly forkOpts?: ForkOptions;
  readonly workerOpts?: object;
  readonly workerThreadOpts?: WorkerOptions;
}

/** The options of a pool, as workerpool has them. */
export interface WorkerPoolOptions extends Omit<WorkerArg, 'script'> {
  /** Workers that are there from the start, and again after a death. @default 0 */
  readonly minWorkers?: number | 'max';
  /** @default the number of processors less one */
  readonly maxWorkers?: number;
  /** The most tasks that may wait. @default Infinity */
  readonly maxQueueSize?: number;
  /** `auto` and `web` are threads. @default 'auto' */
  readonly workerType?: 'auto' | 'web' | 'process' | 'thread';
  readonly nodeWorker?: WorkerPoolOptions['workerType'];
  readonly queueStrategy?: 'fifo' | 'lifo' | TaskQueue;
  /** The time that a worker has to clean up before it is killed, in ms. @default 1000 */
  readonly workerTerminateTimeout?: number;
  /** Sends the output of a worker to the `on` of its task. @default it goes to this process's output */
  readonly emitStdStreams?: boolean;
  readonly onCreateWorker?: (arg: WorkerArg) => WorkerArg | null | undefined | void;
  readonly onTerminateWorker?: (arg: WorkerArg) => void;
  /**
   * The most times that a task is performed again after its worker died: an addition to workerpool.
   * @default the variable STATEPOOL_WORKERPOOL_RETRIES, or 0
   */
  readonly retries?: number;
}

/** The options of a pool, with every default. */
export type FilledOptions = ReturnType<typeof fill>;

/** Checks the options and fills in the defaults. @throws {TypeError} */
export function fill(given: WorkerPoolOptions) {
  const { maxWorkers = Math.max(availableParallelism() - 1, 1), minWorkers: least = 0 } = given;
  if (!Number.isInteger(maxWorkers) || maxWorkers < 1)
    throw new TypeError('Option maxWorkers must be an integer number >= 1');
  const minWorkers = least === 'max' ? maxWorkers : least;
  if (!Number.isInteger(minWorkers) || minWorkers < 0)
    throw new TypeError('Option minWorkers must be an integer number >= 0');
  return {
    ...given,
    minWorkers,
    maxWorkers: Math.max(minWorkers, maxWorkers),
    maxQueueSize: given.maxQueueSize || Number.POSITIVE_INFINITY,
    workerType: given.workerType ?? given.nodeWorker ?? 'auto',
    taskQueue: queueOf(given.queueStrategy),
    workerTerminateTimeout: given.workerTerminateTimeout || 1000,
    retries: given.retries ?? Number(process.env.STATEPOOL_WORKERPOOL_RETRIES ?? 0),
  };
}

/** Returns the options of the pool behind one worker. `isEager`: it starts before its first task. */
export function poolOptions(arg: WorkerArg, isThread: boolean, isEager: boolean): PoolOptions {
  const { script, forkArgs = [], forkOpts = {}, workerThreadOpts = {} } = arg;
  if (isThread) checkNodeOptions('workerThreadOpts', workerThreadOpts);
  else checkNodeOptions('forkOpts', forkOpts);
  const workerData: WorkerStart = {
    layer: 'workerpool',
    script,
    args: isThread ? workerThreadOpts.argv?.map(String) : forkArgs,
    cwd: isThread ? undefined : forkOpts.cwd?.toString(),
    isJson: !isThread && forkOpts.serialization !== 'advanced',
    workerData: isThread ? workerThreadOpts.workerData : undefined,
  };
  return {
    host: isThread ? 'thread' : 'process',
    size: 1,
    minSize: isEager ? 1 : 0,
    idleTimeout: Number.POSITIVE_INFINITY,
    endGrace: 2 ** 31 - 1,
    keepFeedbacks: 1,
    restart: { intensity: Number.POSITIVE_INFINITY },
    workerData,
    ...fromNode(isThread ? workerThreadOpts : forkOpts),
  };
}
