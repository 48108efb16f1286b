import type { WorkerExit } from '../../machines/state/pool-state.ts';
import { decodeError, encodeError } from '../errors/error-codec.ts';
import { queueMicrotask, structuredClone } from '../platform/platform.ts';
import { toMasterCodec, toWorkerCodec } from '../protocol/codec.ts';
import { type MessageToMaster, ToMaster, WIRE_VERSION } from '../protocol/messages.ts';
import { serveOn } from '../serve/main-loop.ts';
import type { Port, Service } from '../serve/port.ts';
import type { Host } from './host.ts';

/**
 * Performs requests in this process: for tests, and for work that is not worth the start of a worker. Messages are
 * cloned as on the other hosts, so that a kind behaves the same. Running code cannot be killed: when a worker is ended,
 * its messages are ignored and the signal of its task is aborted. `process.exit` in `perform` ends the program. All
 * inline workers share one copy of the kind's module: the kind's `end` runs once for each of them.
 */
export const inlineHost: Host = ({ kind, workerId, workerData }, events) => {
  let service: Service | undefined;
  let isOver = false;
  let begun = 0;
  let closed = 0;

  function emit(message: MessageToMaster): void {
    if (!isOver) events.message(message);
  }

  function end(exit: WorkerExit): void {
    if (isOver) return;
    isOver = true;
    service?.abort(new Error('the worker was ended'));
    queueMicrotask(() => events.exit(exit));
  }

  queueMicrotask(() => {
    if (isOver) return;
    try {
      const port: Port = {
        post(message, transfer) {
          const copy = toMasterCodec.copy(message, transfer);
          queueMicrotask(() => emit(copy));
        },
        claim() {
          if (closed > 0 || isOver) return false;
          begun++;
          return true;
        },
        reopen: () => void closed--,
        moves: true,
      };
      service = serveOn(kind, workerId, port, structuredClone(workerData));
      emit([ToMaster.Hello, WIRE_VERSION, kind.name, undefined, kind.end !== undefined]);
    } catch (error) {
      emit([ToMaster.Failed, encodeError(decodeError(encodeError(error)))]);
    }
  });
  return {
    pid: process.pid,
    transfers: true,
    send(message, transfer) {
      if (isOver) return;
      const copy = toWorkerCodec.copy(message, transfer as readonly ArrayBuffer[] | undefined);
      queueMicrotask(() => {
        if (isOver) return;
        try {
          service?.receive(copy);
        } catch (cause) {
          // A separate process or thread would have died of this error.
          end({ exitCode: null, signal: null, reason: 'uncaught', cause });
        }
      });
    },
    begun: () => begun,
    close: () => void closed++,
    kill: (reason = 'killed') => end({ exitCode: null, signal: null, reason }),
    ref() {},
  };
};
