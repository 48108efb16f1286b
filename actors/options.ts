import { availableParallelism } from 'node:os';
import type { RestartLimits } from '../machines/pool-state.ts';
import { UsageError } from './errors.ts';
import type { Host, ResourceLimits } from './hosts/host.ts';
import { inlineHost } from './hosts/inline.ts';
import { processHost } from './hosts/process.ts';
import { threadHost } from './hosts/thread.ts';

/** Where workers run. */
export type HostName = 'process' | 'thread' | 'inline';

/** What a worker wrote, a line at a time, without its line end. */
export interface OutputLine {
  readonly worker: string;
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
}

/** The options of a pool. Durations in ms. */
export interface PoolOptions {
  /** How many workers; 0 is legal: tasks wait. 0 to 4096. @default os.availableParallelism() */
  readonly size?: number;
  /** A process each, a thread each, or none: in this process; or a function that starts a worker. @default 'process' */
  readonly host?: HostName | Host;
  /** How many tasks may wait; `run` rejects with QUEUE_FULL beyond it. @default Infinity */
  readonly maxQueue?: number;
  /** How long a cancelled task may take to stop by itself, its signal aborted, before its worker is killed. @default 0 */
  readonly killGrace?: number;
  /** How often a task may go back to the queue after its worker died, where its kind answers `'retry'`. @default 3 */
  readonly retries?: number;
  /**
   * How many workers are started ahead, beyond `size`: they take no task until the process of a worker has exited and they
   * take its place, so that an `end` costs no start. Workers never exceed `size`, processes never `size + spares`; hosts
   * `process` and `thread` only. 0 to 64. @default 0
   */
  readonly spares?: number;
  /** How long a worker may take to start. @default 60000 */
  readonly startTimeout?: number;
  /** Failed starts in a row, in every slot, before the pool gives up, the wait after the first one, and the longest wait. @default { limit: 5, delay: 100, maxDelay: 5000 } */
  readonly restart?: Partial<RestartLimits>;
  /** Environment variables of the workers, beside those of this process. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** Node's flags for the workers. @default those of this process, but for the debugger's and -e */
  readonly execArgv?: readonly string[];
  /** Memory limits of a worker. @default none */
  readonly resourceLimits?: ResourceLimits;
  /** Whether the commonest steps of a worker's machine are planned ahead instead of interpreted; the same machine, faster. @default true, unless STATEPOOL_PLANS=off is in the environment */
  readonly plans?: boolean;
  /** Gets the lines that workers write. @default they go to this process's stdout and stderr, each after `[worker id] ` */
  readonly onOutput?: (line: OutputLine) => void;
}

/** The options with every default filled in. */
export interface FullOptions {
  readonly size: number;
  readonly host: Host;
  readonly maxQueue: number;
  readonly killGrace: number;
  readonly retries: number;
  readonly spares: number;
  readonly startTimeout: number;
  readonly restart: RestartLimits;
  readonly env: Readonly<Record<string, string>>;
  readonly execArgv: readonly string[] | undefined;
  readonly resourceLimits: ResourceLimits;
  readonly plans: boolean;
  readonly onOutput: (line: OutputLine) => void;
}

const hosts: Record<HostName, Host> = { process: processHost, thread: threadHost, inline: inlineHost };

const known = new Set([
  'size',
  'host',
  'maxQueue',
  'killGrace',
  'retries',
  'spares',
  'startTimeout',
  'restart',
  'env',
  'execArgv',
  'resourceLimits',
  'plans',
  'onOutput',
]);

/** Checks the options and fills in the defaults. @throws {UsageError} naming the option, its value and what is legal */
export function fillOptions(options: PoolOptions = {}): FullOptions {
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw new UsageError(`there is no option ${name}; the options are ${[...known].join(', ')}`);
  }
  return {
    size: checkCount('size', options.size ?? availableParallelism(), 4096),
    host: hostOf(options.host ?? 'process'),
    maxQueue: checkCount('maxQueue', options.maxQueue ?? Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
    killGrace: checkCount('killGrace', options.killGrace ?? 0, 2 ** 31 - 1),
    retries: checkCount('retries', options.retries ?? 3, 1000),
    spares: checkCount('spares', options.spares ?? 0, 64),
    startTimeout: checkCount('startTimeout', options.startTimeout ?? 60_000, 2 ** 31 - 1),
    restart: {
      limit: checkCount('restart.limit', options.restart?.limit ?? 5, 1000),
      delay: checkCount('restart.delay', options.restart?.delay ?? 100, 2 ** 31 - 1),
      maxDelay: checkCount('restart.maxDelay', options.restart?.maxDelay ?? 5000, 2 ** 31 - 1),
    },
    env: options.env ?? {},
    execArgv: options.execArgv,
    resourceLimits: options.resourceLimits ?? {},
    plans: options.plans ?? process.env.STATEPOOL_PLANS !== 'off',
    onOutput: options.onOutput ?? printLine,
  };
}

function hostOf(host: HostName | Host): Host {
  if (typeof host === 'function') return host;
  if (Object.hasOwn(hosts, host)) return hosts[host];
  throw new UsageError(`host is ${String(host)}: it must be one of ${Object.keys(hosts).join(', ')}`);
}

/** Checks a whole number of at least 0. @throws {UsageError} */
export function checkCount(name: string, value: number, most: number): number {
  const isCount = Number.isInteger(value) || (value === Number.POSITIVE_INFINITY && most === value);
  if (isCount && value >= 0 && value <= most) return value;
  const range = most === Number.POSITIVE_INFINITY ? 'a whole number of at least 0' : `a whole number from 0 to ${most}`;
  throw new UsageError(`${name} is ${String(value)}: it must be ${range}`);
}

function printLine({ worker, stream, line }: OutputLine): void {
  process[stream].write(`[${worker}] ${line}\n`);
}
