import { createRequire } from 'node:module';
import type * as BullMQ from 'bullmq';
import type * as IORedis from 'ioredis';
import type Pg from 'pg';
import { FleetError } from '../../errors.ts';

/** The version of BullMQ that this package was tried with: the relay and the backends may change in minor ones. */
const TRIED = '6.7';

/** The packages behind a broker. */
export interface Packages {
  readonly bullmq: typeof BullMQ;
  /** Is loaded for Redis. */
  readonly ioredis?: typeof IORedis;
  /** Is loaded for Postgres. */
  readonly pg?: typeof Pg;
}

/**
 * Loads BullMQ and the driver of an engine: optional peers of this package.
 *
 * @throws {FleetError} MISSING, with the command that installs them, if one is not there or has another version
 */
export async function loadBullmq(engine: 'redis' | 'postgres', load = loader()): Promise<Packages> {
  const driver = engine === 'redis' ? 'ioredis' : 'pg';
  const install = `npm install bullmq@~${TRIED}.0 ${driver}`;
  const { version } = load('bullmq/package.json', install) as { version: string };
  if (!version.startsWith(`${TRIED}.`)) {
    throw new FleetError(
      'MISSING',
      `the fleet was tried with bullmq ${TRIED}, and bullmq ${version} is installed: ${install}`,
    );
  }
  const bullmq = load('bullmq', install) as typeof BullMQ;
  return engine === 'redis'
    ? { bullmq, ioredis: load('ioredis', install) as typeof IORedis }
    : { bullmq, pg: load('pg', install) as typeof Pg };
}

/** Loads a package, or throws an error that names the command that installs it. */
type Load = (name: string, install: string) => unknown;

function loader(): Load {
  const require = createRequire(import.meta.url);
  return (name, install) => {
    try {
      return require(name);
    } catch (cause) {
      if ((cause as { code?: unknown }).code !== 'MODULE_NOT_FOUND') throw cause;
      throw new FleetError('MISSING', `the broker needs the package ${name.split('/')[0]}: ${install}`, { cause });
    }
  };
}
