import type { WorkerPlace, WorkerStatus } from '../../kinds/kind.ts';
import type { Entry } from '../queue/entry.ts';
import type { MatchCursor } from '../queue/match-cursor.ts';

/** The status of a worker that has performed nothing. A single object, so that statuses compare by identity. */
export const FRESH: WorkerStatus = { type: 'fresh' };

/** The phase of a worker, as the supervisor counts it. */
type SeatPhase =
  /** Spawned; the handshake is not complete. */
  | 'starting'
  /** Fresh or old; gets tasks from the queue. */
  | 'free'
  | 'busy'
  /**
   * Dead: the machine has ended, but the process has not exited, so that the slot is not empty. The process may still
   * run the kind's `end`.
   */
  | 'ending';

/** A worker as the pool's rules see it. The worker's machine holds the seat by reference in its context. */
export interface Seat {
  /** `kind:slot:serial`. */
  readonly id: string;
  /**
   * The id of the worker's actor, `kind:slot`. XState keeps data for each id for ever, so that all workers of a slot
   * share one id: a slot has one actor at a time.
   */
  readonly actorId: string;
  readonly slot: number;
  /** The worker as the kind's hooks see it. */
  place: WorkerPlace;
  phase: SeatPhase;
  /** Is true once the handshake is complete: a worker may be given its first task before. */
  hasStarted: boolean;
  status: WorkerStatus;
  cursor: MatchCursor;
  /** The cursor of the status that a verdict is about to give; becomes `cursor` when the worker learns it. */
  nextCursor: MatchCursor | undefined;
  /**
   * The requests that the worker holds, oldest first: the running one, then the prefetched ones. With the kind's
   * `concurrency` all of them run, and leave in any order.
   */
  readonly held: Entry[];
  /** The number of requests that the worker was given. */
  tasks: number;
  /**
   * The number of requests that the worker may hold now: one at first, more at a quick pace, at most the window of its
   * kind.
   */
  window: number;
  /** Is true until a recalled worker has reported how many requests it has begun; until then it gets no more. */
  isRecalled: boolean;
  /**
   * Is true from an answer until the worker's machine has the verdict: the supervisor gives the worker nothing meanwhile,
   * because the verdict may change its status or end it. Only of kinds with `concurrency`.
   */
  isJudged: boolean;
  /** The last time that the worker became free, on the pool's own clock of events. */
  used: number;
  /** The affinity key that the worker holds: of its last task with a key, or of its competence. */
  key: string | undefined;
  /** The tick at which the worker took its key. */
  since: number;
  /** The tick at which it was last decided that the worker need not make way for an aged task. */
  asked: number;
  /** Is true if the worker had to load what its last task needs. */
  isLoading: boolean;
  /** The number of requests that the worker had answered at the last tick. */
  answered: number;
  /** The worker's progress (`progressOf`) at the last check of what it has not begun. */
  checked: number;
  /** The time for which checks have found no progress, in ms. */
  silence: number;
  /** The number of ticks in a row at which the busy worker had answered nothing since the one before. */
  still: number;
  /** Is true while the worker holds a token of the pool's budget: it performs requests, or its process has not exited. */
  hasToken: boolean;
  /** Is true if the worker was ended to make room for a fresh one. */
  isRoom: boolean;
  /** Is true if the pool itself ended the worker: no task that it still holds is to blame. */
  isExpected: boolean;
  /** Is true from a planned end until the worker is killed: it may still run the kind's `end`. */
  isRetired: boolean;
}

/** Makes the seat of a worker that is about to start: fresh, without requests. */
export function createSeat(id: string, slot: number, cursor: MatchCursor): Seat {
  const seat: Seat = {
    id,
    place: { id, slot, tasks: 0 },
    actorId: id.slice(0, id.lastIndexOf(':')),
    slot,
    phase: 'starting',
    hasStarted: false,
    status: FRESH,
    cursor,
    nextCursor: undefined,
    held: [],
    tasks: 0,
    window: 1,
    isRecalled: false,
    isJudged: false,
    used: 0,
    key: undefined,
    since: 0,
    asked: -1,
    isLoading: false,
    answered: -1,
    checked: -1,
    silence: 0,
    still: 0,
    hasToken: false,
    isRoom: false,
    isExpected: false,
    isRetired: false,
  };
  seat.place = placeOf(seat);
  return seat;
}

/** Returns a worker as the kind's hooks see it: its number of tasks is always the present one. */
export function placeOf(seat: Seat): WorkerPlace {
  return {
    id: seat.id,
    slot: seat.slot,
    get tasks() {
      return seat.tasks;
    },
  };
}

/** Returns how many requests a worker has answered. */
export function answeredBy({ tasks, held }: { readonly tasks: number; readonly held: readonly Entry[] }): number {
  return tasks - held.length;
}
