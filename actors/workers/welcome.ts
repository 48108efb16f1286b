import type { PoolCore } from '../core/pool-core.ts';
import type { Connection } from '../hosts/host.ts';
import { record } from '../observing/histograms.ts';
import { welcome } from '../protocol/handshake.ts';
import { ToWorker } from '../protocol/messages.ts';
import { Health } from './health.ts';

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
