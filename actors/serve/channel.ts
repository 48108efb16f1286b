import { type MessagePort, receiveMessageOnPort, threadId, workerData } from 'node:worker_threads';
import { wordsOf } from '../errors/error-codec.ts';
import { UsageError } from '../errors/errors.ts';
import { exit, isPortable, performanceNow, setTimeout, withOwnTicks } from '../platform/platform.ts';
import { AdaptivePause } from '../protocol/adaptive-pause.ts';
import { Counter, claim, isAllowed, park, reopen, waitedIn } from '../protocol/claim-counter.ts';
import { toMasterCodec, toWorkerCodec } from '../protocol/codec.ts';
import { FROM_WORKER, Frames, TO_WORKER } from '../protocol/frames.ts';
import { type MessageToMaster, type MessageToWorker, ToMaster, ToWorker } from '../protocol/messages.ts';
import { moveCopies } from '../protocol/payloads/move-copies.ts';
import { AdaptiveSpin, pauseWhileCold, SPIN } from '../protocol/spin.ts';
import { Unread } from './answer-buffer.ts';
import type { Port } from './port.ts';

/** A worker's channel to its master. */
export interface Channel extends Port {
  listen(receive: (message: MessageToWorker) => void): void;
}

/** Returns the channel of this process or thread. The first call opens it. @throws {UsageError} if there is none */
export function openChannel(): Channel {
  opened ??= open();
  return opened;
}

let opened: Channel | undefined;

function open(): Channel {
  const { port, counters, spinToken } = (workerData ?? {}) as Partial<ThreadData>;
  if (port !== undefined && counters !== undefined) return threadChannel(port, counters, spinToken);
  if (process.channel === undefined)
    throw new UsageError('serveKind runs in a worker only: this process has no channel');
  return withOwnTicks(processChannel);
}

/** The data that a thread is started with, in addition to its kind. */
export interface ThreadData {
  readonly port: MessagePort;
  readonly counters: Int32Array;
  /** The token of the one thread that may busy-wait for its next request. Absent if no processor is free for that. */
  readonly spinToken: Int32Array | undefined;
}

/**
 * The number of requests in one message after which a thread does not spin for the next one. It is woken once for all of
 * them, and while it spins, a thread that has a lot to do may wait for its processor.
 */
const MANY = 8;

function threadChannel(port: MessagePort, counters: Int32Array, spinToken: Int32Array | undefined): Channel {
  const waited = waitedIn(counters);
  const resources = process.getActiveResourcesInfo;
  /** The number of messages that were taken from the port. */
  let seen = 0;
  /** The number of requests in the last message that had any. */
  let requests = 0;

  function read(data: unknown): MessageToWorker {
    seen++;
    const message = toWorkerCodec.fromPort(data);
    if (message[0] === ToWorker.Request) requests = 1;
    else if (message[0] === ToWorker.Requests) requests = message[1].length;
    return message;
  }

  function unread(error: unknown): MessageToWorker {
    seen++;
    return unreadRequest(error);
  }

  function poll(): MessageToWorker | undefined {
    // The master raises `Sent` after each message. A message that arrives before `Sent` is raised is found a moment
    // later.
    if ((Atomics.load(counters, Counter.Sent) - seen) | 0) {
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
    moves: true,
    post(message, transfer) {
      const copies = transfer === undefined && message[0] === ToMaster.Response ? moveCopies(message) : undefined;
      if (copies !== undefined) port.postMessage(copies.message, copies.transfer);
      else port.postMessage(toMasterCodec.toPort(message), transfer as readonly ArrayBuffer[] | undefined);
      Atomics.add(counters, Counter.Answered, 1);
    },
    listen(receive) {
      port.on('message', (message) => receive(read(message)));
      // Only a request can be written and yet not be read: the master checks everything else that it sends.
      port.on('messageerror', (error) => receive(unread(error)));
    },
    poll,
    next(ms, isBlocked) {
      const news = Atomics.load(counters, Counter.News);
      const waiting = poll();
      if (waiting !== undefined || (isBlocked && isAllowed(counters))) return waiting;
      const token = requests < MANY ? spinToken : undefined;
      waited[0] = (waited[0] as number) + watch(counters, token, news, ms);
      return poll();
    },
    // The one resource is the port.
    isAlone: () => resources().length <= 1,
    claim: () => claim(counters),
    isAllowed: () => isAllowed(counters),
    park: () => park(counters),
    reopen: () => reopen(counters),
    memory() {
      const { heapTotal, external } = process.memoryUsage();
      return heapTotal + external;
    },
    ...threadTicks,
  };
}

/** Returns the message that replaces a request which cannot be read here. */
function unreadRequest(error: unknown): MessageToWorker {
  return [ToWorker.Request, new Unread(`the worker cannot read it: ${wordsOf(error)}`)];
}

/** Opens the two pipes for frames. The other channel, that of `process.send`, shows when the master is gone. */
function processChannel(): Channel {
  // node:net is loaded here only: a thread starts sooner without it.
  const { Socket } = process.getBuiltinModule('node:net');
  const out = new Socket({ fd: FROM_WORKER, readable: false });
  out.unref();
  out.on('error', () => {});
  const spin = new AdaptiveSpin(Number.POSITIVE_INFINITY);
  const post = (message: MessageToMaster) => {
    // The master kills the worker at this report: the output of the kind's `end` comes first.
    if (message[0] === ToMaster.Ended && hasOutput()) return void setTimeout(post, 1, message);
    out.write(toMasterCodec.toFrame(message));
    spin.sent();
  };
  return {
    post,
    isSendable: isPortable,
    listen(receive) {
      const frames = new Frames(
        (message) => {
          spin.received();
          receive(message as MessageToWorker);
        },
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
        // The parent is gone or has closed the channel, so no caller waits for an answer any more.
        process.on('disconnect', () => exit(0));
      });
    },
    memory: () => process.memoryUsage.rss(),
    ...ticks,
  };
}

/** Returns whether output of this process is not in its pipes yet: Node writes a lot of output piece by piece. */
function hasOutput(): boolean {
  return process.stdout.writableLength + process.stderr.writableLength > 0;
}

/**
 * The function of Node that runs the microtasks and what waits for `process.nextTick`. It is not documented. Without it,
 * answers wait for the next turn of the event loop.
 */
const { _tickCallback: runTicks, _fatalException: reportUncaught } = process as {
  _tickCallback?: () => void;
  _fatalException?: (error: unknown, isRejection: boolean) => boolean;
};
const ticks = runTicks === undefined ? {} : { tick: runTicks };
const threadTicks = runTicks === undefined || reportUncaught === undefined ? {} : { tick: runThreadTicks };

/**
 * Runs the ticks of a thread. Node aborts the whole program if an error of a tick leaves the listener of a port. Node's
 * own handler does here what it does for every uncaught error: it ends the thread, unless a listener takes the error.
 */
function runThreadTicks(): void {
  try {
    runTicks?.call(process);
  } catch (error) {
    reportUncaught?.call(process, error, false);
  }
}

/** Leaves out spins for a while after some that found nothing. */
const spins = new AdaptivePause();

/**
 * Waits until `News` is no longer `news`, at most `ms` ms: the thread spins for a moment, then it sleeps. Returns the
 * time that has passed, in ms.
 */
function watch(counters: Int32Array, spinToken: Int32Array | undefined, news: number, ms: number): number {
  const start = performanceNow();
  if (spinToken !== undefined && spins.isDue() && Atomics.compareExchange(spinToken, 0, 0, threadId) === 0) {
    const end = start + SPIN;
    while (Atomics.load(counters, Counter.News) === news && performanceNow() < end) pauseWhileCold();
    Atomics.store(spinToken, 0, 0);
    spins.ended(Atomics.load(counters, Counter.News) !== news);
  }
  Atomics.wait(counters, Counter.News, news, ms);
  return performanceNow() - start;
}
