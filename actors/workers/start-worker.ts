import { warn } from '../core/hook-warning.ts';
import type { PoolCore } from '../core/pool-core.ts';
import type { Connection, HostEvents } from '../hosts/host.ts';
import { refusePromise } from '../kind-module/check-kind.ts';
import { record } from '../observing/histograms.ts';
import { variablesOf } from '../options/worker-options.ts';
import { welcome } from '../protocol/handshake.ts';
import { ToWorker } from '../protocol/messages.ts';
import { Health } from './health.ts';

/** Starts a process or thread that serves the pool's kind. @throws the error of the host */
export function startWorker(core: PoolCore, workerId: string, events: HostEvents): Connection {
  const { kind, options } = core;
  const { execArgv, inheritEnv, resourceLimits, workerData } = options;
  let extra: Readonly<Record<string, string>> | undefined;
  try {
    const answer = kind.extraEnv?.() ?? {};
    refusePromise(kind, 'extraEnv', answer);
    variablesOf('extraEnv', answer);
    extra = answer;
  } catch (error) {
    warn(core, 'extraEnv', error);
  }
  const env = { ...options.tokens?.env, ...options.env, ...extra };
  return options.host({ kind, workerId, env, inheritEnv, execArgv, resourceLimits, workerData }, events);
}

/** Returns a function that welcomes a worker at its first call, and sends it the feedbacks to all workers so far. */
export function welcomeOnce(core: PoolCore, worker: string, connection: Connection): () => void {
  let isWelcome = false;
  return () => {
    if (isWelcome) return;
    isWelcome = true;
    connection.send(welcome(worker, Health.isMeasured(core), core.state.rules.concurrency));
    for (const feedback of core.feedbacks) connection.send([ToWorker.Feedback, feedback]);
  };
}

/** Records that a worker has started within `ms` ms. */
export function measureStart({ timings, costs }: PoolCore, ms: number): void {
  costs.started(ms);
  if (timings !== undefined) record(timings.spawn, ms);
}
