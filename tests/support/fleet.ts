import type { ExecutionContext } from 'ava';
import type { Kind, PoolOf } from 'statepool';
import {
  type ConnectOptions,
  connect,
  type MemoryBroker,
  memoryBroker,
  type ServeOptions,
  serve,
} from 'statepool/fleet';
import { fixture } from './jobs.ts';

/** A task of the kind in tests/fixtures/fleet-kind.js. */
interface FleetTask {
  readonly key?: string;
  readonly do?: string;
  readonly value?: unknown;
  readonly ms?: number;
  readonly spin?: number;
  /** What its worker knows from then on. */
  readonly learn?: string;
  /** What its worker must know. */
  readonly need?: string;
  readonly follow?: readonly FleetTask[];
  readonly ends?: boolean;
  readonly feedbacks?: readonly unknown[];
  /** The time after each feedback. In ms. */
  readonly pause?: number;
  /** The file to which each begin is added. */
  readonly log?: string;
}

/** The types of the kind in tests/fixtures/fleet-kind.js. */
export interface FleetTypes {
  task: FleetTask;
  request: FleetTask;
  response: unknown;
  competence: string | undefined;
  result: unknown;
  feedback: unknown;
}

/** The address of the kind's module. */
export const FLEET_KIND = fixture('fleet-kind.js');

/** The kind in tests/fixtures/fleet-kind.js. */
export const { default: fleetKind }: { default: Kind<FleetTypes> } = await import(FLEET_KIND);

/** Resolves when a worker of the pool is busy. */
export function busy(pool: PoolOf<FleetTypes>): Promise<void> {
  return new Promise((resolve) => {
    if (pool.workers.some(({ state }) => state === 'busy')) resolve();
    else pool.on('worker', ({ state }) => state === 'busy' && resolve());
  });
}

/** Makes nodes and submitters over one broker in memory. They are closed at the end of the test. */
export function fleetOf(t: ExecutionContext, broker: MemoryBroker = memoryBroker({ lease: 600 })) {
  // A machine may be busy: only what hangs takes that long.
  t.timeout(120_000);
  return {
    broker,
    /** Starts a node that has its own connection. */
    async node(options: Partial<ServeOptions> = {}, kind = fleetKind) {
      const connection = broker.connect();
      const node = await serve(kind, { broker: connection, host: 'inline', size: 1, ...options });
      t.teardown(async () => {
        await node.pool.destroy();
        await connection.close();
      });
      return { node, connection };
    },
    /** Connects a submitter. */
    async submitter(options: Partial<ConnectOptions> = {}, kind = fleetKind) {
      const connection = broker.connect();
      const fleet = await connect(kind, { broker: connection, ...options });
      t.teardown(() => connection.close());
      return { fleet, connection };
    },
  };
}
