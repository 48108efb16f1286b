import { statSync } from 'node:fs';
import { startAhead } from '../../../kinds/rocq/engine/ahead.ts';
import { engineOptionsOf } from './engine-options.ts';

/** The flags with which the first engine is known before the command line is read, and the numbers of their values. */
const PLAIN: Readonly<Record<string, number>> = {
  ...{ '--first': 0, '--certify': 0, '--quiet': 0, '--json': 0, '--no-cache': 0, '--watch': 0 },
  ...{ '-j': 1, '--size': 1, '--cache': 1, '--junit': 1, '--timeout-proof': 1, '--max-rss': 1 },
};
/** The flags that are the engine's own. */
const OWN: Readonly<Record<string, number>> = { '-R': 2, '-Q': 2, '-I': 1 };

/**
 * Starts the engine of a single file, given the words behind `rocq`. Starts nothing where the words have to be read with
 * more care: the engine is then started later. An engine that does not fit in the end is never used.
 */
export function startFirstEngine(words: readonly string[]): void {
  const args: string[] = [];
  const files: string[] = [];
  for (let i = 0; i < words.length; ) {
    const word = words[i] as string;
    const count = PLAIN[word] ?? OWN[word];
    if (count === undefined) files.push(word);
    else if (word in OWN) args.push(...words.slice(i, i + count + 1));
    i += (count ?? 0) + 1;
  }
  const [file] = files;
  if (file === undefined || files.length > 1 || !file.endsWith('.v')) return;
  if (statSync(file, { throwIfNoEntry: false })?.isFile()) startAhead(engineOptionsOf(file, { args }));
}
