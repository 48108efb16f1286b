import type { WorkerExit } from '../../machines/state/pool-state.ts';
import { decodeError, encodeError } from '../errors/error-codec.ts';
import { queueMicrotask, structuredClone } from '../platform/platform.ts';
import { type MessageToMaster, type MessageToWorker, ToMaster, ToWorker, WIRE_VERSION } from '../protocol/messages.ts';
import { type Service, serveOn } from '../serve/main-loop.ts';
import type { Host, Transferable } from './host.ts';

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
          const copy = copyOf(message, ToMaster.Responses);
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
      const copy = copyOf(message, ToWorker.Requests, transfer);
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

/** As the message would come out of a channel. @throws where it cannot be cloned */
function copyOf<M extends MessageToMaster | MessageToWorker>(
  message: M,
  several: number,
  transfer?: readonly Transferable[],
): M {
  if (message[0] === several) return JSON.parse(JSON.stringify(message));
  return structuredClone(message, { transfer: [...(transfer ?? [])] });
}
