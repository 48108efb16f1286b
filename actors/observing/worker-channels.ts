import { type Channel, channel } from 'node:diagnostics_channel';
import type { Seat } from '../../machines/state/seat.ts';
import type { Observed } from './task-trace.ts';

/** The channels on which a pool publishes the events of its workers. */
export const workerChannels = {
  spawn: channel('statepool:worker:spawn'),
  ready: channel('statepool:worker:ready'),
  verdict: channel('statepool:worker:verdict'),
  exit: channel('statepool:worker:exit'),
} as const;

/** The message of the worker channels about one worker; each channel adds data of its own. */
export interface WorkerNotice {
  /** The id of the pool. */
  readonly pool: string;
  /** The name of the kind. */
  readonly kind: string;
  /** The worker's id. */
  readonly worker: string;
  readonly pid: number | undefined;
  readonly threadId: number | undefined;
}

/** Publishes a message about a worker if the channel has subscribers. */
export function publishWorker(
  to: Channel,
  core: Observed,
  worker: { readonly seat: Seat; readonly pid: number | undefined; readonly threadId: number | undefined },
  more?: Readonly<Record<string, unknown>>,
): void {
  if (!to.hasSubscribers) return;
  const { seat, pid, threadId } = worker;
  const notice: WorkerNotice = { pool: core.id, kind: core.kind.name, worker: seat.id, pid, threadId };
  to.publish({ ...notice, ...more });
}
