import { warn } from '../core/hook-warning.ts';
import type { PoolCore } from '../core/pool-core.ts';
import type { Connection, HostEvents } from '../hosts/host.ts';
import { refusePromise } from '../kind-module/check-kind.ts';
import { variablesOf } from '../options/worker-options.ts';

/** The parts of a pool that exist before its core: enough to start a worker. */
export type Origin = Pick<PoolCore, 'kind' | 'options'>;

/** Starts a process or thread that serves the pool's kind. @throws the error of the host */
export function startWorker(origin: Origin, workerId: string, events: HostEvents): Connection {
  const { kind, options } = origin;
  const { execArgv, inheritEnv, resourceLimits, workerData } = options;
  let extra: Readonly<Record<string, string>> | undefined;
  try {
    const answer = kind.extraEnv?.() ?? {};
    refusePromise(kind, 'extraEnv', answer);
    variablesOf('extraEnv', answer);
    extra = answer;
  } catch (error) {
    warn(origin, 'extraEnv', error);
  }
  const env = { ...options.tokens?.env, ...options.env, ...extra };
  return options.host({ kind, workerId, env, inheritEnv, execArgv, resourceLimits, workerData }, events);
}
