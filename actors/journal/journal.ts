import { JournalError } from '../errors/errors.ts';
import type { JournalStats, Ledger, LedgerClient, Live, TaskId } from '../ledger/ledger.ts';
import { queueMicrotask } from '../platform/platform.ts';
import { Outcomes, PendingRecord, PendingRecords } from './contents.ts';
import { warn } from './disk.ts';
import { JournalFile } from './file.ts';
import { Group } from './group.ts';
import { headLine, settledRecord, submittedRecord } from './records.ts';
import { type Recovered, type Replay, recover } from './replay.ts';

/** The options of a pool's journal: the file that records the accepted tasks and their outcomes. */
export interface JournalOptions {
  /** The path of the file. The pool creates the file if it does not exist. */
  readonly path: string;
  /**
   * The event that an accepted task survives: the end of this process, however it comes (`process`), or also a loss of
   * the machine's power (`power`). With `power`, each group of records waits for the disk.
   *
   * @default 'process'
   */
  readonly durability?: 'process' | 'power';
  /** The number of outcomes that are remembered: the latest ones of tasks with an `id`. @default 100000 */
  readonly keep?: number;
}

/** Is called when the record is written, or with the error that prevented it. */
type Then = (error: JournalError | undefined) => void;

/** The size below which a file is not compacted: during use, and when it is opened. In bytes. */
const SMALL = 1 << 20;
const SMALL_AT_OPENING = 1 << 16;

/** A file is compacted when it is more than this many times as large as the records that must be kept. */
const WASTE = 3;

/**
 * The records of a pool's accepted tasks, in a file that outlives the pool: one for each task that is accepted, and one
 * for each that settles. Records that come together are one line and one write. No caller is notified before that.
 */
export class Journal implements Ledger {
  readonly #file: JournalFile;
  readonly #kind: string;
  readonly #isPowerProof: boolean;
  /** The tasks that have not settled. */
  readonly pending = new PendingRecords();
  readonly #outcomes: Outcomes;
  readonly #recovered: number;
  #number: number;
  #small = SMALL;
  /** The records that wait to be written, with their tasks and other callers. */
  readonly #group: Group<PendingRecord | Then>;
  #arriving = 0;
  #isSyncing = false;
  /** Is true while callers are notified. Until all are, the tasks in memory lag behind the file: nothing is written. */
  #isNotifying = false;
  #isClosed = false;
  /** Is true while the file is not in its place and this was reported by a warning. */
  #isLost = false;
  /** Gets the word of the records. */
  client: LedgerClient | undefined;

  /** @internal */
  constructor(file: JournalFile, kind: string, found: Recovered, options: JournalOptions) {
    this.#file = file;
    this.#kind = kind;
    this.#isPowerProof = options.durability === 'power';
    this.#outcomes = new Outcomes(options.keep ?? 100_000);
    this.#group = new Group(this.#isPowerProof, () => this.commit());
    this.#number = found.highest;
    this.#recovered = found.pending.size;
    for (const [id, { body }] of found.pending) this.pending.add(new PendingRecord(id, body, undefined, 'written'));
    for (const [id, outcome] of found.outcomes) this.#outcomes.set(id, outcome);
    // The lines of this version must not follow the first line of an earlier one.
    if (found.isFormer) file.replace(this.#digest());
    this.#compact(SMALL_AT_OPENING);
  }

  get stats(): JournalStats {
    return {
      live: this.pending.size,
      known: this.#outcomes.count,
      recovered: this.#recovered,
      bytes: this.#file.size,
    };
  }

  /** The real path of the file. */
  get path(): string {
    return this.#file.path;
  }

  /** The number of tasks whose records wait to be written. */
  get arriving(): number {
    return this.#arriving;
  }

  /** Is true while callers wait for records to be written. */
  get isWriting(): boolean {
    return this.#group.size > 0 || this.#isSyncing;
  }

  /** Returns the task with that id that has not settled. */
  find(id: string): PendingRecord | undefined {
    return this.pending.get(id);
  }

  /** Returns the recorded outcome of the task with that id, or `undefined` if it is not known. */
  outcomeOf(id: string): string | undefined {
    return this.#outcomes.get(id);
  }

  /**
   * Buffers a new task. One without an `id` gets a number. `onWritten` is for the client. A large record may be written
   * at once: then the client hears of it before this function returns.
   */
  add(id: string | undefined, body: string, owner: unknown, onWritten?: (id: TaskId) => void): PendingRecord {
    const record = new PendingRecord(id ?? ++this.#number, body, owner, 'arriving');
    if (onWritten !== undefined) record.onWritten = onWritten;
    this.pending.add(record);
    this.#arriving++;
    this.#group.add(submittedRecord(record.id, body), record);
    return record;
  }

  /** Creates the record of a follow-up, before its verdict is buffered. */
  reserve(_origin: Live, body: string, owner: unknown): PendingRecord {
    const record = new PendingRecord(++this.#number, body, owner, 'reserved');
    this.pending.add(record);
    return record;
  }

  /** Buffers the number of failed attempts at a task that has another one. */
  fail(record: PendingRecord, then: Then): void {
    if (this.#isClosed || !record.isPending) return then(undefined);
    this.#group.add(record.countFailure(), then);
  }

  /**
   * Buffers the outcome of a task, with the follow-ups that were reserved. `outcome` comes from `outcomeText`; the client
   * gets `owner` and `end` back.
   */
  settle(record: PendingRecord, outcome: string, owner: unknown, end: unknown): void {
    if (record.place === 'reserved') this.pending.delete(record);
    // The file has no record of it.
    if (this.#isClosed || !record.isPending) return this.client?.settled(owner, end, record.followUps, undefined);
    record.owner = owner;
    record.end = end;
    record.outcome = outcome;
    if (record.followUps.length > 0) {
      record.followUps = record.followUps.filter(({ isPending }) => isPending);
      for (const each of record.followUps) each.place = 'buffered';
    }
    this.#group.add(settledRecord(record.id, outcome, record.followUps), record);
  }

  /** Returns the error of a task that has run, but whose end could not be written. */
  unsettled(name: string, problem: Error): JournalError {
    const { code, path } = problem as JournalError;
    const what = `the task ${name} has run, but its outcome is not in the journal, so it runs again at the next start`;
    return new JournalError(code as 'JOURNAL', path, `${what}: ${problem.message}`, problem);
  }

  /** Resolves when everything that is buffered now is written, or could not be. */
  written(): Promise<void> {
    if (!this.isWriting) return Promise.resolve();
    return new Promise((resolve) => this.#group.add('', () => resolve()));
  }

  /** Writes the buffered records, unless a write is under way. */
  commit(): void {
    if (this.#isSyncing || this.#isNotifying || this.#group.size === 0) return;
    const { text, waiting: group } = this.#group.take();
    if (text === '') return this.#notify(group, undefined);
    const error = this.#file.append(text);
    if (error !== undefined) return this.#notify(group, error);
    if (!this.#isPowerProof) return this.#notify(group, this.#confirm(text));
    this.#isSyncing = true;
    this.#file.sync((problem) => {
      this.#isSyncing = false;
      this.#notify(group, problem ?? this.#confirm(text));
      this.commit();
    });
  }

  /** Writes the buffered records and closes the file. Outcomes that come later are not written. Never rejects. */
  async close(): Promise<void> {
    while (this.isWriting) await this.written();
    if (this.#isClosed) return;
    this.#isClosed = true;
    // The next pool performs the pending tasks, so it must find them in the file.
    if (this.pending.size > 0) this.#confirm('');
    this.#file.close();
  }

  #notify(group: readonly (PendingRecord | Then)[], error: JournalError | undefined): void {
    this.#isNotifying = true;
    for (const each of group) {
      try {
        if (typeof each === 'function') each(error);
        else if (each.place === 'arriving') this.#onAccepted(each, error);
        else this.#onSettled(each, error);
      } catch (fault) {
        // The others must still be notified.
        queueMicrotask(() => {
          throw fault;
        });
      }
    }
    this.#isNotifying = false;
    if (!this.#isClosed) this.#compact(this.#small);
  }

  #onAccepted(record: PendingRecord, error: JournalError | undefined): void {
    this.#arriving--;
    record.place = error === undefined ? 'written' : 'refused';
    if (error !== undefined) this.pending.delete(record);
    this.client?.accepted(record, error);
  }

  #onSettled(record: PendingRecord, error: JournalError | undefined): void {
    const { id, owner, end, outcome = '', followUps } = record;
    if (error === undefined) {
      this.pending.delete(record);
      if (typeof id === 'string') this.#outcomes.set(id, outcome);
      for (const each of followUps) each.place = 'written';
    } else {
      // The task is still live in the file, and its follow-ups are not there.
      record.owner = undefined;
      record.outcome = undefined;
      record.followUps = [];
      for (const each of followUps) this.pending.delete(each);
    }
    this.client?.settled(owner, end, followUps, error);
  }

  /**
   * Checks, before callers are notified, that the appended text is in the file with the journal's name. Writes the
   * journal again if its file was removed. Returns the error, if there is one, and warns of it once.
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

  /** Writes the file again without the settled tasks, if that saves enough. Tries again much later after a failure. */
  #compact(small: number): void {
    if (this.#file.size <= Math.max(small, WASTE * (this.pending.bytes + this.#outcomes.size))) return;
    try {
      this.#file.replace(this.#digest());
      this.#small = Math.max(SMALL, 2 * this.#file.size);
    } catch (error) {
      this.#small = 2 * this.#file.size;
      warn((error as JournalError).message);
    }
  }

  /**
   * Returns the text that a file must hold: outcomes of tasks with an `id`, and live tasks whose records are written.
   */
  #digest(): string {
    return [headLine(this.#kind), ...this.#outcomes.lines(), ...this.pending.lines()].join('');
  }
}

/**
 * Opens a kind's journal, or creates it. Also returns its contents: the accepted tasks that have not settled.
 *
 * @throws {JournalError} if it cannot be opened, is in use, is another kind's, or has a line that is no record
 */
export function openJournal(options: JournalOptions, kind: string): { journal: Journal; found: Replay } {
  const file = new JournalFile(options.path, options.durability === 'power');
  try {
    const found = recover(file, kind);
    return { journal: new Journal(file, kind, found, options), found };
  } catch (error) {
    file.close();
    throw error;
  }
}
