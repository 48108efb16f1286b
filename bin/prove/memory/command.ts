import { memoryFolderOf } from '../../flags/memory-flags.ts';
import { complain } from '../../terminal/exit.ts';
import { note, print } from '../../terminal/terminal.ts';
import { CheckedLines } from './checked-lines.ts';

/** Prints the numbers of the remembered proofs, or removes them. */
export function cache(action: string, flags: { readonly cache?: string }): void {
  if (action !== 'stats' && action !== 'clear') return complain(`cache ${action}: the action must be stats or clear`);
  const lines = new CheckedLines(memoryFolderOf(flags, false) as string);
  const { path, entries, bytes, spoilt } = lines.stats;
  if (action === 'clear') {
    lines.clear();
    note(`statepool: ${entries} entries removed from ${path}`);
    return;
  }
  print(`${JSON.stringify({ path, entries, bytes, spoilt })}\n`);
}
