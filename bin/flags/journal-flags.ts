import { statSync } from 'node:fs';
import type { JournalOptions } from '../../actors/index.ts';

/** The flags of commands that can continue from a journal. */
export interface JournalFlags {
  /** The path of the journal. */
  readonly journal?: string;
  /** Goes on with an existing journal. */
  readonly resume?: boolean;
}

/**
 * Returns the journal that the flags name, or `undefined`. The journal keeps every outcome.
 *
 * @throws when the file is not empty and `--resume` is not set
 */
export function journalOf({ journal: path, resume }: JournalFlags): JournalOptions | undefined {
  if (path === undefined) {
    if (resume) throw new Error('--resume needs a journal: add --journal <file>');
    return undefined;
  }
  if (!resume && sizeOf(path) > 0) {
    throw new Error(`--journal ${path}: the file exists: add --resume to go on with it, or name another file`);
  }
  return { path, keep: Number.POSITIVE_INFINITY };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
