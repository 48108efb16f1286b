import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { JournalError } from '../errors/errors.ts';
import { uniqueId } from '../platform/platform.ts';
import { attempt, DRAFT_ID, openNew, tolerate, warn, writeAll } from './disk.ts';
import { isTorn, type Owner, ownerIn, presenceOf, thisOwner } from './owner.ts';

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** The largest size of a lock, in bytes. */
const LARGEST = 1 << 16;

/** The most tries to take a lock that other processes keep taking and releasing. */
const TRIES = 100;

/** A journal's lock: a file beside the journal that names the process which holds it. */
export class Lock {
  readonly #path: string;
  readonly #file: string;
  readonly #own: Owner = thisOwner();
  readonly #text: string = JSON.stringify(this.#own);

  /**
   * Takes a journal for this process. A lock whose process has died is taken over.
   *
   * @throws {JournalError} with the code JOURNAL_LOCKED if another pool has the journal, in this process or another
   * one, or if the process that has it cannot be seen from here; with the code JOURNAL if the lock cannot be taken
   */
  constructor(path: string) {
    this.#path = path;
    this.#file = `${path}.lock`;
    this.#take();
    this.#sweep();
  }

  /** Takes the lock again if its file was removed. @throws {JournalError} */
  retake(): void {
    if (this.#read() !== this.#text) this.#take();
  }

  /** Releases the lock. Never throws: a lock that cannot be removed is reported as a warning. */
  release(): void {
    try {
      if (this.#read() === this.#text) unlinkSync(this.#file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      const what = `the journal ${this.#path} is closed, but its lock cannot be removed: ${(error as Error).message}`;
      warn(`${what}; remove ${this.#file}, or end this process, before the journal is used again`);
    }
  }

  #take(): void {
    const draft = `${this.#file}.${this.#own.nonce}`;
    try {
      attempt(this.#path, 'locked', () => {
        const fd = openNew(draft);
        try {
          writeAll(fd, Buffer.from(this.#text));
        } finally {
          closeSync(fd);
        }
        for (let tries = 0; !tryTo(() => linkSync(draft, this.#file), 'EEXIST'); tries++) {
          if (tries === TRIES)
            this.#refuse('JOURNAL_LOCKED', `other processes took the lock ${TRIES} times: try again`);
          this.#removeStale();
        }
      });
    } finally {
      tolerate(() => unlinkSync(draft));
    }
  }

  /** Removes the lock of a process that has died. @throws {JournalError} if the process lives, or cannot be seen */
  #removeStale(): void {
    const found = this.#read();
    if (found === undefined) return;
    this.#refuseOther(found);
    // Another process may have removed this lock already and put its own there. So the moved lock is read again.
    const aside = `${this.#file}.${uniqueId()}`;
    if (!tryTo(() => renameSync(this.#file, aside), 'ENOENT')) return;
    try {
      const moved = this.#read(aside);
      if (moved === undefined || moved === found) return;
      tryTo(() => linkSync(aside, this.#file), 'EEXIST');
      this.#refuseOther(moved);
    } finally {
      tolerate(() => unlinkSync(aside));
    }
  }

  #refuseOther(found: string): void {
    const owner = ownerIn(found);
    if (owner === undefined) {
      if (isTorn(found)) return;
      this.#refuse('JOURNAL', `${this.#file} is not a lock of a journal: move it away, or rename the journal`);
    }
    const { pid, host, namespace = 'of this host' } = owner;
    switch (presenceOf(owner, this.#own)) {
      case 'gone':
        return;
      case 'alive':
        return this.#refuse(
          'JOURNAL_LOCKED',
          `it is in use by ${pid === process.pid ? 'another pool of this process' : `the process ${pid}`}: close its pool, or give this one a journal of its own`,
        );
      case 'hidden':
        this.#refuse(
          'JOURNAL_LOCKED',
          `it is in use by the process ${pid} on the host ${host} (pid namespace ${namespace}), which cannot be seen from here: close its pool, or remove ${this.#file} when that process is gone`,
        );
    }
  }

  /** Reads a lock, or returns `undefined` if there is none. @throws {JournalError} if something else is in its place */
  #read(file: string = this.#file): string | undefined {
    let fd: number;
    try {
      fd = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return undefined;
      const what = code === 'ELOOP' ? 'it is a link' : message;
      return this.#refuse('JOURNAL', `${file} cannot be read as a lock: ${what}: move it away`, error);
    }
    try {
      const stat = fstatSync(fd);
      const what = stat.isDirectory() ? 'a folder' : stat.isFile() ? 'too large' : 'not a file';
      if (stat.isFile() && stat.size <= LARGEST) return readFileSync(fd, 'utf8');
      return this.#refuse('JOURNAL', `${file} cannot be read as a lock: it is ${what}: move it away`);
    } finally {
      tolerate(() => closeSync(fd));
    }
  }

  /** Removes the drafts of processes that died during a write: no other process uses this journal now. */
  #sweep(): void {
    const folder = dirname(this.#path);
    const name = basename(this.#path);
    tolerate(() => {
      for (const each of readdirSync(folder)) {
        if (!each.startsWith(`${name}.`) || !DRAFT_ID.test(each.slice(-21))) continue;
        const what = each.slice(name.length, -21);
        const file = join(folder, each);
        if (what === '.new.' || (what === '.lock.' && this.#isAbandoned(file))) tolerate(() => unlinkSync(file));
      }
    });
  }

  /** Returns whether a process died while it took the lock. A lock without text yet belongs to a living process. */
  #isAbandoned(file: string): boolean {
    const owner = ownerIn(this.#read(file) ?? '');
    return owner !== undefined && presenceOf(owner, this.#own) === 'gone';
  }

  #refuse(code: 'JOURNAL' | 'JOURNAL_LOCKED', why: string, cause?: unknown): never {
    throw new JournalError(code, this.#path, `the journal ${this.#path} cannot be locked: ${why}`, cause);
  }
}

/** Calls a function. Returns false if it fails with that code. */
function tryTo(act: () => void, code: string): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === code) return false;
    throw error;
  }
}
