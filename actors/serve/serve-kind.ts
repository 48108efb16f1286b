import type { AnyKind } from '../kind-module/check-kind.ts';
import { printsOf } from '../kind-module/fingerprints.ts';
import { ToMaster, WIRE_VERSION } from '../protocol/messages.ts';
import { openChannel } from './channel.ts';
import { serveOn } from './main-loop.ts';
import { keptWorkerData } from './setup/worker-data.ts';

/**
 * Serves a kind in this worker: sends the hello to the master and performs the requests that come. The worker's entry
 * calls it. `workerId` is by default the id in the environment variable STATEPOOL_WORKER, which the pool sets.
 *
 * OCaml: `slave_init_stdout` and `slave_main_loop` (stm/asyncTaskQueue.mli).
 *
 * @throws {UsageError} when this is neither a child process with a channel nor a worker thread, or `kind` is not a kind
 *
 * @example
 * // The whole entry of a worker.
 * import { serveKind } from 'statepool';
 *
 * serveKind(kind);
 */
export function serveKind(kind: AnyKind, workerId = process.env.STATEPOOL_WORKER ?? 'worker'): void {
  const channel = openChannel();
  const service = serveOn(kind, workerId, channel, keptWorkerData());
  process.on('uncaughtExceptionMonitor', (error) => service.fatal(error, isErrorTaken()));
  process.on('exit', service.exiting);
  channel.listen(service.receive);
  channel.post([ToMaster.Hello, WIRE_VERSION, kind.name, printsOf(kind), kind.end !== undefined]);
}

/** Returns whether the kind's code takes uncaught errors: then a worker outlives them, unless that code ends it. */
function isErrorTaken(): boolean {
  return process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback();
}
