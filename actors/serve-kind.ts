import { isMainThread, type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { AnyKind } from './any-kind.ts';
import { UsageError } from './errors.ts';
import { type Port, serveOn } from './serve.ts';
import { type MessageToWorker, ToMaster, WIRE_VERSION } from './wire.ts';

/** A worker's channel to its master. */
export interface Channel extends Port {
  listen(receive: (message: MessageToWorker) => void): void;
}

/**
 * Serves a kind in this worker: says hello to the master and performs what it sends. What the worker's entry calls.
 *
 * @throws {UsageError} when this is neither a child process with a channel nor a worker thread, or `kind` is not a kind
 *
 * OCaml: `slave_init_stdout` and `slave_main_loop` (stm/asyncTaskQueue.mli).
 */
export function serveKind(kind: AnyKind, workerId = process.env.STATEPOOL_WORKER ?? 'worker'): void {
  const channel = openChannel();
  const service = serveOn(kind, workerId, channel);
  process.on('uncaughtExceptionMonitor', service.fatal);
  process.on('exit', service.exiting);
  channel.listen(service.receive);
  channel.post([ToMaster.Hello, WIRE_VERSION, kind.name]);
}

/** The channel of this process or thread. @throws {UsageError} where it has none */
export function openChannel(): Channel {
  if (!isMainThread && parentPort !== null) {
    const port = parentPort;
    const { bell } = (workerData ?? {}) as { bell?: Int32Array };
    return {
      post: (message) => port.postMessage(message),
      listen: (receive) => void port.on('message', receive),
      ...(bell === undefined ? {} : { next: (ms: number) => nextOn(port, bell, ms) }),
    };
  }
  if (process.send === undefined) throw new UsageError('serveKind runs in a worker only: this process has no channel');
  return {
    post: (message) => void process.send?.(message),
    listen(receive) {
      process.on('message', receive);
      // The parent is gone, or has closed the channel: nobody waits for an answer any more.
      process.on('disconnect', () => process.exit(0));
    },
  };
}

/**
 * How long a thread that has answered looks for the next request with open eyes before it sleeps. In ms. To wake a sleeper
 * takes longer than most masters take to send the next request, and more of both processors' time than this look.
 */
const SPIN = 0.05;

/** The next message of a thread, for which it sleeps at most so many ms; the master rings the bell after each message. */
function nextOn(port: MessagePort, bell: Int32Array, ms: number): MessageToWorker | undefined {
  const rung = Atomics.load(bell, 0);
  const waiting = receiveMessageOnPort(port);
  if (waiting !== undefined) return waiting.message;
  const asleep = performance.now() + SPIN;
  while (Atomics.load(bell, 0) === rung) {
    if (performance.now() < asleep) continue;
    Atomics.wait(bell, 0, rung, ms);
    break;
  }
  return receiveMessageOnPort(port)?.message;
}
