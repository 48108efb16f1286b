import { availableParallelism } from 'node:os';
import { inspect } from 'node:util';
import type { PoolOptions } from '../../actors/index.ts';
import { fromNode } from '../shared/node-options.ts';
import { pathOf, type ThreadOptions } from './thread-pool.ts';

/** The options that the pools of both libraries have. */
export interface CommonOptions {
  filename?: string | null;
  name?: string;
  minThreads?: number;
  maxThreads?: number;
  /** The time after which a surplus worker without work ends, in ms. @default 0 */
  idleTimeout?: number;
  /** The most tasks that may wait; `auto`: the square of `maxThreads`. @default Infinity */
  maxQueue?: number | 'auto';
  /** The most tasks that a worker runs together. @default 1 */
  concurrentTasksPerWorker?: number;
  resourceLimits?: PoolOptions['resourceLimits'];
  argv?: string[];
  execArgv?: string[];
  /** All environment variables of the workers. @default those of this process */
  env?: Record<string, string | undefined> | symbol;
  workerData?: unknown;
  trackUnmanagedFds?: boolean;
}

/** The common options with every default. */
export interface FilledCommonOptions extends ThreadOptions {
  idleTimeout: number;
}

/** Fills in the defaults of the common options. `most` is the default of `maxThreads`. @throws {RangeError} @throws {TypeError} */
export function fillCommon(options: CommonOptions, most: number): FilledCommonOptions {
  const { idleTimeout = 0, maxQueue = Number.POSITIVE_INFINITY, name = 'default' } = options;
  const { minThreads: given, maxThreads = Math.max(most, options.minThreads ?? 0) } = options;
  if (options.filename && typeof options.filename !== 'string')
    throw new TypeError(
      `options.filename is ${inspect(options.filename)}: it must be the path or the URL of a file, as text`,
    );
  if (!(maxThreads > 0)) throw new RangeError(`options.maxThreads is ${inspect(maxThreads)}: it must be above 0`);
  if (given !== undefined && given > maxThreads)
    throw new RangeError('options.minThreads and options.maxThreads must not conflict');
  return {
    name,
    idleTimeout,
    filename: options.filename ? pathOf(options.filename) : null,
    minThreads: given ?? Math.min(Math.max(Math.floor(availableParallelism() / 2), 1), maxThreads),
    maxThreads,
    maxQueue: maxQueue === 'auto' ? maxThreads ** 2 : maxQueue,
  };
}

/** Returns the options of the pool behind. */
export function poolOptionsOf(options: CommonOptions & FilledCommonOptions, workerData: unknown): PoolOptions {
  const size = Math.ceil(options.maxThreads);
  return {
    host: 'thread',
    size,
    minSize: Math.min(Math.ceil(options.minThreads), size),
    idleTimeout: options.idleTimeout,
    workerData,
    // A task fails by the death of its own worker, and not because other tasks have killed theirs.
    restart: { intensity: Number.POSITIVE_INFINITY },
    onChunk: ({ stream, text }) => void process[stream].write(text),
    ...fromNode(options),
  };
}
