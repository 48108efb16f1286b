import { type MessagePort, receiveMessageOnPort, threadId, workerData } from 'node:worker_threads';
import { Unread } from './answers.ts';
import type { AnyKind } from './any-kind.ts';
import { Board, claim, reopen } from './board.ts';
import { wordsOf } from './error-codec.ts';
import { UsageError } from './errors.ts';
import { encodeFrame, FROM_WORKER, Frames, TO_WORKER } from './frames.ts';
import { exit, isPortable, performanceNow, withOwnTicks } from './platform.ts';
import { printsOf } from './prints.ts';
import { type Port, serveOn } from './serve.ts';
import { SPIN, stayAwake } from './stay-awake.ts';
import { type MessageToWorker, ToMaster, ToWorker, WIRE_VERSION } from './wire.ts';

/** A worker's channel to its master. */
export interface Channel extends Port {
  listen(receive: (message: MessageToWorker) => void): void;
}

/**
 * Serves a kind in this worker: says hello to the master and performs what it sends. The worker's entry calls it. `workerId`
 * is what the pool gave the worker in the environment variable STATEPOOL_WORKER, unless another one is named.
 *
 * OCaml: `slave_init_stdout` and `slave_main_loop` (stm/asyncTaskQueue.mli).
 *
 * @throws {UsageError} when this is neither a child process with a channel nor a worker thread, or `kind` is not a kind
 *
 * @example
 * // All of the entry of a worker.
 * import { serveKind } from 'statepool';
 *
 * serveKind(kind);
 */
export function serveKind(kind: AnyKind, workerId = process.env.STATEPOOL_WORKER ?? 'worker'): void {
  const channel = openChannel();
  const service = serveOn(kind, workerId, channel);
  process.on('uncaughtExceptionMonitor', service.fatal);
  process.on('exit', service.exiting);
  channel.listen(service.receive);
  channel.post([ToMaster.Hello, WIRE_VERSION, kind.name, printsOf(kind)]);
}

/** The channel of this process or thread. @throws {UsageError} where it has none */
export function openChannel(): Channel {
  opened ??= open();
  return opened;
}

let opened: Channel | undefined;

function open(): Channel {
  const { port, board, lookout } = (workerData ?? {}) as Partial<ThreadData>;
  if (port !== undefined && board !== undefined) return threadChannel(port, board, lookout);
  if (process.channel === undefined)
    throw new UsageError('serveKind runs in a worker only: this process has no channel');
  return withOwnTicks(processChannel);
}

/** What a thread is started with, beside its kind. */
export interface ThreadData {
  readonly port: MessagePort;
  readonly board: Int32Array;
  /** Held by the one thread that looks for its next request with open eyes; none where no processor is to spare for it. */
  readonly lookout: Int32Array | undefined;
}

function threadChannel(port: MessagePort, board: Int32Array, lookout: Int32Array | undefined): Channel {
  /** How many messages were taken from the port. */
  let seen = 0;

  function read(message: unknown): MessageToWorker {
    seen++;
    return (typeof message === 'string' ? JSON.parse(message) : message) as MessageToWorker;
  }

  function unread(error: unknown): MessageToWorker {
    seen++;
    return unreadRequest(error);
  }

  function poll(): MessageToWorker | undefined {
    // The master rings after each message: what has not rung may be there already, and is found a moment later.
    if ((Atomics.load(board, Board.Sent) - seen) | 0) {
      let waiting: { message: unknown } | undefined;
      try {
        waiting = receiveMessageOnPort(port);
      } catch (error) {
        return unread(error);
      }
      if (waiting !== undefined) return read(waiting.message);
    }
    return undefined;
  }

  return {
    post(message) {
      port.postMessage(message[0] === ToMaster.Responses ? JSON.stringify(message) : message);
      Atomics.add(board, Board.Answered, 1);
    },
    listen(receive) {
      port.on('message', (message) => receive(read(message)));
      // What could be written and cannot be read is a request: the master makes sure of all else that it sends.
      port.on('messageerror', (error) => receive(unread(error)));
    },
    poll,
    next(ms) {
      const rung = Atomics.load(board, Board.Sent);
      const waiting = poll();
      if (waiting !== undefined) return waiting;
      watch(board, lookout, rung, ms);
      return poll();
    },
    claim: () => claim(board),
    reopen: () => reopen(board),
    memory() {
      const { heapTotal, external } = process.memoryUsage();
      return heapTotal + external;
    },
    ...ticks,
  };
}

/** The message whose request cannot be read here. */
function unreadRequest(error: unknown): MessageToWorker {
  return [ToWorker.Request, new Unread(`the worker cannot read it: ${wordsOf(error)}`)];
}

/** Frames on two pipes; the other channel, that of `process.send`, tells when the master is gone. */
function processChannel(): Channel {
  // Loaded here only: a thread starts sooner without it.
  const { Socket } = process.getBuiltinModule('node:net');
  const out = new Socket({ fd: FROM_WORKER, readable: false });
  out.unref();
  out.on('error', () => {});
  return {
    post(message) {
      out.write(encodeFrame(message, ToMaster.Responses, ToMaster.Feedback));
      stayAwake();
    },
    isSendable: isPortable,
    listen(receive) {
      const frames = new Frames(
        (message) => receive(message as MessageToWorker),
        (error) => {
          throw error;
        },
        (tag, error) => {
          const isRequest = tag === ToWorker.Request;
          if (isRequest) receive(unreadRequest(error));
          return isRequest;
        },
      );
      withOwnTicks(() => {
        const requests = new Socket({ fd: TO_WORKER, writable: false });
        requests.on('data', (chunk) => frames.read(chunk));
        requests.on('error', () => {});
        // The parent is gone, or has closed the channel: nobody waits for an answer any more.
        process.on('disconnect', () => exit(0));
      });
    },
    memory: () => process.memoryUsage.rss(),
    ...ticks,
  };
}

/** Not documented; without it answers wait for the next turn of the event loop instead. */
const runTicks = (process as { _tickCallback?: () => void })._tickCallback;
const ticks = runTicks === undefined ? {} : { tick: runTicks };

/** Waits until the master rings, at most so many ms: for a moment with open eyes, then asleep. */
function watch(board: Int32Array, lookout: Int32Array | undefined, rung: number, ms: number): void {
  if (lookout !== undefined && Atomics.compareExchange(lookout, 0, 0, threadId) === 0) {
    const asleep = performanceNow() + SPIN;
    while (Atomics.load(board, Board.Sent) === rung && performanceNow() < asleep);
    Atomics.store(lookout, 0, 0);
  }
  Atomics.wait(board, Board.Sent, rung, ms);
}
