import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { JournalError } from '../errors/errors.ts';
import { attempt, type Draft, draft, errorOf, syncFolder, tolerate, warn } from './disk.ts';
import { Lock } from './lock.ts';

const { O_APPEND, O_CREAT, O_RDWR } = constants;

/** The most links that are followed, one after the other, to a file that does not exist yet. */
const LINKS = 40;

/** The size of the buffer for the texts that are written. In bytes. */
const BUFFER = 1 << 16;

/** The most bytes of one character of a string. */
const WIDEST = 3;

/** A journal's file. This process holds its lock and writes only at its end. Every failure is a JournalError. */
export class JournalFile {
  /** The real path of the file. */
  readonly path: string;
  readonly #isPowerProof: boolean;
  readonly #lock: Lock;
  #fd: number;
  /** The device and inode of the open file: they identify it under any name. */
  #identity: Pick<Stats, 'dev' | 'ino'>;
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER);
  #size = 0;
  /** The number of bytes that were found in their place. No caller was notified of the bytes after them. */
  #confirmed = 0;
  /** The reason why nothing can be written any more: the contents of the file are unknown. */
  #broken: JournalError | undefined;

  /** Opens the file, or creates it, readable to this user only. @throws {JournalError} */
  constructor(path: string, isPowerProof = false) {
    this.#isPowerProof = isPowerProof;
    this.path = attempt(path, 'opened', () => placeOf(path));
    // The file is opened after the lock is taken: until then, its former owner may replace it.
    this.#lock = new Lock(this.path);
    try {
      this.#fd = attempt(path, 'opened', () => openSync(this.path, O_RDWR | O_CREAT | O_APPEND, 0o600));
      this.#identity = fstatSync(this.#fd);
    } catch (error) {
      this.#lock.release();
      throw error;
    }
  }

  /** The size of the file, in bytes. */
  get size(): number {
    return this.#size;
  }

  /** Reads the whole file. @throws {JournalError} */
  read(): Buffer {
    const bytes = attempt(this.path, 'read', () => readFileSync(this.#fd));
    this.#size = bytes.length;
    this.#confirmed = bytes.length;
    return bytes;
  }

  /** Cuts off everything after the first `size` bytes. @throws {JournalError} */
  cut(size: number): void {
    attempt(this.path, 'written', () => ftruncateSync(this.#fd, size));
    this.#size = size;
    this.#confirmed = Math.min(this.#confirmed, size);
  }

  /** Writes a text at the end: all of it, or nothing. Returns the error, if there is one. */
  append(text: string): JournalError | undefined {
    if (this.#broken !== undefined) return this.#broken;
    // A buffer for each text would be memory outside of the heap, which makes the garbage collector run often.
    const fits = text.length * WIDEST <= this.#buffer.length;
    const bytes = fits ? this.#buffer : Buffer.from(text);
    const length = fits ? bytes.write(text) : bytes.length;
    let written = 0;
    try {
      while (written < length) written += writeSync(this.#fd, bytes, written, length - written, this.#size + written);
    } catch (error) {
      const problem = errorOf(this.path, 'written', error);
      if (written > 0) this.#takeBack(problem);
      return problem;
    }
    this.#size += length;
    return undefined;
  }

  /** Syncs the written text, so that it survives a loss of power. Calls `then` with the error, if there is one. */
  sync(then: (error: JournalError | undefined) => void): void {
    fdatasync(this.#fd, (error) => {
      // After a failed sync the contents of the disk are unknown, and a second sync would not show that.
      if (error !== null) this.#broken = errorOf(this.path, 'written', error);
      then(this.#broken);
    });
  }

  /**
   * Checks that the appended text is in the file that the next pool will open, before any caller is notified. If it is
   * not, returns the error, or `gone` if the file no longer exists. If another file is there, the text is cut off.
   */
  confirm(): 'written' | 'gone' | JournalError {
    if (this.#broken !== undefined) return this.#broken;
    try {
      const there = statSync(this.path, { throwIfNoEntry: false });
      if (there === undefined) return 'gone';
      if (!this.#is(there)) throw replaced(this.path);
      if (there.size !== this.#size) {
        this.#broken = changed(this.path, there.size, this.#size);
        return this.#broken;
      }
    } catch (error) {
      const problem = errorOf(this.path, 'written', error);
      this.#takeBack(problem);
      return problem;
    }
    this.#confirmed = this.#size;
    return 'written';
  }

  /** Replaces the contents of the file: as a whole, or not at all. @throws {JournalError} */
  replace(text: string): void {
    attempt(this.path, 'compacted', () => {
      const next = draft(this.path, text);
      try {
        renameSync(next.name, this.path);
      } catch (error) {
        discard(next);
        throw error;
      }
      this.#adopt(next);
    });
    this.syncName();
  }

  /**
   * Writes a text to a new file after the journal's file was removed. Never replaces another file. The text must
   * contain everything that was appended and not confirmed.
   *
   * @throws {JournalError}
   */
  renew(text: string): void {
    try {
      attempt(this.path, 'written again', () => {
        this.#lock.retake();
        const next = draft(this.path, text);
        try {
          linkSync(next.name, this.path);
        } catch (error) {
          discard(next);
          throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? replaced(this.path) : error;
        }
        tolerate(() => unlinkSync(next.name));
        this.#adopt(next);
      });
    } catch (error) {
      const { code, message } = error as JournalError;
      const what = `the journal ${this.path} was removed while the pool used it, and cannot be written again: ${message}`;
      const problem = new JournalError(code as 'JOURNAL', this.path, what, error);
      this.#takeBack(problem);
      throw problem;
    }
    this.syncName();
  }

  /** Syncs the name of the file, if the journal must survive a loss of power. @throws {JournalError} */
  syncName(): void {
    if (!this.#isPowerProof) return;
    try {
      syncFolder(dirname(this.path));
    } catch (error) {
      this.#broken = errorOf(this.path, 'written', error);
      throw this.#broken;
    }
  }

  /** Closes the file and releases its lock. Never throws: a failure is reported as a warning. */
  close(): void {
    try {
      closeSync(this.#fd);
    } catch (error) {
      warn(errorOf(this.path, 'closed', error).message);
    }
    this.#lock.release();
  }

  #is({ dev, ino }: Stats): boolean {
    return ino === this.#identity.ino && dev === this.#identity.dev;
  }

  #adopt({ fd, identity, size }: Draft): void {
    const former = this.#fd;
    this.#fd = fd;
    this.#identity = identity;
    this.#size = size;
    this.#confirmed = size;
    tolerate(() => closeSync(former));
  }

  #takeBack(problem: JournalError): void {
    try {
      this.cut(this.#confirmed);
    } catch {
      // A part of the text is still at the end, and nothing may be written after it.
      this.#broken ??= problem;
    }
  }
}

function discard({ name, fd }: Draft): void {
  tolerate(() => closeSync(fd));
  tolerate(() => unlinkSync(name));
}

/**
 * Returns the real path of a file, which may not exist yet.
 *
 * @throws the error of the system, or {JournalError} if the path is not a file
 */
function placeOf(path: string): string {
  let place = resolve(path);
  for (let links = 0; links < LINKS; links++) {
    const there = statSync(place, { throwIfNoEntry: false });
    if (there?.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
    if (there?.isFile()) return realpathSync(place);
    if (there !== undefined) {
      throw new JournalError('JOURNAL', path, `the journal ${path} is not a file: name a journal, or a new file`);
    }
    const folder = realpathSync(dirname(place));
    if (!lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) return join(folder, basename(place));
    place = resolve(folder, readlinkSync(place));
  }
  throw new JournalError('JOURNAL', path, `the journal ${path} is a circular link: name a file`);
}

function replaced(path: string): JournalError {
  const remedy = "put the journal's own file back, or close this pool and begin another journal";
  return new JournalError(
    'JOURNAL',
    path,
    `the journal ${path} was replaced by another file while the pool used it, and the pool does not write to that file: ${remedy}`,
  );
}

function changed(path: string, found: number, own: number): JournalError {
  const what = `it has ${found} bytes, but this pool has written ${own}`;
  return new JournalError(
    'JOURNAL',
    path,
    `the journal ${path} was changed by another program while the pool used it, and the pool writes nothing more to it: ${what}; close this pool, make sure that no other program writes to that file, and open it again`,
  );
}
