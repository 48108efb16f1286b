import type { JournalError } from '../errors/errors.ts';
import { queueMicrotask, setImmediate } from '../platform/platform.ts';
import { warn } from './disk.ts';
import { JournalFile } from './file.ts';
import { Outcomes } from './outcomes.ts';
import { headLine, PendingRecord, PendingRecords, settledLine, submittedLine, type TaskId } from './records.ts';
import { type Replay, recover } from './replay.ts';

/** The file where a pool writes down the tasks that it has accepted, and how they ended. */
export interface JournalOptions {
  /** A file that is made where there is none. */
  readonly path: string;
  /**
   * The event that an accepted task outlives: the end of this process, however it comes, or a loss of the machine's power too.
   * For `power` each group of records waits for the disk. @default 'process'
   */
  readonly durability?: 'process' | 'power';
  /** The number of outcomes of tasks with an `id`, the latest, that are remembered. @default 100000 */
  readonly keep?: number;
}

/** The size of a journal, in tasks and in bytes. */
export interface JournalStats {
  /** Accepted and not settled, as the file has it. */
  readonly live: number;
  /** Outcomes that are remembered. */
  readonly known: number;
  /** Tasks that were live when the journal was opened. */
  readonly recovered: number;
  /** The size of the file, in bytes. */
  readonly bytes: number;
}

/** Hears that what was staged is written, or why it is not. */
type Then = (error: JournalError | undefined) => void;

/** So much is written at once, whatever the event loop does. In characters. */
const LARGE = 1 << 20;

/** A file smaller than this is not compacted while it is written, nor when it is opened. In bytes. */
const SMALL = 1 << 20;
const SMALL_AT_OPENING = 1 << 16;

/** A file that is so many times as large as what must be kept of it is compacted. */
const WASTE = 3;

/**
 * What a pool has accepted, in a file that outlives it: a line for each task that is accepted and each that settles, written
 * once a turn of the event loop, all lines of the turn together. Nothing is told to anybody before it is written.
 */
export class Journal {
  readonly #file: JournalFile;
  readonly #kind: string;
  readonly #isPowerProof: boolean;
  readonly #pending = new PendingRecords();
  readonly #outcomes: Outcomes;
  readonly #recovered: number;
  #number: number;
  #small = SMALL;
  #text = '';
  #staged: Then[] = [];
  #arriving = 0;
  #isScheduled = false;
  #isSyncing = false;
  /** What is live and known is behind the file as long as it tells: nothing is written meanwhile. */
  #isTelling = false;
  #isClosed = false;
  /** Whether the file is not in its place, and that was told. */
  #isLost = false;

  private constructor(file: JournalFile, kind: string, found: Replay, options: JournalOptions) {
    this.#file = file;
    this.#kind = kind;
    this.#isPowerProof = options.durability === 'power';
    this.#outcomes = new Outcomes(options.keep ?? 100_000);
    this.#number = found.highest;
    this.#recovered = found.pending.size;
    for (const [id, { body }] of found.pending) this.#pending.add(new PendingRecord(id, body, undefined, 'written'));
    for (const [id, outcome] of found.outcomes) this.#outcomes.set(id, outcome);
  }

  /**
   * Opens a kind's journal, or makes it. Answers what it found too: what was accepted and has not settled.
   *
   * @throws {JournalError} when it cannot be opened, is in use, is another kind's, or has a line that is no record
   */
  static open(options: JournalOptions, kind: string): { journal: Journal; found: Replay } {
    const file = new JournalFile(options.path, options.durability === 'power');
    try {
      const found = recover(file, kind);
      const journal = new Journal(file, kind, found, options);
      journal.#compact(SMALL_AT_OPENING);
      return { journal, found };
    } catch (error) {
      file.close();
      throw error;
    }
  }

  get stats(): JournalStats {
    return {
      live: this.#pending.size,
      known: this.#outcomes.count,
      recovered: this.#recovered,
      bytes: this.#file.size,
    };
  }

  /** Where its file really is. */
  get path(): string {
    return this.#file.path;
  }

  /** How many tasks wait for their record to be written. */
  get arriving(): number {
    return this.#arriving;
  }

  /** Whether somebody waits for what is being written, or is about to be. */
  get isWriting(): boolean {
    return this.#staged.length > 0 || this.#isSyncing;
  }

  /** The task of that id that has not settled. */
  find(id: TaskId): PendingRecord | undefined {
    return this.#pending.get(id);
  }

  /** How the task of that id ended, as it is written; `undefined` where that is not known. */
  outcomeOf(id: string): string | undefined {
    return this.#outcomes.get(id);
  }

  /** Buffers a task that is accepted once `then` is called without an error. It gets a number where it has no `id`. */
  add(
    id: string | undefined,
    body: string,
    owner: unknown,
    then: (record: PendingRecord, error?: JournalError) => void,
  ): PendingRecord {
    const record = new PendingRecord(id ?? ++this.#number, body, owner, 'buffered');
    // A large one may be written at once.
    this.#bufferNew(record, (error) => then(record, error));
    return record;
  }

  /** Makes a follow-up of a verdict that is about to be staged. */
  reserve(body: string, owner: unknown): PendingRecord {
    const record = new PendingRecord(++this.#number, body, owner, 'reserved');
    this.#pending.add(record);
    return record;
  }

  /** Buffers how a task ended, with the follow-ups that were reserved. `outcome`: of `outcomeText`. */
  settle(record: PendingRecord, outcome: string, then: Then): void {
    if (record.place === 'reserved') this.#pending.delete(record);
    // Nothing of it is in the file.
    if (this.#isClosed || !this.#pending.has(record)) return then(undefined);
    const followUps = record.followUps.filter((each) => this.#pending.has(each));
    for (const each of followUps) each.place = 'buffered';
    this.#buffer(settledLine(record.id, outcome, followUps), (error) => {
      if (error === undefined) {
        this.#pending.delete(record);
        if (typeof record.id === 'string') this.#outcomes.set(record.id, outcome);
        for (const each of followUps) each.place = 'written';
      } else {
        // It is live in the file, and its follow-ups are not there.
        record.owner = undefined;
        record.followUps = [];
        for (const each of followUps) this.#pending.delete(each);
      }
      then(error);
    });
  }

  /** Resolves when everything that is staged now is written, or could not be. */
  written(): Promise<void> {
    if (!this.isWriting) return Promise.resolve();
    return new Promise((resolve) => this.#buffer('', () => resolve()));
  }

  /** Writes what is staged, where nothing is being written. */
  commit(): void {
    if (this.#isSyncing || this.#isTelling || this.#staged.length === 0) return;
    const group = this.#staged;
    const text = this.#text;
    this.#staged = [];
    this.#text = '';
    if (text === '') return this.#tell(group, undefined);
    const error = this.#file.append(text);
    if (error !== undefined) return this.#tell(group, error);
    if (!this.#isPowerProof) return this.#tell(group, this.#confirm(text));
    this.#isSyncing = true;
    this.#file.sync((problem) => {
      this.#isSyncing = false;
      this.#tell(group, problem ?? this.#confirm(text));
      this.commit();
    });
  }

  /** Writes what is staged and gives the file back. What ends later is not written. Never rejects. */
  async close(): Promise<void> {
    while (this.isWriting) await this.written();
    if (this.#isClosed) return;
    this.#isClosed = true;
    // What is still to be done is the next pool's, which must find it.
    if (this.#pending.size > 0) this.#confirm('');
    this.#file.close();
  }

  #bufferNew(record: PendingRecord, then: Then): void {
    record.place = 'buffered';
    this.#pending.add(record);
    this.#arriving++;
    this.#buffer(submittedLine(record.id, record.body), (error) => {
      this.#arriving--;
      if (error === undefined) record.place = 'written';
      else this.#pending.delete(record);
      then(error);
    });
  }

  #buffer(line: string, then: Then): void {
    this.#text += line;
    this.#staged.push(then);
    if (this.#text.length > LARGE) this.commit();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.commit();
    });
  }

  #tell(group: readonly Then[], error: JournalError | undefined): void {
    this.#isTelling = true;
    for (const then of group) {
      try {
        then(error);
      } catch (fault) {
        // The others are told all the same.
        queueMicrotask(() => {
          throw fault;
        });
      }
    }
    this.#isTelling = false;
    if (!this.#isClosed) this.#compact(this.#small);
  }

  /**
   * Looks, before anybody is told, whether what was appended is in the file that bears the journal's name; writes the journal
   * anew where that has been removed. Answers what is wrong, and warns of it once.
   */
  #confirm(text: string): JournalError | undefined {
    const place = this.#file.confirm();
    this.#isLost &&= place !== 'written';
    if (place === 'written') return undefined;
    try {
      if (place !== 'gone') throw place;
      this.#file.renew(this.#digest() + text);
      warn(
        `the journal ${this.path} was removed while the pool used it: the pool has written it again, with all unfinished tasks and kept outcomes`,
      );
      return undefined;
    } catch (error) {
      if (!this.#isLost) warn((error as JournalError).message);
      this.#isLost = true;
      return error as JournalError;
    }
  }

  /** Writes the file anew without what has settled, where that is worth it. One that fails is tried again much later. */
  #compact(small: number): void {
    if (this.#file.size <= Math.max(small, WASTE * (this.#pending.bytes + this.#outcomes.size))) return;
    try {
      this.#file.replace(this.#digest());
      this.#small = Math.max(SMALL, 2 * this.#file.size);
    } catch (error) {
      this.#small = 2 * this.#file.size;
      warn((error as JournalError).message);
    }
  }

  /** What a file must hold at least: what has names and has settled, and what is live and was told to be written. */
  #digest(): string {
    return [headLine(this.#kind), ...this.#outcomes.lines(), ...this.#pending.lines()].join('');
  }
}
