import { warn } from '../core/hook-warning.ts';
import type { PoolCore } from '../core/pool-core.ts';
import type { Connection, HostEvents } from '../hosts/host.ts';
import { refusePromise } from '../kind-module/check-kind.ts';

/** Starts a process or thread that serves the pool's kind. @throws the error of the host */
export function startWorker(core: PoolCore, workerId: string, events: HostEvents): Connection {
  const { kind, options } = core;
  const { execArgv, inheritEnv, resourceLimits, workerData } = options;
  let env: Record<string, string | undefined> = {};
  try {
    const extra = kind.extraEnv?.();
    refusePromise(kind, 'extraEnv', extra);
    env = { ...options.tokens?.env, ...options.env, ...extra };
  } catch (error) {
    warn(core, 'extraEnv', error);
  }
  return options.host({ kind, workerId, env, inheritEnv, execArgv, resourceLimits, workerData }, events);
}
