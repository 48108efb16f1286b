import { randomUUID } from 'node:crypto';
import type { RunOptions } from '../../actors/index.ts';
import { checkOptionNames, checkRunOptions, quoted, type SavedOptions, UsageError } from '../../actors/tooling.ts';
import type { Keep } from '../broker.ts';
import { MAX_BYTES } from '../envelope.ts';
import { FleetError } from '../errors.ts';
import { checkCount, checkFlag, illegal } from '../node/options.ts';
import type { BrokerOptions } from '../open-broker.ts';

/** The options of a submitter. */
export interface ConnectOptions extends BrokerOptions {
  /** The name under which nodes tell this submitter the ends of its tasks, unique among submitters. @default a random one */
  readonly id?: string;
  /** The number of outcomes that the broker keeps, and the time for which it does. @default the latest 100000, for an hour */
  readonly keep?: Partial<Keep>;
  /** The largest task as text. In bytes. @default 1048576 */
  readonly maxBytes?: number;
  /** Refuses to connect to nodes whose kind has another version. Without it the submitter warns of them. @default false */
  readonly strict?: boolean;
}

/** The options of a submitter with their defaults. */
export interface FullConnectOptions {
  readonly id: string;
  readonly keep: Keep;
  readonly maxBytes: number;
  readonly strict: boolean;
}

const NAMES = ['broker', 'prefix', 'migrate', 'answer', 'lease', 'id', 'keep', 'maxBytes', 'strict'];

/** The longest id of a task and of a submitter. In characters. */
const LONGEST = 150;

/** Checks the options of a submitter, and fills in the defaults. @throws {FleetError} USAGE for a wrong option */
export function fillConnectOptions(options: ConnectOptions): FullConnectOptions {
  checkNames('connect', options, NAMES);
  const { id = randomUUID(), keep = {}, maxBytes = MAX_BYTES, strict = false } = options;
  checkId('id', id);
  checkNames('keep', keep, ['named', 'ms']);
  const { named = 100_000, ms = 3_600_000 } = keep;
  checkCount('keep.named', named, Number.MAX_SAFE_INTEGER);
  checkCount('keep.ms', ms, Number.MAX_SAFE_INTEGER);
  checkCount('maxBytes', maxBytes, Number.MAX_SAFE_INTEGER);
  checkFlag('strict', strict);
  return { id, keep: { named, ms }, maxBytes, strict };
}

/** Checks the options of a task of a fleet. @throws {FleetError} USAGE for a wrong option */
export function checkTaskOptions(options: RunOptions<never>): void {
  try {
    checkRunOptions(options as RunOptions);
  } catch (error) {
    throw error instanceof UsageError ? new FleetError('USAGE', error.message) : error;
  }
  if (options.transfer !== undefined && options.transfer.length > 0) {
    throw new FleetError('USAGE', 'transfer is not possible in a fleet: the task crosses machines; leave it out');
  }
  if (options.id !== undefined) checkId('id', options.id);
}

/** Returns the options of a task that go with it. */
export function keptOf({ priority, timeout, queueTimeout, attempts, backoff }: RunOptions<never>): SavedOptions {
  const isLimit = (ms: number | undefined) => ms !== undefined && ms !== Number.POSITIVE_INFINITY;
  return {
    ...(priority === undefined || priority === 0 ? {} : { priority }),
    ...(isLimit(timeout) ? { timeout: timeout as number } : {}),
    ...(isLimit(queueTimeout) ? { queueTimeout: queueTimeout as number } : {}),
    ...(attempts === undefined ? {} : { attempts }),
    ...(backoff === undefined ? {} : { backoff }),
  };
}

function checkId(name: string, id: unknown): void {
  if (typeof id === 'string' && id !== '' && id.length <= LONGEST) return;
  throw illegal(name, id, `a text of 1 to ${LONGEST} characters`);
}

/** Checks the names of options. @throws {FleetError} USAGE with the nearest legal name */
export function checkNames(of: string, options: object, legal: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new FleetError('USAGE', `the options of ${of} are ${quoted(options)}: they must be an object`);
  }
  try {
    checkOptionNames(of, options, legal);
  } catch (error) {
    throw new FleetError('USAGE', (error as Error).message);
  }
}
