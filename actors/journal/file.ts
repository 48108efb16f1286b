import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { JournalError } from '../errors.ts';
import { lock } from './lock.ts';

const { O_CREAT, O_RDWR } = constants;

/** A journal's file: held for this process, and written at its end only. All that fails is told as a JournalError. */
export class JournalFile {
  /** Where it really is. */
  readonly path: string;
  readonly #unlock: () => void;
  #fd: number;
  #size: number;
  /** Why nothing can be written to it any more: it cannot be known what is in it. */
  #broken: JournalError | undefined;

  /** Opens the file, or makes it, readable to this user only. @throws {JournalError} */
  constructor(path: string) {
    this.#fd = attempt(path, 'opened', () => openSync(path, O_RDWR | O_CREAT, 0o600));
    try {
      if (!fstatSync(this.#fd).isFile()) {
        throw new JournalError('JOURNAL', path, `the journal ${path} is not a file: name one, or a new one`);
      }
      this.path = realpathSync(path);
      this.#unlock = attempt(path, 'locked', () => lock(this.path));
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
    this.#size = 0;
  }

  /** How long it is, in bytes. */
  get size(): number {
    return this.#size;
  }

  /** All that is in it. @throws {JournalError} */
  read(): Buffer {
    const bytes = attempt(this.path, 'read', () => readFileSync(this.#fd));
    this.#size = bytes.length;
    return bytes;
  }

  /** Cuts off what stands behind `size`. @throws {JournalError} */
  cut(size: number): void {
    attempt(this.path, 'written', () => ftruncateSync(this.#fd, size));
    this.#size = size;
  }

  /** Writes at the end: all of it, or nothing. Answers what is wrong. */
  append(text: string): JournalError | undefined {
    if (this.#broken !== undefined) return this.#broken;
    const bytes = Buffer.from(text);
    let written = 0;
    try {
      while (written < bytes.length) {
        written += writeSync(this.#fd, bytes, written, bytes.length - written, this.#size + written);
      }
    } catch (error) {
      const problem = errorOf(this.path, 'written', error);
      try {
        if (written > 0) this.cut(this.#size);
      } catch {
        // A part of the group stands at the end, and nothing may be written behind it.
        this.#broken = problem;
      }
      return problem;
    }
    this.#size += bytes.length;
    return undefined;
  }

  /** Sees to it that what was written outlives the machine's power; tells what is wrong. */
  sync(then: (error: JournalError | undefined) => void): void {
    fdatasync(this.#fd, (error) => {
      // What a failed sync has kept is not known, and a second one would not tell.
      if (error !== null) this.#broken = errorOf(this.path, 'written', error);
      then(this.#broken);
    });
  }

  /** Puts another text in its place: whole, or not at all. @throws {JournalError} */
  replace(text: string): void {
    const draft = `${this.path}.new`;
    attempt(this.path, 'compacted', () => {
      const fd = openSync(draft, 'w+', 0o600);
      try {
        const bytes = Buffer.from(text);
        for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
        fsyncSync(fd);
        renameSync(draft, this.path);
        closeSync(this.#fd);
        this.#fd = fd;
        this.#size = bytes.length;
      } catch (error) {
        closeSync(fd);
        rmSync(draft, { force: true });
        throw error;
      }
      syncFolder(dirname(this.path));
    });
  }

  /** Gives it back. */
  close(): void {
    closeSync(this.#fd);
    this.#unlock();
  }
}

/** The new name of a file is in its folder, which has a cache of its own. Not every system lets a folder be opened. */
function syncFolder(path: string): void {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function attempt<T>(path: string, verb: string, act: () => T): T {
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
  EACCES: 'this user may not do that: change its permissions, or take another file',
  EPERM: 'this user may not do that: change its permissions, or take another file',
  EROFS: 'its file system is read-only: take another file',
  ENOSPC: 'no space is left on its file system: free some',
  EDQUOT: 'this user has no space left: free some',
  EFBIG: 'it is as large as a file may be here: raise the limit, or take another file',
};

function errorOf(path: string, verb: string, error: unknown): JournalError {
  if (error instanceof JournalError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const why = remedies[code] === undefined ? message : `${remedies[code]} (${code})`;
  return new JournalError('JOURNAL', path, `the journal ${path} cannot be ${verb}: ${why}`, error);
}
