import { availableParallelism } from 'node:os';
import type { PoolOptions } from '../../actors/index.ts';
import { isTaskQueue, type Queue, type TaskInfo } from '../threads/gate.ts';
import { type CommonOptions, type FilledCommonOptions, fillCommon, poolOptionsOf } from '../threads/options.ts';
import type { PiscinaStart } from './kind.ts';
import type { WorkerLoad } from './worker-loads.ts';

/** The options of a pool, as piscina has them. */
export interface Options extends CommonOptions {
  atomics?: 'sync' | 'async' | 'disabled';
  taskQueue?: Queue;
  niceIncrement?: number;
  closeTimeout?: number;
  recordTiming?: boolean;
  stricterFIFO?: boolean;
  loadBalancer?: (task: PiscinaTask, workers: PiscinaWorker[]) => PiscinaWorker | null;
  workerHistogram?: boolean;
}

/** A task as load balancers get it. */
export type PiscinaTask = TaskInfo;

/** A worker as load balancers and listeners get it. */
export type PiscinaWorker = WorkerLoad;

/** The options of a pool, with every default. */
export interface FilledOptions extends Omit<Options, keyof FilledCommonOptions>, FilledCommonOptions {
  concurrentTasksPerWorker: number;
  niceIncrement: number;
  closeTimeout: number;
  recordTiming: boolean;
  workerHistogram: boolean;
}

type Check = (value: unknown) => boolean;

const isFlag: Check = (value) => typeof value === 'boolean';
const isText: Check = (value) => typeof value === 'string' || value === null;
const from =
  (least: number): Check =>
  (value) =>
    typeof value === 'number' && value >= least;

/** The check of each option, and the words for any other value: those of piscina. */
const CHECKS: readonly (readonly [keyof Options, Check, string])[] = [
  ['filename', isText, 'must be a string or null'],
  ['name', isText, 'must be a string or null'],
  ['minThreads', from(0), 'must be a non-negative integer'],
  ['maxThreads', from(1), 'must be a positive integer'],
  ['idleTimeout', from(0), 'must be a non-negative integer'],
  ['maxQueue', (value) => value === 'auto' || from(0)(value), 'must be a non-negative integer'],
  ['concurrentTasksPerWorker', from(1), 'must be a positive integer'],
  [
    'atomics',
    (value) => value === null || /^(a?sync|disabled)$/.test(String(value)),
    'should be a value of sync, sync or disabled.',
  ],
  ['resourceLimits', (value) => typeof value === 'object' && value !== null, 'must be an object'],
  ['taskQueue', isTaskQueue, 'must be a TaskQueue object'],
  ['niceIncrement', from(0), 'must be a non-negative integer'],
  ['trackUnmanagedFds', isFlag, 'must be a boolean value'],
  ['closeTimeout', from(0), 'must be a non-negative integer'],
  [
    'loadBalancer',
    (value) => typeof value === 'function' && value.length > 0,
    'must be a function with at least two args',
  ],
  ['workerHistogram', isFlag, 'must be a boolean'],
  ['stricterFIFO', isFlag, 'must be a boolean'],
];

/** Checks the options and fills in the defaults. @throws {TypeError | RangeError} as piscina does */
export function fill(given: Options): FilledOptions {
  const options: Options = Object.assign(Object.create(null), given);
  for (const [name, isLegal, legal] of CHECKS) {
    if (options[name] === undefined || isLegal(options[name])) continue;
    throw new TypeError(`options.${name} ${legal}`);
  }
  const defaults = {
    concurrentTasksPerWorker: 1,
    atomics: 'sync',
    niceIncrement: 0,
    trackUnmanagedFds: true,
    closeTimeout: 30_000,
    recordTiming: true,
    stricterFIFO: false,
    workerHistogram: false,
  };
  const common = fillCommon(options, availableParallelism() * 1.5);
  return Object.assign(Object.create(null), defaults, options, common);
}

/** Returns the options of the pool behind. */
export function poolOptions(options: FilledOptions): PoolOptions {
  const { argv = [], filename, name, niceIncrement, workerData } = options;
  const start: PiscinaStart = { layer: 'piscina', workerData, argv, filename, name, niceIncrement };
  return poolOptionsOf(options, start);
}
