import { existsSync, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { clearTimeout, setTimeout } from '../../actors/tooling.ts';
import type { Goal } from '../../kinds/smt/text/goal.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { note } from '../terminal/terminal.ts';
import { readSmtFiles } from './smt-files.ts';

/** An editor may write a file in several steps, which are one change. */
const SETTLED = 50;

/**
 * Proves the goals of each file that changes, until the command is interrupted. A file whose goals are the same has not
 * changed. A file that cannot be read is told, and waits for its next change.
 */
export async function watchFiles(
  names: readonly string[],
  goals: readonly Goal[],
  prove: (goals: readonly Goal[]) => Promise<unknown>,
): Promise<void> {
  let known = keysByFile(goals);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<unknown> = Promise.resolve();
  const onChange = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(readAgain);
    }, SETTLED);
  };
  const places = new Set(names.filter((name) => name !== '-' && existsSync(name)).map(placeOf));
  const watchers = [...places].map((place) => watch(place, { recursive: true }, onChange));
  note(`statepool: watching ${known.size} file${known.size === 1 ? '' : 's'}`);
  await new Promise<void>((resolve) => {
    const stopListening = onInterrupt(async () => {
      clearTimeout(timer);
      for (const each of watchers) each.close();
      stopListening();
      await running;
      resolve();
    });
  });

  async function readAgain(): Promise<void> {
    const now = readSmtFiles(names.filter((name) => name !== '-')).flatMap((document) => [...document.goals]);
    const keys = keysByFile(now);
    const changed = now.filter(({ file }) => keys.get(file) !== known.get(file));
    known = keys;
    if (changed.length > 0) await prove(changed);
  }
}

/** Returns a text for each file that changes with its goals. */
function keysByFile(goals: readonly Goal[]): Map<string, string> {
  const keys = new Map<string, string>();
  for (const { file, key, line } of goals) keys.set(file, `${keys.get(file) ?? ''} ${key}:${line}`);
  return keys;
}

/** Returns the folder of a file, or a folder itself: an editor may put another file into the place of the old one. */
function placeOf(name: string): string {
  return statSync(name).isDirectory() ? name : dirname(name);
}
