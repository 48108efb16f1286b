import { hostname } from 'node:os';
import type { PoolOptions } from '../../actors/index.ts';
import { quoted } from '../../actors/tooling.ts';
import { MAX_BYTES } from '../envelope.ts';
import { FleetError } from '../errors.ts';
import type { BrokerOptions } from '../open-broker.ts';

/** The options of a node: those of its broker, of its pool, and its own. */
export interface ServeOptions extends BrokerOptions, Omit<PoolOptions, 'journal'> {
  /** The name of the node, as it is shown. It need not be unique. @default the host's name and the process id */
  readonly name?: string;
  /**
   * The number of tasks that the node pulls beyond those that its workers perform together. 0 keeps the order of the queue and shares the work
   * evenly; quick tasks need as many as a worker ends within a few ms. @default 0
   */
  readonly ahead?: number;
  /** The number of times that a task is begun again after its node died. Then it fails with NODE_DIED. @default 3 */
  readonly redeliver?: number;
  /** The largest result or feedback as text. In bytes. @default 1048576 */
  readonly maxBytes?: number;
  /** Refuses to start beside nodes whose kind has another version. Without it the node warns of them. @default false */
  readonly strict?: boolean;
}

/** The options of a node that its pool does not know, with their defaults. */
export interface NodeOptions {
  readonly name: string;
  readonly ahead: number;
  readonly redeliver: number;
  readonly maxBytes: number;
  readonly strict: boolean;
}

const MOST = 100_000;

/** Splits the options of a node into its own and those of its pool. @throws {FleetError} USAGE for an illegal value */
export function splitOptions(options: ServeOptions): { readonly own: NodeOptions; readonly pool: PoolOptions } {
  if ('journal' in options && options.journal !== undefined) {
    throw new FleetError('USAGE', 'a node has no journal: its tasks are in the broker; leave the option journal out');
  }
  const { broker, prefix, migrate, answer, lease, ...others } = options;
  const { name = `${hostname()}:${process.pid}`, ahead = 0, redeliver = 3, ...rest } = others;
  const { maxBytes = MAX_BYTES, strict = false, ...pool } = rest;
  if (typeof name !== 'string' || name === '') throw illegal('name', name, 'a text');
  checkCount('ahead', ahead);
  checkCount('redeliver', redeliver);
  checkCount('maxBytes', maxBytes, Number.MAX_SAFE_INTEGER);
  checkFlag('strict', strict);
  return { own: { name, ahead, redeliver, maxBytes, strict }, pool };
}

/** Checks a whole number of at least 0. @throws {FleetError} USAGE */
export function checkCount(name: string, value: unknown, most = MOST): void {
  if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most) return;
  throw illegal(name, value, `a whole number from 0 to ${most}`);
}

/** Checks a truth value. @throws {FleetError} USAGE */
export function checkFlag(name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw illegal(name, value, 'true or false');
}

/** Makes the error for an illegal value. */
export function illegal(name: string, value: unknown, legal: string): FleetError {
  return new FleetError('USAGE', `${name} is ${quoted(value)}: it must be ${legal}`);
}
