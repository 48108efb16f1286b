import type { WorkerExit } from '../../machines/state/pool-state.ts';
import { answeredBy, type Seat } from '../../machines/state/seat.ts';
import { decodeError } from '../errors/error-codec.ts';
import { type MessageToMaster, ToMaster } from '../protocol/messages.ts';

/** The last words of a worker: its own report of its coming end, as far as it could send one. */
export interface LastWords {
  readonly begun?: number;
  readonly reason?: WorkerExit['reason'];
  readonly cause?: unknown;
}

/** The facts that the master knows about the end. */
interface Known extends LastWords {
  /** The number of requests that the worker had begun; `undefined` if the host does not count. */
  readonly started: number | undefined;
  /** Lower bound: this many of the newest requests were never delivered. */
  readonly unsent: number;
  readonly stderrTail: string;
}

/** Returns the last words in a message. */
export function lastWordsIn(message: MessageToMaster): LastWords {
  if (message[0] === ToMaster.Exiting) return { begun: message[1] };
  if (message[0] !== ToMaster.Fatal) return {};
  const [, begun, cause] = message;
  return { reason: 'uncaught', cause: decodeError(cause), ...(begun === undefined ? {} : { begun }) };
}

/** Returns the exit of a worker with all known facts. */
export function fullExit(seat: Seat, exit: WorkerExit, known: Known): WorkerExit {
  const { started, unsent, stderrTail, ...lastWords } = known;
  const { held } = seat;
  const isOutOfMemory = exit.reason === 'oom' || /heap out of memory|Cannot allocate memory/.test(stderrTail);
  // The held requests never reached the worker: it had died before, without last words.
  const isUnreached = held.length > 0 && held.length <= unsent;
  // Of several requests, only the last one begun can be the cause; after an uncaught error not even that is certain.
  const last = lastWords.reason === undefined && held.length > 1 ? started : undefined;
  const begun = isUnreached ? answeredBy(seat) : last;
  return {
    ...exit,
    ...(begun === undefined ? {} : { begun }),
    ...lastWords,
    ...(started === undefined ? {} : { started }),
    ...(isOutOfMemory ? { reason: 'oom' } : {}),
    stderrTail,
  };
}
