import type { WorkerStatus } from '../../kinds/kind.ts';
import type { Entry } from '../queue/entry.ts';
import type { MatchCursor } from '../queue/match-cursor.ts';

/** The status of a worker that has performed nothing. One object, so that statuses compare by identity. */
export const FRESH: WorkerStatus = { type: 'fresh' };

/** Where a worker stands in the supervisor's book. */
type SeatPhase =
  /** Spawned; the handshake is not over. */
  | 'starting'
  /** Fresh or old, and offered the queue. */
  | 'free'
  | 'busy'
  /** Its machine is dead; its process has not exited yet, so that its slot is not empty. */
  | 'ending';

/** One worker as the pool's rules see it. The worker's machine holds it by reference in its context. */
export interface Seat {
  /** `kind:slot:serial`. */
  readonly id: string;
  /** Its actor's id, `kind:slot`: XState keeps something for each id for ever, and there is one actor a slot at a time. */
  readonly actorId: string;
  readonly slot: number;
  phase: SeatPhase;
  status: WorkerStatus;
  cursor: MatchCursor;
  /** The cursor of the status that a verdict is about to give; becomes `cursor` when the worker learns it. */
  nextCursor: MatchCursor | undefined;
  /** The requests it holds, oldest first: the running one, then those prefetched. */
  readonly held: Entry[];
  /** How many requests it was given. */
  tasks: number;
  /** How many it may hold just now: one, until it has shown what is good for it, and at most what its kind allows. */
  window: number;
  /** It is given nothing more until it has said what it has begun. */
  isRecalled: boolean;
  /** When it was last free, on the pool's own clock of events. */
  used: number;
  /** Set when the pool itself ended it: whatever it still holds has done nothing wrong. */
  isExpected: boolean;
}

/** The seat of a worker that is about to start: fresh, with nothing in its hands. */
export function createSeat(id: string, slot: number, cursor: MatchCursor): Seat {
  return {
    id,
    actorId: id.slice(0, id.lastIndexOf(':')),
    slot,
    phase: 'starting',
    status: FRESH,
    cursor,
    nextCursor: undefined,
    held: [],
    tasks: 0,
    window: 1,
    isRecalled: false,
    used: 0,
    isExpected: false,
  };
}

/** How many requests a worker has answered. */
export function answeredBy({ tasks, held }: { readonly tasks: number; readonly held: readonly Entry[] }): number {
  return tasks - held.length;
}
