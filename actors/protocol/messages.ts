import { type EncodedError, isEncodedError, wordsOf } from '../errors/error-codec.ts';
import type { Prints } from '../kind-module/fingerprints.ts';

/** The version of the messages below. Both sides send it in the handshake. */
export const WIRE_VERSION = 6;

/** The tags of the messages from the master to a worker. The parts of the message follow its tag. */
export const ToWorker = {
  /**
   * The answer to the handshake: version, worker id, whether the worker must report the memory that it holds, and how many
   * requests it performs at a time.
   */
  Welcome: 0,
  /** One request, alone in its message. */
  Request: 1,
  /** Several requests, in order. */
  Requests: 2,
  /** The number of a request that was cancelled, counted from 1, and the reason. */
  Abort: 3,
  /** A feedback for all workers. */
  Feedback: 4,
  /**
   * The number of requests, of all that were sent so far, that the worker may still perform. It drops the later ones.
   * Without a number, it keeps only the requests that it has begun, and reports how many these are.
   */
  Recall: 5,
  /** The question whether the worker is still there. */
  Ping: 6,
  /** The order to run the kind's `end`. The worker performs nothing more. */
  End: 7,
  /** The permission to begin the next request: the answer before it is judged. Only for a worker that has parked. */
  Go: 8,
  /** The number of a request, counted from 1, and a message of its caller. It may come before the worker begins that request. */
  Message: 9,
} as const;

/** A message from the master to a worker. */
export type MessageToWorker =
  | readonly [typeof ToWorker.Welcome, number, string, boolean, number]
  | readonly [typeof ToWorker.Request, unknown]
  | readonly [typeof ToWorker.Requests, readonly unknown[]]
  | readonly [typeof ToWorker.Abort, number, EncodedError]
  | readonly [typeof ToWorker.Feedback, unknown]
  | readonly [typeof ToWorker.Recall, number | undefined]
  | readonly [typeof ToWorker.Ping]
  | readonly [typeof ToWorker.End]
  | readonly [typeof ToWorker.Go]
  | readonly [typeof ToWorker.Message, number, unknown];

/**
 * The tags of the messages from a worker to the master. Answers come in the order of the requests, one for each. A worker
 * that performs several requests at a time answers in any order: each answer then has the number of its request.
 */
export const ToMaster = {
  /**
   * The first message of a worker: version, name of the kind, the fingerprints of the kind's functions, and whether the
   * kind has an `end`.
   */
  Hello: 0,
  /** The error of a worker whose module could not be loaded, or is not the kind that the worker was started for. */
  Failed: 1,
  /** One answer, and the time that the worker took for it, in ms. */
  Response: 2,
  /** Several answers, in order, and the time that the worker took for all of them, in ms. */
  Responses: 3,
  /** The error that `perform` threw. */
  Threw: 4,
  /** The message and path of a response that could not be cloned. */
  Unsent: 5,
  /** A feedback, and the number of its request. */
  Feedback: 6,
  /** The number of requests that the worker had begun when it dropped the others. */
  Recalled: 7,
  /** The memory that the worker holds, in bytes. Comes before an answer. */
  Memory: 8,
  /** The answer to a Ping. */
  Pong: 9,
  /**
   * The report that an uncaught error is about to end the worker: the number of begun requests, if that shows which of
   * them is at fault, and the error.
   */
  Fatal: 10,
  /** The report that the worker is about to exit by itself: the number of requests that it had begun. */
  Exiting: 11,
  /** A piece of a thread's output: stream, text. A process has pipes for it. */
  Output: 12,
  /** The report that the kind's `end` is over: the error, if there was one. */
  Ended: 13,
} as const;

/** The first message of a worker. `prints` comes from `printsOf`; absent if the host loads no module of its own. */
export type HelloMessage = readonly [
  typeof ToMaster.Hello,
  number,
  string,
  prints?: Prints | undefined,
  hasEnd?: boolean,
];

/** A message from a worker to the master. */
export type MessageToMaster =
  | HelloMessage
  | readonly [typeof ToMaster.Failed, EncodedError]
  | readonly [typeof ToMaster.Response, unknown, number, request?: number]
  | readonly [typeof ToMaster.Responses, readonly unknown[], number, requests?: readonly number[]]
  | readonly [typeof ToMaster.Threw, EncodedError, request?: number]
  | readonly [typeof ToMaster.Unsent, string, string, request?: number]
  | readonly [typeof ToMaster.Feedback, unknown, number]
  | readonly [typeof ToMaster.Recalled, number]
  | readonly [typeof ToMaster.Memory, number]
  | readonly [typeof ToMaster.Pong]
  | readonly [typeof ToMaster.Fatal, number | undefined, EncodedError]
  | readonly [typeof ToMaster.Exiting, number]
  | readonly [typeof ToMaster.Output, 'stdout' | 'stderr', string]
  | readonly [typeof ToMaster.Ended, error?: EncodedError];

/** Returns the message that replaces an unreadable response, as if the worker could not send it. In the master. */
export function unreadAnswer(error: unknown): MessageToMaster {
  return [ToMaster.Unsent, `the pool cannot read it: ${wordsOf(error)}`, 'response'];
}

/** Returns whether a value from a worker is a message. Code of the kind may have written to the same channel. */
export function isMessageToMaster(value: unknown): value is MessageToMaster {
  if (!Array.isArray(value)) return false;
  const [tag, first, second, third, fourth] = value;
  switch (tag) {
    case ToMaster.Response:
      return isAmount(second) && isNumber(third);
    case ToMaster.Responses:
      return Array.isArray(first) && first.length > 0 && isAmount(second) && areNumbers(third, first.length);
    case ToMaster.Hello:
      if (typeof first !== 'number' || typeof second !== 'string') return false;
      return (third === undefined || Array.isArray(third)) && (fourth === undefined || typeof fourth === 'boolean');
    case ToMaster.Failed:
      return isEncodedError(first);
    case ToMaster.Threw:
      return isEncodedError(first) && isNumber(second);
    case ToMaster.Unsent:
      return typeof first === 'string' && typeof second === 'string' && isNumber(third);
    case ToMaster.Recalled:
    case ToMaster.Memory:
    case ToMaster.Exiting:
      return isAmount(first);
    case ToMaster.Fatal:
      return (first === undefined || isAmount(first)) && isEncodedError(second);
    case ToMaster.Output:
      return (first === 'stdout' || first === 'stderr') && typeof second === 'string';
    case ToMaster.Feedback:
      return isAmount(second);
    case ToMaster.Ended:
      return first === undefined || isEncodedError(first);
    default:
      return tag === ToMaster.Pong;
  }
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
}

/** Returns whether a value may be the number of a request, which only some answers have. */
function isNumber(value: unknown): boolean {
  return value === undefined || isAmount(value);
}

function areNumbers(value: unknown, length: number): boolean {
  return value === undefined || (Array.isArray(value) && value.length === length && value.every(isAmount));
}
