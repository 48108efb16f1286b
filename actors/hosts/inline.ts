import type { WorkerExit } from '../../machines/state/pool-state.ts';
import { decodeError, encodeError } from '../errors/error-codec.ts';
import { queueMicrotask } from '../platform/platform.ts';
import { toMasterCodec, toWorkerCodec } from '../protocol/codec.ts';
import { type MessageToMaster, ToMaster, WIRE_VERSION } from '../protocol/messages.ts';
import { type Service, serveOn } from '../serve/main-loop.ts';
import type { Host } from './host.ts';

/**
 * Performs in this process: for tests, and where a worker is not worth its start. Messages are cloned as on the other
 * hosts, so that a kind behaves the same. What runs cannot be killed: a worker that is ended is only not listened to, its
 * task's signal is aborted, and `process.exit` in `perform` ends the program.
 */
export const inlineHost: Host = ({ kind, workerId }, events) => {
  let service: Service | undefined;
  let isOver = false;
  let begun = 0;
  let closed = 0;

  function tell(message: MessageToMaster): void {
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
      service = serveOn(kind, workerId, {
        post(message) {
          const copy = toMasterCodec.copy(message);
          queueMicrotask(() => tell(copy));
        },
        claim() {
          if (closed > 0 || isOver) return false;
          begun++;
          return true;
        },
        reopen: () => void closed--,
      });
      tell([ToMaster.Hello, WIRE_VERSION, kind.name]);
    } catch (error) {
      tell([ToMaster.Failed, encodeError(decodeError(encodeError(error)))]);
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
          // A worker of its own would have died of it.
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
