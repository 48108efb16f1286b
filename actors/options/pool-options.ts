import { availableParallelism } from 'node:os';
import type { TokenPriority, TokenSource } from '../../tokens/source.ts';
import { wordsOf } from '../errors/error-codec.ts';
import { UsageError } from '../errors/errors.ts';
import { marshalPath } from '../errors/marshal-path.ts';
import type { Host, ResourceLimits } from '../hosts/host.ts';
import { inlineHost } from '../hosts/inline.ts';
import { processHost } from '../hosts/process.ts';
import { checkEntry, checkExecutable } from '../hosts/start.ts';
import { threadHost } from '../hosts/thread.ts';
import type { JournalOptions } from '../journal/journal.ts';
import { isPortable, structuredClone } from '../platform/platform.ts';
import { attemptsOf, type Backoff, backoffOf, type FullBackoff } from './backoff.ts';
import { journalOf } from './journal-option.ts';
import {
  callback,
  checkCount,
  count,
  type Filled,
  flag,
  illegal,
  type OptionTable,
  oneOf,
  option,
  optionBySize,
  optionGroup,
  optionsOf,
  readOptions,
  time,
} from './option-rules.ts';
import type {
  HostName,
  MakeRoomOptions,
  OutputChunk,
  OutputLine,
  RecycleLimits,
  RestartOptions,
} from './option-types.ts';
import { tokensOf } from './token-source-option.ts';
import { flagsOf, limitsOf, variablesOf } from './worker-options.ts';

/** The options of a pool. Durations in ms. */
export interface PoolOptions {
  /** The number of workers, 0 to 4096; with 0 all tasks wait. @default os.availableParallelism() */
  readonly size?: number;
  /**
   * The least number of workers, 0 to `size`. More are started, up to `size`, while tasks wait that a fresh worker
   * takes. The surplus ones end after `idleTimeout` without work.
   * @default `size`
   */
  readonly minSize?: number;
  /** The time after which a worker without work ends, if there are more than `minSize`. @default 60000 */
  readonly idleTimeout?: number;
  /** The place where workers run: a process each, a thread each, or this process (`inline`); or a function that starts a worker. @default 'process' */
  readonly host?: HostName | Host;
  /** The most tasks that may wait. Beyond that, `run` rejects with QUEUE_FULL. @default Infinity */
  readonly maxQueue?: number;
  /**
   * The time that a cancelled task has to stop by itself after its signal is aborted. Then its worker is killed.
   * @default 0
   */
  readonly killGrace?: number;
  /**
   * The time that a worker has for the kind's `end` when it is ended on purpose. Then it is killed, and a process
   * warning says so. With 0 all workers are killed at once, and `end` never runs.
   * @default 5000
   */
  readonly endGrace?: number;
  /**
   * The longest run of a task, counted from when a worker begins it. A longer one fails with TIMEOUT_RUN, and its
   * worker is ended.
   * @default Infinity
   */
  readonly timeout?: number;
  /** The longest wait of a task until a worker begins it. A longer one fails with TIMEOUT_QUEUE. @default Infinity */
  readonly queueTimeout?: number;
  /**
   * The interval of the heartbeat. A worker that gives no sign of life for two intervals in a row is killed: its
   * process is stopped, or its event loop is blocked. Only for kinds whose `perform` lets the event loop turn more
   * often than that.
   * @default Infinity
   */
  readonly heartbeat?: number;
  /**
   * The limits on a worker's life: the tasks it has answered, its memory (MB: all memory of a process; the heap of a
   * thread and the memory outside that its objects hold), its age (ms). A worker that has reached one ends after a
   * verdict without follow-ups, and another takes its slot.
   * @default no limits
   */
  readonly recycle?: Partial<RecycleLimits>;
  /**
   * The most times that a task goes back to the queue after its worker died, if its kind returns `'retry'`.
   * @default 3
   */
  readonly retries?: number;
  /**
   * The number of attempts at a task, 1 to 1000000: it is performed again after `perform` threw, or after its worker
   * died, until one attempt succeeds or all are used up. The kind's hook hears only of the last failure. A verdict with an
   * error, a time limit and a cancel are final. A task of `run` may have its own number.
   * @default 1
   */
  readonly attempts?: number;
  /** The wait of a task before its next attempt; a number is a fixed wait in ms. @default no wait */
  readonly backoff?: number | Backoff;
  /**
   * The number of spares, 0 to 64: workers that are started in advance, beyond `size`. A spare takes no task until the
   * process of a worker has exited; then it takes that worker's place, so that an `end` costs no start. Workers never
   * exceed `size`, processes never `size + spares`. `close` runs the kind's `end` in a spare that has started. Hosts
   * `process` and `thread` only.
   * @default 0
   */
  readonly spares?: number;
  /** The longest start of a worker. A longer one counts as a failed start. @default 60000 */
  readonly startTimeout?: number;
  /**
   * The limits at which the pool gives up and is degraded: more than `limit` failed starts in a row in every slot, or
   * more than `intensity` workers that died by themselves within `window`. The wait after a first failed start is
   * `delay`; it doubles with each further one, up to `maxDelay`. A worker that dies by itself within `settle` of its
   * start, and has held no task until then, counts as a failed start.
   * @default { limit: 5, delay: 100, maxDelay: 5000, intensity: 100, or 10 a worker if that is more, window: 10000, settle: 1000 }
   */
  readonly restart?: Partial<RestartOptions>;
  /**
   * The replacement of old workers that nobody needs by fresh ones, for kinds whose workers choose their tasks.
   * @default { patience: what another worker costs, as the pool measures it }
   */
  readonly makeRoom?: MakeRoomOptions;
  /**
   * The source of execution tokens, of `statepool/tokens`: a budget of running tasks that several pools or programs
   * share. A worker takes a token before its first request, and gives it back with the verdict, or when its process has
   * exited. Without a token it waits, and so does its task.
   * @default no budget
   */
  readonly tokens?: TokenSource | undefined;
  /** The priority of the pool among those that wait for tokens of the same source. @default 'low' */
  readonly tokenPriority?: TokenPriority;
  /**
   * Environment variables of the workers, in addition to those of this process; `undefined` takes a variable away. The
   * kind's `extraEnv` comes last.
   * @default none
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Is `false` if workers get only the variables of `env` and `extraEnv`, and none of this process. @default true */
  readonly inheritEnv?: boolean;
  /**
   * The data that every worker gets before its first request, cloned: `context.workerData` in `perform`, and
   * `workerData` of `statepool/worker` in any module that a worker loads (not on the host `inline`).
   * @default undefined
   */
  readonly workerData?: unknown;
  /** Node's flags for the workers. @default those of this process, except the debugger's and -e */
  readonly execArgv?: readonly string[];
  /** Memory limits of a worker. @default none */
  readonly resourceLimits?: ResourceLimits;
  /**
   * Compiles the most common steps of a worker's machine once instead of interpreting them: the same machine, faster.
   * @default true, unless STATEPOOL_PLANS=off is in the environment
   */
  readonly plans?: boolean;
  /** Records durations for `stats.timings`. Each task then costs a little more time and memory. @default false */
  readonly timings?: boolean;
  /**
   * The file, or the file and its options, in which the pool records accepted tasks and their outcomes. The next pool
   * of this kind with the same journal continues where this one ended, even after a crash.
   * @default none
   */
  readonly journal?: string | JournalOptions;
  /**
   * Gets the lines that workers write, read as UTF-8. A line of more than 65536 characters comes in pieces of at most
   * that length. The first error of this function for a worker is emitted as a warning; all other lines still come.
   * @default they go to this process's stdout and stderr, each after `[worker id] `; with `onChunk` they go nowhere
   */
  readonly onOutput?: (line: OutputLine) => void;
  /** Gets the text that workers write, in the pieces in which it comes: in whole characters, not in lines. @default none */
  readonly onChunk?: (chunk: OutputChunk) => void;
  /**
   * The number of feedbacks to all workers that are kept for workers that start later: the latest ones.
   * @default 1000
   */
  readonly keepFeedbacks?: number;
}

const hosts: Record<HostName, Host> = { process: processHost, thread: threadHost, inline: inlineHost };

const MAX_TIMER = 2 ** 31 - 1;
const MAX_SIZE = 4096;
const NONE = Number.POSITIVE_INFINITY;

/** The rule and the default of each limit of `restart`. */
const RESTART = {
  limit: option(count(1000), 5),
  delay: option(count(MAX_TIMER), 100),
  maxDelay: option(count(MAX_TIMER), 5000),
  intensity: optionBySize(count(), (size) => Math.max(100, 10 * size)),
  window: option(count(MAX_TIMER), 10_000),
  settle: option(count(MAX_TIMER), 1000),
} satisfies OptionTable<RestartOptions>;

const RECYCLE = {
  tasks: option(count(), NONE),
  memory: option(count(), NONE),
  age: option(time(), NONE),
} satisfies OptionTable<RecycleLimits>;

const MAKE_ROOM = {
  patience: option((name: string, value: number): number | undefined => time()(name, value, 0), undefined),
} satisfies OptionTable<MakeRoomOptions>;

/** The rule and the default of each option of a pool. Types and docs are those of `PoolOptions`. */
const POOL = {
  size: optionBySize(count(MAX_SIZE), (size) => size),
  minSize: option((name: string, value: number, size): number | undefined => checkCount(name, value, size), undefined),
  idleTimeout: option(time(), 60_000),
  host: option(hostOf, processHost),
  maxQueue: option(count(), NONE),
  killGrace: option(count(MAX_TIMER), 0),
  endGrace: option(count(MAX_TIMER), 5000),
  timeout: option(time(), NONE),
  queueTimeout: option(time(), NONE),
  heartbeat: option(time(1), NONE),
  recycle: optionGroup<Partial<RecycleLimits>, typeof RECYCLE>(RECYCLE),
  retries: option(count(1000), 3),
  attempts: option(attemptsOf, 1),
  backoff: option(backoffOf, { type: 'fixed', delay: 0, jitter: 0 } satisfies FullBackoff as FullBackoff),
  spares: option(count(64), 0),
  startTimeout: option(count(MAX_TIMER), 60_000),
  restart: optionGroup<Partial<RestartOptions>, typeof RESTART>(RESTART),
  makeRoom: optionGroup<MakeRoomOptions, typeof MAKE_ROOM>(MAKE_ROOM),
  tokens: option(tokensOf, undefined),
  tokenPriority: option(oneOf('low', 'high'), 'low'),
  env: option(variablesOf, {}),
  inheritEnv: option(flag, true),
  workerData: option(cloneOf, undefined),
  execArgv: option(flagsOf, undefined),
  resourceLimits: option(limitsOf, {}),
  plans: optionBySize(flag, () => process.env.STATEPOOL_PLANS !== 'off'),
  timings: option(flag, false),
  journal: option(journalOf, undefined),
  onOutput: option((name: string, value: (line: OutputLine) => void) => callback(name, value), undefined),
  onChunk: option((name: string, value: (chunk: OutputChunk) => void) => callback(name, value), undefined),
  keepFeedbacks: option(count(), 1000),
} satisfies OptionTable<PoolOptions>;

/** The options with every default. */
export type FullOptions = Filled<typeof POOL>;

/**
 * Checks the options and fills in the defaults.
 * @throws {UsageError} naming the option, its value and the legal ones
 */
export function fillOptions(options: PoolOptions = {}): FullOptions {
  const filled = readOptions(
    'createPool',
    options,
    POOL,
    checkSize(optionsOf('createPool', options).size ?? availableParallelism()),
  );
  const { host, workerData } = filled;
  if (host === processHost || host === threadHost) checkEntry();
  if (host === processHost) checkExecutable();
  if (host === processHost && !isPortable(workerData)) {
    const path = marshalPath(workerData, 'workerData', isPortable);
    throw new UsageError(`${path} cannot be sent to another process: use host 'thread', or leave it out`);
  }
  return filled;
}

/** Checks the size of a pool. @throws {UsageError} for an illegal size */
export function checkSize(size: number): number {
  return checkCount('size', size, MAX_SIZE);
}

/** Returns the name of a host of this package, or `custom` for a function of the user's. */
export function nameOfHost(host: Host): HostName | 'custom' {
  for (const [name, own] of Object.entries(hosts)) if (own === host) return name as HostName;
  return 'custom';
}

/** Clones the data of workers, so that later changes of it reach no worker. */
function cloneOf(name: string, value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch (error) {
    throw new UsageError(`${marshalPath(value, name)} cannot be cloned for a worker: ${wordsOf(error)}`);
  }
}

function hostOf(name: string, host: HostName | Host): Host {
  if (typeof host === 'function') return host;
  if (Object.hasOwn(hosts, host)) return hosts[host];
  throw illegal(name, host, `one of ${Object.keys(hosts).join(', ')}`);
}
