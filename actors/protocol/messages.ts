import { type EncodedError, isEncodedError, wordsOf } from '../errors/error-codec.ts';
import type { Prints } from '../kind-module/fingerprints.ts';

/** The version of the messages below; both sides say it in the handshake. */
export const WIRE_VERSION = 3;

/** What the master says to a worker: a tag, then its parts. */
export const ToWorker = {
  /** The handshake's answer: version, the worker's id, whether it is to say how much memory it holds. */
  Welcome: 0,
  /** One request, alone in its message. */
  Request: 1,
  /** Several requests, in order. */
  Requests: 2,
  /** The request of that number, counted from 1, was cancelled. */
  Abort: 3,
  /** A feedback for all workers. */
  Feedback: 4,
  /**
   * Of the requests sent so far only the first so many are to be performed; with none: those that it has begun, and it says
   * how many these are.
   */
  Recall: 5,
  /** Is it still there? */
  Ping: 6,
} as const;

/** A message of the master's. */
export type MessageToWorker =
  | readonly [typeof ToWorker.Welcome, number, string, boolean]
  | readonly [typeof ToWorker.Request, unknown]
  | readonly [typeof ToWorker.Requests, readonly unknown[]]
  | readonly [typeof ToWorker.Abort, number, EncodedError]
  | readonly [typeof ToWorker.Feedback, unknown]
  | readonly [typeof ToWorker.Recall, number | undefined]
  | readonly [typeof ToWorker.Ping];

/** What a worker says to the master. Answers come in the order of the requests, one for each. */
export const ToMaster = {
  /** The worker speaks first: version, name of the kind, and what its functions are known by. */
  Hello: 0,
  /** Its module could not be loaded, or is not the kind it was started for. */
  Failed: 1,
  /** One answer, and how long the worker took for it. In ms. */
  Response: 2,
  /** Several, in order, and how long the worker took for them. In ms. */
  Responses: 3,
  /** `perform` threw. */
  Threw: 4,
  /** The response could not be cloned: message, path. */
  Unsent: 5,
  /** A feedback, and the number of the request that it is about. */
  Feedback: 6,
  /** It has dropped what it had not begun: how many requests it had begun. */
  Recalled: 7,
  /** How much memory it holds, before an answer. In bytes. */
  Memory: 8,
  /** It is still there. */
  Pong: 9,
  /** An uncaught error is about to end the worker: how many requests it had begun, where that tells which, and the error. */
  Fatal: 10,
  /** It is about to exit by itself: how many requests it had begun. */
  Exiting: 11,
  /** What a thread wrote: stream, text. A process has pipes for it. */
  Output: 12,
} as const;

/** The first message of a worker's; `prints` as of `printsOf`, where its host has a module of its own. */
export type HelloMessage = readonly [typeof ToMaster.Hello, number, string, prints?: Prints];

/** A message of a worker's. */
export type MessageToMaster =
  | HelloMessage
  | readonly [typeof ToMaster.Failed, EncodedError]
  | readonly [typeof ToMaster.Response, unknown, number]
  | readonly [typeof ToMaster.Responses, readonly unknown[], number]
  | readonly [typeof ToMaster.Threw, EncodedError]
  | readonly [typeof ToMaster.Unsent, string, string]
  | readonly [typeof ToMaster.Feedback, unknown, number]
  | readonly [typeof ToMaster.Recalled, number]
  | readonly [typeof ToMaster.Memory, number]
  | readonly [typeof ToMaster.Pong]
  | readonly [typeof ToMaster.Fatal, number | undefined, EncodedError]
  | readonly [typeof ToMaster.Exiting, number]
  | readonly [typeof ToMaster.Output, 'stdout' | 'stderr', string];

/** The message whose response cannot be read here: as if the worker had not been able to send it. In the master. */
export function unreadAnswer(error: unknown): MessageToMaster {
  return [ToMaster.Unsent, `the pool cannot read it: ${wordsOf(error)}`, 'response'];
}

/** Whether something that has come from a worker is a message: code of the kind's may have written to the same channel. */
export function isMessageToMaster(value: unknown): value is MessageToMaster {
  if (!Array.isArray(value)) return false;
  const [tag, first, second, third] = value;
  switch (tag) {
    case ToMaster.Response:
      return isAmount(second);
    case ToMaster.Responses:
      return Array.isArray(first) && first.length > 0 && isAmount(second);
    case ToMaster.Hello:
      return typeof first === 'number' && typeof second === 'string' && (third === undefined || Array.isArray(third));
    case ToMaster.Failed:
    case ToMaster.Threw:
      return isEncodedError(first);
    case ToMaster.Unsent:
      return typeof first === 'string' && typeof second === 'string';
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
    default:
      return tag === ToMaster.Pong;
  }
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
}
