import type { BackendFactory, ConnectionOptions, IQueueBackend, RelayBackendFactory } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Client, PoolClient } from 'pg';
import { dateNow } from '../../../actors/tooling.ts';
import { FleetError } from '../../errors.ts';
import { type Address, withoutPassword } from './address.ts';
import type { Packages } from './load-bullmq.ts';
import { within } from './within.ts';

/** The way to an engine. */
export interface DriverOptions {
  readonly address: Address;
  readonly packages: Packages;
  /** Redis' key prefix, or Postgres' schema. */
  readonly prefix: string;
  readonly migrate: boolean;
  /** The time without an answer after which a connection is given up, in ms. */
  readonly answer: number;
}

/** The connections to one engine, as BullMQ's classes take them. */
export interface Driver {
  readonly connection: ConnectionOptions;
  readonly backend: BackendFactory<IQueueBackend> | undefined;
  readonly relayBackend: RelayBackendFactory | undefined;
  /** Makes room for one more listener, or takes it back. */
  reserve(connections: number): void;
  /** Cuts the connections on which somebody only listens: they may have died in silence. They are made again. */
  renew(): void;
  /** Listens to a connection that is lost, and to one that is there again, where the driver says so. */
  watch(onDown: () => void, onUp: () => void): void;
  close(): Promise<void>;
}

/** The longest wait between two attempts to connect, in ms. */
const RETRY = 300;

/** The time for the schema of Postgres, in times of an answer. */
const SCHEMA_ANSWERS = 10;

/**
 * Opens the connections to an engine, and checks that it lets this program in.
 *
 * @throws {FleetError} UNREACHABLE, or SCHEMA
 */
export async function openDriver(options: DriverOptions): Promise<Driver> {
  const driver = options.address.engine === 'redis' ? redisDriver(options) : postgresDriver(options);
  try {
    await driver.check();
    return driver;
  } catch (error) {
    await driver.close().catch(() => {});
    if (error instanceof FleetError) throw error;
    throw unreachable(options.address, error);
  }
}

/** Returns the error of an engine that does not answer, or not this program. No password is left in it. */
function unreachable(address: Address, error: unknown): FleetError {
  const { message = '', code, errors } = Object(error) as { message?: string; code?: string; errors?: Error[] };
  const why = withoutPassword(
    message || errors?.map((each) => each.message).join('; ') || code || 'no answer',
    address,
  );
  const remedy = 'start it, or correct the address';
  return new FleetError('UNREACHABLE', `the broker at ${address.shown} cannot be reached: ${why}; ${remedy}`);
}

function redisDriver({ address, packages: { ioredis }, answer }: DriverOptions): Driver & { check(): Promise<void> } {
  const { Redis } = ioredis as NonNullable<Packages['ioredis']>;
  const redis: Redis = new Redis(address.url, {
    lazyConnect: true,
    // A call waits while the engine is away.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(50 * times, RETRY),
    // A Redis that reads its file says for how long: at the beginning its guess may be far too long.
    maxLoadingRetryTime: RETRY,
    connectTimeout: answer,
    // Without it, a connection that dies in silence is never noticed.
    socketTimeout: answer,
    keepAlive: answer,
  });
  redis.on('error', () => {});
  // Workers and relays block on copies. Some of them outlive their owners if they are closed while the engine is away.
  const copies = new Set<Redis>();
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = (...given) => {
    const copy = duplicate(...given);
    copies.add(copy);
    copy.on('end', () => copies.delete(copy));
    return copy;
  };
  let isUp = false;
  return {
    connection: redis as unknown as ConnectionOptions,
    backend: undefined,
    relayBackend: undefined,
    reserve: () => {},
    renew: () => {},
    watch(onDown, onUp) {
      isUp = redis.status === 'ready';
      redis.on('close', () => {
        if (isUp) onDown();
        isUp = false;
      });
      redis.on('ready', () => {
        if (!isUp) onUp();
        isUp = true;
      });
    },
    async check() {
      let last: unknown;
      redis.on('error', (error) => {
        last = error;
      });
      await within(
        answer,
        redis.connect().then(() => redis.ping()),
        () => last,
      );
    },
    async close() {
      for (const each of [redis, ...copies]) each.disconnect();
    },
  };
}

function postgresDriver(options: DriverOptions): Driver & { check(): Promise<void> } {
  const { address, packages, prefix, answer } = options;
  const { bullmq, pg } = packages as Required<Packages>;
  const common = {
    connectionString: address.url,
    connectionTimeoutMillis: answer,
    query_timeout: answer,
    keepAlive: true,
    keepAliveInitialDelayMillis: answer,
    options: `-c search_path=${bullmq.quoteSchemaName(prefix)}`,
  };
  // Each feed and each relay adds one, on which it listens.
  const pool = new pg.Pool({ ...common, max: 6 });
  const taken = new Map<PoolClient, number>();
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('acquire', (client) => taken.set(client, dateNow()));
  pool.on('release', (_, client) => taken.delete(client));
  pool.on('remove', (client) => taken.delete(client));
  // BullMQ takes a schema only with a pool of its own, and opens one for each queue, worker and relay.
  const inSchema = <T extends { connection: unknown }>(backend: T): T => {
    Object.assign(backend.connection as object, { schema: prefix });
    return backend;
  };
  return {
    connection: pool as unknown as ConnectionOptions,
    backend: ((...given: Parameters<typeof bullmq.createPostgresBackend>) => {
      const backend = bullmq.createPostgresBackend(...given) as unknown as { connection: unknown };
      return Object.assign(inSchema(backend), { schema: prefix });
    }) as unknown as BackendFactory<IQueueBackend>,
    relayBackend: ((...given: Parameters<typeof bullmq.createPostgresRelayBackend>) =>
      inSchema(bullmq.createPostgresRelayBackend(...given) as unknown as { connection: unknown })) as never,
    reserve(connections) {
      pool.options.max += connections;
    },
    renew() {
      // A query takes at most `answer`: who has a connection for longer listens on it, and asks nothing.
      const asked = dateNow() - answer;
      for (const [client, since] of taken) if (since < asked) streamOf(client)?.destroy();
    },
    watch: () => {},
    // Many nodes may start at once: each waits until the one that makes the schema has done so.
    check: () => checkSchema(new pg.Client({ ...common, query_timeout: SCHEMA_ANSWERS * answer }), options),
    close: () => within(answer, pool.end()).catch(() => {}),
  };
}

async function checkSchema(
  client: Client,
  { packages: { bullmq }, prefix, migrate, address }: DriverOptions,
): Promise<void> {
  client.on('error', () => {});
  try {
    await client.connect();
    if (migrate) await bullmq.runMigrations(client as never, prefix);
    else await bullmq.assertSchemaCompatibility(client as never, prefix);
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'SchemaMigrationRequiredError') {
      const remedy = 'open it once with migrate: true, by a user who may create a schema';
      throw new FleetError('SCHEMA', `the database at ${address.shown} has no schema ${prefix}: ${remedy}`);
    }
    if (/^(SchemaVersionMismatch|UnsupportedPostgresVersion)/.test(name)) {
      throw new FleetError(
        'SCHEMA',
        `the database at ${address.shown} does not fit: ${withoutPassword(message, address)}`,
      );
    }
    throw error;
  } finally {
    client.end().catch(() => {});
  }
}

/** Returns the socket of a client of `pg`. */
function streamOf(client: PoolClient): { destroy(): void } | undefined {
  return (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream;
}
