import type { WorkerExit } from '../../machines/state/pool-state.ts';
import { answeredBy, type Seat } from '../../machines/state/seat.ts';
import { decodeError } from '../errors/error-codec.ts';
import { type MessageToMaster, ToMaster } from '../protocol/messages.ts';

/** What a worker said of its end before it came, as far as it could. */
export interface LastWords {
  readonly begun?: number;
  readonly reason?: WorkerExit['reason'];
  readonly cause?: unknown;
}

/** What else the master knows of the end. */
interface Known extends LastWords {
  /** How many requests it had begun, where the host keeps count. */
  readonly started: number | undefined;
  /** How many of the requests that were sent last, at least, never reached it. */
  readonly unsent: number;
  readonly stderrTail: string;
}

/** What a message tells of the end that is about to come. */
export function lastWordsIn(message: MessageToMaster): LastWords {
  if (message[0] === ToMaster.Exiting) return { begun: message[1] };
  if (message[0] !== ToMaster.Fatal) return {};
  const [, begun, cause] = message;
  return { reason: 'uncaught', cause: decodeError(cause), ...(begun === undefined ? {} : { begun }) };
}

/** The exit of a worker with all that is known of it. */
export function fullExit(seat: Seat, exit: WorkerExit, known: Known): WorkerExit {
  const { started, unsent, stderrTail, ...lastWords } = known;
  const { held } = seat;
  const isOutOfMemory = exit.reason === 'oom' || /heap out of memory|Cannot allocate memory/.test(stderrTail);
  // What it holds never reached it: it had died before, without a word.
  const isUnreached = held.length > 0 && held.length <= unsent;
  // Of several it can only be the last that was begun; after an uncaught error not even that is certain.
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
