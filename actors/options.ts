import { availableParallelism } from 'node:os';
import type { RestartLimits } from '../machines/pool-state.ts';
import { UsageError } from './errors.ts';
import type { Host, ResourceLimits } from './hosts/host.ts';
import { inlineHost } from './hosts/inline.ts';
import { processHost } from './hosts/process.ts';
import { threadHost } from './hosts/thread.ts';
import type { JournalOptions } from './journal/journal.ts';
import { checkOptionNames } from './legal-names.ts';
import { quoted } from './quoted.ts';

/** The longest time that Node's timers know. In ms. */
const MAX_TIME = 2 ** 31 - 1;

/** The place where workers run: a process each, a thread each, or this process itself. */
export type HostName = 'process' | 'thread' | 'inline';

/** One line that a worker wrote. */
export interface OutputLine {
  /** The worker's id. */
  readonly worker: string;
  readonly stream: 'stdout' | 'stderr';
  /** Without its line end. */
  readonly line: string;
}

/** The limits on how often workers are replaced, and the waits between. Durations in ms. */
export interface RestartOptions extends RestartLimits {
  /** The most workers that may die by themselves within `window`. */
  readonly intensity: number;
  readonly window: number;
  /** The age under which the death of a worker that has held no task counts as a failed start. */
  readonly settle: number;
}

/** The limits of a worker's service: it ends when it has reached one of them. */
export interface RecycleLimits {
  /** Tasks that it has answered. */
  readonly tasks: number;
  /** In MB. */
  readonly memory: number;
  /** In ms. */
  readonly age: number;
}

/** The options of a pool. Durations in ms. */
export interface PoolOptions {
  /** The number of workers, 0 to 4096; with 0 all tasks wait. @default os.availableParallelism() */
  readonly size?: number;
  /**
   * The least number of workers, 0 to `size`: more are started while tasks wait that a fresh one takes, up to `size`, and end
   * when they have had nothing to do for `idleTimeout`. @default `size`
   */
  readonly minSize?: number;
  /** The longest time that a worker beyond `minSize` has nothing to do before it ends. @default 60000 */
  readonly idleTimeout?: number;
  /** The place where workers run: a process each, a thread each, or this process (`inline`); or a function that starts a worker. @default 'process' */
  readonly host?: HostName | Host;
  /** The most tasks that may wait; `run` rejects with QUEUE_FULL beyond it. @default Infinity */
  readonly maxQueue?: number;
  /** The time that a cancelled task has to stop by itself, its signal aborted, before its worker is killed. @default 0 */
  readonly killGrace?: number;
  /** The longest time that a task runs, from when a worker begins it; then it fails with TIMEOUT_RUN and its worker is ended. @default Infinity */
  readonly timeout?: number;
  /** The longest time that a task waits until a worker begins it; then it fails with TIMEOUT_QUEUE. @default Infinity */
  readonly queueTimeout?: number;
  /**
   * A worker that has given no sign of life for so long, twice in a row, is killed: it was stopped, or it blocks. Only for
   * kinds whose `perform` lets its event loop turn more often than that. @default Infinity
   */
  readonly heartbeat?: number;
  /**
   * The limits of a worker's service: so many tasks, so much memory (MB: all of a process, the heap of a thread
   * and what it holds), such an age (ms). It ends after a verdict that makes no follow-ups, and another takes its slot.
   * @default none of them
   */
  readonly recycle?: Partial<RecycleLimits>;
  /** The most times that a task goes back to the queue after its worker died, where its kind answers `'retry'`. @default 3 */
  readonly retries?: number;
  /**
   * The number of workers that are started ahead, beyond `size`, 0 to 64: they take no task until the process of a worker has exited and they
   * take its place, so that an `end` costs no start. Workers never exceed `size`, processes never `size + spares`; hosts
   * `process` and `thread` only. @default 0
   */
  readonly spares?: number;
  /** The longest time that a worker takes to start; then it counts as a failed start. @default 60000 */
  readonly startTimeout?: number;
  /**
   * The limits at which the pool gives up and is degraded: after more than `limit` failed starts in a row, in every slot, with a
   * wait of `delay` after the first and at most `maxDelay`; or when more than `intensity` workers died by themselves within `window`.
   * A worker that dies by itself within `settle` of its start, and has held no task until then, counts as a failed start.
   * @default { limit: 5, delay: 100, maxDelay: 5000, intensity: 100, or 10 a worker where that is more, window: 10000, settle: 1000 }
   */
  readonly restart?: Partial<RestartOptions>;
  /** Environment variables of the workers, beside those of this process. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** Node's flags for the workers. @default those of this process, but for the debugger's and -e */
  readonly execArgv?: readonly string[];
  /** Memory limits of a worker. @default none */
  readonly resourceLimits?: ResourceLimits;
  /** Whether the commonest steps of a worker's machine are planned ahead instead of interpreted; the same machine, faster. @default true, unless STATEPOOL_PLANS=off is in the environment */
  readonly plans?: boolean;
  /** Whether durations are recorded for `stats.timings`; each task then costs a little more time and memory. @default false */
  readonly timings?: boolean;
  /**
   * A file, or a file and how it is kept, where the pool writes down what it accepts and what becomes of it: the next pool of
   * this kind with the same journal goes on where this one ended, however that was. @default none
   */
  readonly journal?: string | JournalOptions;
  /**
   * Gets the lines that workers write, read as UTF-8; a line of more than 65536 characters comes in pieces of at most so many.
   * What it throws is told as a warning, once a worker, and loses nothing else.
   * @default they go to this process's stdout and stderr, each after `[worker id] `
   */
  readonly onOutput?: (line: OutputLine) => void;
  /** The number of feedbacks sent to all workers, the latest, that are kept for workers that start later. @default 1000 */
  readonly keepFeedbacks?: number;
}

/** The options with every default filled in. */
export interface FullOptions {
  readonly size: number;
  readonly minSize: number | undefined;
  readonly idleTimeout: number;
  readonly host: Host;
  readonly maxQueue: number;
  readonly killGrace: number;
  readonly timeout: number;
  readonly queueTimeout: number;
  readonly heartbeat: number;
  readonly recycle: RecycleLimits;
  readonly retries: number;
  readonly spares: number;
  readonly startTimeout: number;
  readonly restart: RestartOptions;
  readonly env: Readonly<Record<string, string>>;
  readonly execArgv: readonly string[] | undefined;
  readonly resourceLimits: ResourceLimits;
  readonly plans: boolean;
  readonly timings: boolean;
  readonly journal: JournalOptions | undefined;
  readonly onOutput: (line: OutputLine) => void;
  readonly keepFeedbacks: number;
}

const hosts: Record<HostName, Host> = { process: processHost, thread: threadHost, inline: inlineHost };

const known = [
  'size',
  'minSize',
  'idleTimeout',
  'host',
  'maxQueue',
  'killGrace',
  'timeout',
  'queueTimeout',
  'heartbeat',
  'recycle',
  'retries',
  'spares',
  'startTimeout',
  'restart',
  'env',
  'execArgv',
  'resourceLimits',
  'plans',
  'timings',
  'journal',
  'onOutput',
  'keepFeedbacks',
];

/** Checks the options and fills in the defaults. @throws {UsageError} naming the option, its value and what is legal */
export function fillOptions(options: PoolOptions = {}): FullOptions {
  checkOptionNames('createPool', options, known);
  checkOptionNames('restart', options.restart ?? {}, ['limit', 'delay', 'maxDelay', 'intensity', 'window', 'settle']);
  checkOptionNames('recycle', options.recycle ?? {}, ['tasks', 'memory', 'age']);
  const size = checkCount('size', options.size ?? availableParallelism(), 4096);
  const minSize = options.minSize === undefined ? undefined : checkCount('minSize', options.minSize, size);
  return {
    size,
    minSize,
    idleTimeout: checkTime('idleTimeout', options.idleTimeout ?? 60_000),
    host: hostOf(options.host ?? 'process'),
    maxQueue: checkCount('maxQueue', options.maxQueue ?? Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
    killGrace: checkCount('killGrace', options.killGrace ?? 0, 2 ** 31 - 1),
    timeout: checkTime('timeout', options.timeout ?? Number.POSITIVE_INFINITY),
    queueTimeout: checkTime('queueTimeout', options.queueTimeout ?? Number.POSITIVE_INFINITY),
    heartbeat: checkTime('heartbeat', options.heartbeat ?? Number.POSITIVE_INFINITY, 1),
    recycle: {
      tasks: checkCount('recycle.tasks', options.recycle?.tasks ?? Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
      memory: checkCount(
        'recycle.memory',
        options.recycle?.memory ?? Number.POSITIVE_INFINITY,
        Number.POSITIVE_INFINITY,
      ),
      age: checkTime('recycle.age', options.recycle?.age ?? Number.POSITIVE_INFINITY),
    },
    retries: checkCount('retries', options.retries ?? 3, 1000),
    spares: checkCount('spares', options.spares ?? 0, 64),
    startTimeout: checkCount('startTimeout', options.startTimeout ?? 60_000, 2 ** 31 - 1),
    restart: {
      limit: checkCount('restart.limit', options.restart?.limit ?? 5, 1000),
      delay: checkCount('restart.delay', options.restart?.delay ?? 100, 2 ** 31 - 1),
      maxDelay: checkCount('restart.maxDelay', options.restart?.maxDelay ?? 5000, 2 ** 31 - 1),
      intensity: checkCount(
        'restart.intensity',
        options.restart?.intensity ?? Math.max(100, 10 * size),
        Number.POSITIVE_INFINITY,
      ),
      window: checkCount('restart.window', options.restart?.window ?? 10_000, 2 ** 31 - 1),
      settle: checkCount('restart.settle', options.restart?.settle ?? 1000, 2 ** 31 - 1),
    },
    env: options.env ?? {},
    execArgv: options.execArgv,
    resourceLimits: options.resourceLimits ?? {},
    plans: options.plans ?? process.env.STATEPOOL_PLANS !== 'off',
    timings: checkFlag('timings', options.timings ?? false),
    journal: options.journal === undefined ? undefined : journalOf(options.journal),
    onOutput: checkFunction('onOutput', options.onOutput ?? printLine),
    keepFeedbacks: checkCount('keepFeedbacks', options.keepFeedbacks ?? 1000, Number.POSITIVE_INFINITY),
  };
}

/** The name of a host that is one of ours; `custom` for a function of the user's. */
export function nameOfHost(host: Host): HostName | 'custom' {
  for (const [name, own] of Object.entries(hosts)) if (own === host) return name as HostName;
  return 'custom';
}

function hostOf(host: HostName | Host): Host {
  if (typeof host === 'function') return host;
  if (Object.hasOwn(hosts, host)) return hosts[host];
  throw new UsageError(`host is ${quoted(host)}: it must be one of ${Object.keys(hosts).join(', ')}`);
}

function journalOf(journal: string | JournalOptions): JournalOptions {
  const options = typeof journal === 'string' ? { path: journal } : journal;
  const { path, durability = 'process', keep = 100_000, ...others } = options ?? {};
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw new UsageError(`there is no option journal.${other}; the options are path, durability, keep`);
  }
  if (typeof path !== 'string' || path === '') {
    throw new UsageError(`journal is ${quoted(path)}: it must be the path of a file, or { path, durability, keep }`);
  }
  if (!['process', 'power'].includes(durability)) {
    throw new UsageError(`journal.durability is ${quoted(durability)}: it must be 'process' or 'power'`);
  }
  return { path, durability, keep: checkCount('journal.keep', keep, Number.POSITIVE_INFINITY) };
}

/** Checks a whole number of at least 0. @throws {UsageError} */
export function checkCount(name: string, value: number, most: number): number {
  const isCount = Number.isInteger(value) || (value === Number.POSITIVE_INFINITY && most === value);
  if (isCount && value >= 0 && value <= most) return value;
  const range = most === Number.POSITIVE_INFINITY ? 'a whole number of at least 0' : `a whole number from 0 to ${most}`;
  throw new UsageError(`${name} is ${quoted(value)}: it must be ${range}`);
}

/** Checks a time in ms, `Infinity` for none. @throws {UsageError} */
export function checkTime(name: string, value: number, least = 0): number {
  const isTime =
    typeof value === 'number' && value >= least && (value <= MAX_TIME || value === Number.POSITIVE_INFINITY);
  if (isTime) return value;
  throw new UsageError(
    `${name} is ${quoted(value)}: it must be a number of ms from ${least} to ${MAX_TIME}, or Infinity`,
  );
}

function checkFlag(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new UsageError(`${name} is ${quoted(value)}: it must be true or false`);
}

function checkFunction<F>(name: string, value: F): F {
  if (typeof value === 'function') return value;
  throw new UsageError(`${name} is ${quoted(value)}: it must be a function`);
}

function printLine({ worker, stream, line }: OutputLine): void {
  process[stream].write(`[${worker}] ${line}\n`);
}
