import { quoted } from '../actors/tooling.ts';
import type { Broker } from './broker.ts';
import { openBroker as openEngine } from './bullmq/open.ts';
import { FleetError } from './errors.ts';

/** The options that say where the backlog of a fleet is. */
export interface BrokerOptions {
  /** The address of the engine, `redis://`, `rediss://` or `postgres://`; or a broker. Its password is never shown. */
  readonly broker: string | Broker;
  /** The prefix of the keys in Redis, the schema in Postgres. @default 'statepool' */
  readonly prefix?: string;
  /** Makes the tables in Postgres where they are missing. @default true */
  readonly migrate?: boolean;
  /** The time without an answer after which a connection is given up. In ms. @default 3000 */
  readonly answer?: number;
  /** The time without a sign of life after which the tasks of a node are somebody else's. In ms. @default 3000 */
  readonly lease?: number;
}

/** A broker, and who closes it. */
export interface OpenedBroker {
  readonly broker: Broker;
  /** Closes the broker, if it was opened here. */
  close(): Promise<void>;
}

/** Opens the broker that the options name, or takes the one that they hold. @throws {FleetError} USAGE, UNREACHABLE */
export async function openBroker(options: BrokerOptions): Promise<OpenedBroker> {
  const { broker } = options;
  if (typeof broker === 'object' && broker !== null && typeof broker.work === 'function') {
    return { broker, close: async () => {} };
  }
  if (typeof broker === 'string') {
    const { prefix, migrate, answer, lease } = options;
    const given = Object.entries({ prefix, migrate, answer, lease }).filter(([, value]) => value !== undefined);
    const opened = await openEngine(broker, Object.fromEntries(given));
    return { broker: opened, close: () => opened.close() };
  }
  throw new FleetError('USAGE', `broker is ${quoted(broker)}: it must be the address of an engine, or a broker`);
}
