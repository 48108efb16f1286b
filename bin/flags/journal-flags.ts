import { statSync } from 'node:fs';
import type { JournalOptions } from '../../actors/index.ts';

/** The flags of commands whose work outlives them. */
export interface JournalFlags {
  /** A file. */
  readonly journal?: string;
  /** Go on with what is in it. */
  readonly resume?: boolean;
}

/**
 * The journal that a command is to keep, if any; it remembers every outcome.
 *
 * @throws when there is something in the file and nobody has asked to go on with it
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
