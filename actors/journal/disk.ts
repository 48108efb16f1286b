import { closeSync, constants, fstatSync, fsyncSync, openSync, type Stats, unlinkSync, writeSync } from 'node:fs';
import { JournalError } from '../errors/errors.ts';
import { uniqueId } from '../platform/platform.ts';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;

/** A file that is written and does not have its final name yet. */
export interface Draft {
  readonly name: string;
  readonly fd: number;
  readonly identity: Pick<Stats, 'dev' | 'ino'>;
  /** The size in bytes. */
  readonly size: number;
}

/** The random end of the name of a journal's or a lock's draft: no other program can have put a file there. */
export const DRAFT_ID = /^[\w-]{21}$/;

/**
 * Writes a text to a new file beside the journal, and syncs it to the disk. Follows no link.
 *
 * @throws the error of the system
 */
export function draft(path: string, text: string): Draft {
  const name = `${path}.new.${uniqueId()}`;
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

/** Creates a file that must not exist yet, for this user only. Follows no link. @throws the error of the system */
export function openNew(name: string): number {
  return openSync(name, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
}

/** Writes all of these bytes at the beginning of a file. @throws the error of the system */
export function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, at);
}

/** The errors of systems that do not let a folder be opened or synced. */
const CANNOT_SYNC = new Set(['EISDIR', 'EACCES', 'EPERM', 'EINVAL', 'ENOTSUP', 'ENOSYS']);

/**
 * Syncs a folder to the disk: it holds the names of its files, and has a cache of its own.
 *
 * @throws the error of the system
 */
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

/** Calls a function that may fail without harm. Returns whether it succeeded. */
export function tolerate(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}

/** Calls a function on a journal's file. `verb` names its work in the error. @throws {JournalError} if it fails */
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

/** Returns the JournalError for an error of the system, with a remedy. */
export function errorOf(path: string, verb: string, error: unknown): JournalError {
  if (error instanceof JournalError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const why = remedies[code] === undefined ? message : `${remedies[code]} (${code})`;
  return new JournalError('JOURNAL', path, `the journal ${path} cannot be ${verb}: ${why}`, error);
}

/** Warns of a problem with a journal when no caller is there to receive it. */
export function warn(message: string): void {
  process.emitWarning(message, { code: 'STATEPOOL_JOURNAL' });
}
