import { checkOptionNames } from '../../actors/tooling.ts';
import type { Broker } from '../broker.ts';
import { checkName, checkTime } from '../engine/checks.ts';
import { FleetError } from '../errors.ts';
import { BullmqBroker } from './bullmq-broker.ts';
import { addressOf } from './connection/address.ts';
import { openDriver } from './connection/driver.ts';
import { BullEngine } from './connection/engine.ts';
import { loadBullmq } from './connection/load-bullmq.ts';

/** The options of a broker on Redis or Postgres. */
export interface OpenOptions {
  /** The prefix of Redis' keys, and the schema of Postgres. @default 'statepool' */
  readonly prefix?: string;
  /**
   * Makes the schema where it is missing, in Postgres. With `false`, a missing schema is the error `SCHEMA`.
   *
   * @default true
   */
  readonly migrate?: boolean;
  /** The time without an answer after which a connection is given up and made again, in ms. @default 3000 */
  readonly answer?: number;
  /** The time without a sign of life after which a lease is lost, in ms. @default 3000 */
  readonly lease?: number;
}

/** The least times that make sense, in ms. */
const LEAST_ANSWER = 500;
const LEAST_LEASE = 100;

/** The prefixes that both engines take. */
const PREFIX = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/**
 * Opens a broker on Redis (`redis://`, `rediss://`, the path of a socket) or on Postgres (`postgres://`), with BullMQ.
 * Its packages are loaded now.
 *
 * @throws {FleetError} USAGE, MISSING, UNREACHABLE or SCHEMA
 */
export async function openBroker(url: string, options: OpenOptions = {}): Promise<Broker> {
  checkName('address of the broker', url.slice(0, 1));
  checkOptionNames('openBroker', options, ['prefix', 'migrate', 'answer', 'lease']);
  const { prefix = 'statepool', migrate = true, answer = 3000, lease = 3000 } = options;
  if (!PREFIX.test(prefix)) {
    const legal = 'letters, digits and _, at most 63, and begin with no digit';
    throw new FleetError('USAGE', `prefix must consist of ${legal}, not ${JSON.stringify(prefix)}`);
  }
  checkTime('answer', answer, LEAST_ANSWER);
  checkTime('lease', lease, LEAST_LEASE);
  const address = addressOf(url);
  const packages = await loadBullmq(address.engine);
  const driver = await openDriver({ address, packages, prefix, migrate, answer });
  return new BullmqBroker(new BullEngine({ address, packages, driver, prefix, lease, answer }));
}
