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

/** How many links are followed, one after the other, to a file that is not there yet. */
const LINKS = 40;

/** A journal's file: held for this process, and written at its end only. All that fails is told as a JournalError. */
export class JournalFile {
  /** Where it really is. */
  readonly path: string;
  readonly #isPowerProof: boolean;
  readonly #lock: Lock;
  #fd: number;
  /** Which file that is, whatever name it has. */
  #identity: Pick<Stats, 'dev' | 'ino'>;
  #size = 0;
  /** How much of it was found in its place; what stands behind it nobody was told of. */
  #confirmed = 0;
  /** Why nothing can be written to it any more: it cannot be known what is in it. */
  #broken: JournalError | undefined;

  /** Opens the file, or makes it, readable to this user only. @throws {JournalError} */
  constructor(path: string, isPowerProof = false) {
    this.#isPowerProof = isPowerProof;
    this.path = attempt(path, 'opened', () => placeOf(path));
    // Whoever had it before has written it anew, perhaps, as long as he had it: it is opened when it is ours.
    this.#lock = new Lock(this.path);
    try {
      this.#fd = attempt(path, 'opened', () => openSync(this.path, O_RDWR | O_CREAT | O_APPEND, 0o600));
      this.#identity = fstatSync(this.#fd);
    } catch (error) {
      this.#lock.release();
      throw error;
    }
  }

  /** How long it is, in bytes. */
  get size(): number {
    return this.#size;
  }

  /** All that is in it. @throws {JournalError} */
  read(): Buffer {
    const bytes = attempt(this.path, 'read', () => readFileSync(this.#fd));
    this.#size = bytes.length;
    this.#confirmed = bytes.length;
    return bytes;
  }

  /** Cuts off what stands behind `size`. @throws {JournalError} */
  cut(size: number): void {
    attempt(this.path, 'written', () => ftruncateSync(this.#fd, size));
    this.#size = size;
    this.#confirmed = Math.min(this.#confirmed, size);
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
      if (written > 0) this.#takeBack(problem);
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

  /**
   * Looks whether what was appended is where the next pool looks for it, before anybody is told that it is written. Where it is
   * not, nothing of it stays: answers why, or `gone` where no file is there any more.
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

  /** Puts another text in its place: whole, or not at all. @throws {JournalError} */
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
   * Writes this text to a new file where its own has been removed; never over another one. What was appended and not confirmed
   * is to be in the text.
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

  /** Sees to it that its name outlives the machine's power too, where that is asked for. @throws {JournalError} */
  syncName(): void {
    if (!this.#isPowerProof) return;
    try {
      syncFolder(dirname(this.path));
    } catch (error) {
      this.#broken = errorOf(this.path, 'written', error);
      throw this.#broken;
    }
  }

  /** Gives it back. Never throws: what fails is told. */
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
      // A part of the group stands at the end, and nothing may be written behind it.
      this.#broken ??= problem;
    }
  }
}

function discard({ name, fd }: Draft): void {
  tolerate(() => closeSync(fd));
  tolerate(() => unlinkSync(name));
}

/** Where a file really is, or will be. @throws what the system says, or {JournalError} where it is no file */
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
