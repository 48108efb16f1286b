import type { WorkerStatus } from '../../kinds/kind.ts';
import type { Entry } from './entry.ts';

/**
 * What one status has already refused, so that no task is shown to it twice: everything up to `cursor`, but for the
 * entries in `late`, which came in before the cursor after it had passed. A new status or a broadcast starts it anew.
 */
export interface Look {
  status: WorkerStatus;
  /** The affinity key of an old status, where the kind gives one. */
  key: string | undefined;
  /** The last entry that was refused; it may have left the queue since. `null`: none was refused. */
  cursor: Entry | null;
  late: Entry[];
  /** The entry that the last look found, while nothing can have come before it. */
  found: Entry | undefined;
}

/** A look that has refused nothing yet. */
export function createLook(status: WorkerStatus, key?: string): Look {
  return { status, key, cursor: null, late: [], found: undefined };
}

/** Forgets every refusal. */
export function resetLook(look: Look): void {
  look.cursor = null;
  look.late.length = 0;
  look.found = undefined;
}
