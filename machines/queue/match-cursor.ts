import type { WorkerStatus } from '../../kinds/kind.ts';
import type { Entry } from './entry.ts';

/**
 * How far along the queue one worker status was matched, so that no task is shown to it twice. Everything up to `last` did not
 * match; `late` holds entries that were inserted before `last` since. A new status or a broadcast starts it anew.
 */
export interface MatchCursor {
  status: WorkerStatus;
  /** The affinity key of an old status, where the kind gives one. */
  key: string | undefined;
  /** The last entry that did not match; it may have left the queue since. `null`: none was tried. */
  last: Entry | null;
  late: Entry[];
  /** The entry that the last search found, while nothing can have come before it. */
  found: Entry | undefined;
}

/** Makes a cursor at the beginning of the queue. */
export function createMatchCursor(status: WorkerStatus, key?: string): MatchCursor {
  return { status, key, last: null, late: [], found: undefined };
}

/** Puts a cursor back to the beginning of the queue. */
export function resetMatchCursor(cursor: MatchCursor): void {
  cursor.last = null;
  cursor.late.length = 0;
  cursor.found = undefined;
}
