import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { nanoid } from 'nanoid';
import { JournalError } from '../errors.ts';

/** Who holds a journal: his process, when that began, and which of his locks it is. */
interface Owner {
  readonly pid: number;
  /** In ticks of the system since its start, where that can be known: ids of processes are used again. */
  readonly begun: string | undefined;
  readonly nonce: string;
}

/**
 * Takes a journal for this process; answers what gives it back. A lock whose process has died is taken over.
 *
 * @throws {JournalError} with the code JOURNAL_LOCKED when another pool has it, in this process or another one
 */
export function lock(path: string): () => void {
  const file = `${path}.lock`;
  const own: Owner = { pid: process.pid, begun: beginOf(process.pid), nonce: nanoid() };
  const text = JSON.stringify(own);
  const draft = `${file}.${own.nonce}`;
  writeFileSync(draft, text, { mode: 0o600 });
  try {
    while (!tryTo(() => linkSync(draft, file), 'EEXIST')) removeDead(path, file);
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (textIn(file) === text) rmSync(file, { force: true });
  };
}

/** Removes the lock of a process that has died. @throws {JournalError} when its process lives */
function removeDead(path: string, file: string): void {
  const found = textIn(file);
  if (found === undefined) return;
  refuseLiving(path, found);
  // Another one may be about to do the same, and to have taken its place already: what is moved away is looked at again.
  const aside = `${file}.${nanoid()}`;
  if (!tryTo(() => renameSync(file, aside), 'ENOENT')) return;
  try {
    const moved = textIn(aside);
    if (moved === undefined || moved === found) return;
    tryTo(() => linkSync(aside, file), 'EEXIST');
    refuseLiving(path, moved);
  } finally {
    rmSync(aside, { force: true });
  }
}

function refuseLiving(path: string, found: string): void {
  const owner = ownerIn(found);
  if (owner === undefined || !isAlive(owner)) return;
  const whose = owner.pid === process.pid ? 'another pool of this process' : `the process ${owner.pid}`;
  throw new JournalError(
    'JOURNAL_LOCKED',
    path,
    `the journal ${path} is in use by ${whose}: close its pool, or give this one a journal of its own`,
  );
}

function isAlive({ pid, begun }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return begun === undefined || begun === beginOf(pid);
}

/** When a process began, as Linux tells it; `undefined` elsewhere, and of one that has ended and is only not buried yet. */
function beginOf(pid: number): string | undefined {
  const text = textIn(`/proc/${pid}/stat`);
  // The name of the program, in brackets, may hold anything.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

function ownerIn(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Owner | null;
    return Number.isSafeInteger(owner?.pid) ? (owner as Owner) : undefined;
  } catch {
    // It was being written when its process died: it is written whole, or not at all, by those who live.
    return undefined;
  }
}

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** False where it fails with that code. */
function tryTo(act: () => void, code: string): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === code) return false;
    throw error;
  }
}
