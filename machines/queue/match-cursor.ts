import type { WorkerPlace, WorkerStatus } from '../../kinds/kind.ts';
import type { Entry } from './entry.ts';

/**
 * The position in the queue up to which one worker status was matched, so that no task is matched twice with it.
 * Entries up to `last` did not match; `late` holds entries that were inserted before `last` since then. A new status or
 * a broadcast starts at the head again.
 */
export interface MatchCursor {
  readonly status: WorkerStatus;
  /** The affinity key of an old status, if the kind gives one. */
  readonly key: string | undefined;
  /** The worker that has the status; `undefined` for the status of any fresh worker. */
  readonly worker: WorkerPlace | undefined;
  /** The last entry that did not match, even if it has left the queue since. `null`: none was tried. */
  last: Entry | null;
  late: Entry[];
  /** The entry that the last search found; reset when another entry may come before it. */
  found: Entry | undefined;
  /** The position up to which the status was asked for the tasks that it prefers; only in a pool whose kind prefers. */
  wanted: MatchCursor | undefined;
}

/** Makes a cursor at the head of the queue. */
export function createMatchCursor(status: WorkerStatus, key?: string, worker?: WorkerPlace): MatchCursor {
  return { status, key, worker, last: null, late: [], found: undefined, wanted: undefined };
}

/** Moves a cursor back to the head of the queue. */
export function resetMatchCursor(cursor: MatchCursor): void {
  cursor.last = null;
  cursor.late.length = 0;
  cursor.found = undefined;
  if (cursor.wanted !== undefined) resetMatchCursor(cursor.wanted);
}
