import { closeSync, constants, fstatSync, fsyncSync, openSync, type Stats, unlinkSync, writeSync } from 'node:fs';
import { nanoid } from 'nanoid';
import { JournalError } from '../errors/errors.ts';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;

/** A file that is written and has not got its name yet. */
export interface Draft {
  readonly name: string;
  readonly fd: number;
  readonly identity: Pick<Stats, 'dev' | 'ino'>;
  /** In bytes. */
  readonly size: number;
}

/** What the name of a journal's draft ends with, and that of a lock's: nobody can guess it, or have put something there. */
export const DRAFT_ID = /^[\w-]{21}$/;

/** Writes a text to a new file beside the journal, and on the disk. It follows no link. @throws what the system says */
export function draft(path: string, text: string): Draft {
  const name = `${path}.new.${nanoid()}`;
  const fd = openNew(name);
  try {
    const bytes = Buffer.from(text);
    writeAll(fd, bytes);
    fsyncSync(fd);
    return { name, fd, identity: fstatSync(fd), size: bytes.length };
  } catch (error) {
    tolerate(() => closeSync(fd));
    tolerate(() => unlinkSync(name));
    throw error;
  }
}

/** Opens a file that is not there yet, for this user only. It follows no link. @throws what the system says */
export function openNew(name: string): number {
  return openSync(name, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
}

/** Writes all of these bytes at the beginning of a file. @throws what the system says */
export function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, at);
}

/** Not every system lets a folder be opened, or be synced. */
const CANNOT_SYNC = new Set(['EISDIR', 'EACCES', 'EPERM', 'EINVAL', 'ENOTSUP', 'ENOSYS']);

/** The name of a file is in its folder, which has a cache of its own: writes that to the disk. @throws what the system says */
export function syncFolder(path: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    fsyncSync(fd);
  } catch (error) {
    if (!CANNOT_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    const opened = fd;
    if (opened !== undefined) tolerate(() => closeSync(opened));
  }
}

/** Does what may fail without harm; answers whether it did not. */
export function tolerate(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}

/** Does something with a journal's file; `verb` says what. @throws {JournalError} when it fails */
export function attempt<T>(path: string, verb: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw errorOf(path, verb, error);
  }
}

const remedies: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist: create it',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder: name a file in it',
  EACCES: 'this user has no permission: change the permissions, or use another file',
  EPERM: 'this user has no permission: change the permissions, or use another file',
  EROFS: 'its file system is read-only: use another file',
  ENOSPC: 'no space is left on its file system: free some space',
  EDQUOT: 'this user has no space left: free some space',
  EFBIG: 'it has the largest size that a file may have: raise the limit, or use another file',
};

/** What the system says of a journal's file, with what to do about it. */
export function errorOf(path: string, verb: string, error: unknown): JournalError {
  if (error instanceof JournalError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const why = remedies[code] === undefined ? message : `${remedies[code]} (${code})`;
  return new JournalError('JOURNAL', path, `the journal ${path} cannot be ${verb}: ${why}`, error);
}

/** Says what is wrong with a journal where no caller is there to be told. */
export function warn(message: string): void {
  process.emitWarning(message, { code: 'STATEPOOL_JOURNAL' });
}
