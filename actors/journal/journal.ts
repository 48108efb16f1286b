import type { JournalError } from '../errors.ts';
import { setImmediate } from '../platform.ts';
import { JournalFile } from './file.ts';
import { Outcomes } from './outcomes.ts';
import { FRAME, headLine, settledLine, submittedLine, type TaskId } from './records.ts';
import { type Replay, replay } from './replay.ts';

/** Where a pool writes down what it has accepted, and what became of it. */
export interface JournalOptions {
  /** A file that is made where there is none. */
  readonly path: string;
  /**
   * What an accepted task outlives: the end of this process, however it comes, or that of the machine's power too. Then each
   * group of records waits for the disk. @default 'process'
   */
  readonly durability?: 'process' | 'power';
  /** How many outcomes of tasks with an `id` are remembered, the latest. @default 100000 */
  readonly keep?: number;
}

/** What a journal holds. */
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

/** A task that was accepted and has not settled. */
export class Live {
  readonly id: TaskId;
  /** Its task and options as they are written. */
  readonly body: string;
  /** Whoever works at it; nobody, where it ended and that could not be written. */
  owner: unknown;
  /** How far it has come: `reserved` for a verdict that is not staged yet. */
  place: 'reserved' | 'staged' | 'written';
  /** What its verdict has made. */
  followUps: readonly Live[] = [];

  constructor(id: TaskId, body: string, owner: unknown, place: Live['place']) {
    this.id = id;
    this.body = body;
    this.owner = owner;
    this.place = place;
  }
}

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
  readonly #live = new Map<TaskId, Live>();
  readonly #known: Outcomes;
  readonly #recovered: number;
  #number: number;
  /** About how many bytes the lines of what is live have. */
  #kept = 0;
  #small = SMALL;
  #text = '';
  #staged: Then[] = [];
  #arriving = 0;
  #isScheduled = false;
  #isSyncing = false;
  #isClosed = false;

  private constructor(file: JournalFile, kind: string, found: Replay, options: JournalOptions) {
    this.#file = file;
    this.#kind = kind;
    this.#isPowerProof = options.durability === 'power';
    this.#known = new Outcomes(options.keep ?? 100_000);
    this.#number = found.highest;
    this.#recovered = found.live.size;
    for (const [id, { body }] of found.live) this.#enter(new Live(id, body, undefined, 'written'));
    for (const [id, outcome] of found.known) this.#known.set(id, outcome);
  }

  /**
   * Opens a kind's journal, or makes it. Answers what it found too: what was accepted and has not settled.
   *
   * @throws {JournalError} when it cannot be opened, is in use, is another kind's, or has a line that is no record
   */
  static open(options: JournalOptions, kind: string): { journal: Journal; found: Replay } {
    const file = new JournalFile(options.path);
    try {
      const bytes = file.read();
      const head = headLine(kind);
      const isNew = Buffer.from(head).subarray(0, bytes.length).equals(bytes) && bytes.length < head.length;
      if (isNew) file.cut(0);
      const problem = isNew ? file.append(head) : undefined;
      if (problem !== undefined) throw problem;
      const found = replay(isNew ? Buffer.from(head) : bytes, file.path, kind);
      if (found.torn > 0) {
        file.cut(found.size);
        const what = `its last ${found.torn} bytes were being written when its process ended`;
        process.emitWarning(`the journal ${file.path}: ${what}, and nobody was told of them: they were cut off`, {
          code: 'STATEPOOL_JOURNAL',
        });
      }
      const journal = new Journal(file, kind, found, options);
      journal.#compact(SMALL_AT_OPENING);
      return { journal, found };
    } catch (error) {
      file.close();
      throw error;
    }
  }

  get stats(): JournalStats {
    const { size } = this.#file;
    return { live: this.#live.size, known: this.#known.count, recovered: this.#recovered, bytes: size };
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
  find(id: TaskId): Live | undefined {
    return this.#live.get(id);
  }

  /** How the task of that id ended, as it is written; `undefined` where that is not known. */
  outcomeOf(id: string): string | undefined {
    return this.#known.get(id);
  }

  /** Stages a task that is accepted once `then` is called without an error. It gets a number where it has no `id`. */
  add(id: string | undefined, body: string, owner: unknown, then: Then): Live {
    const live = new Live(id ?? ++this.#number, body, owner, 'staged');
    this.#stageNew(live, then);
    return live;
  }

  /** Makes a follow-up of a verdict that is about to be staged. */
  reserve(body: string, owner: unknown): Live {
    const live = new Live(++this.#number, body, owner, 'reserved');
    this.#enter(live);
    return live;
  }

  /** Stages how a task ended, with the follow-ups that were reserved. `outcome`: of `outcomeText`. */
  settle(live: Live, outcome: string, then: Then): void {
    if (live.place === 'reserved') this.#leave(live);
    // Nothing of it is in the file.
    if (this.#isClosed || this.#live.get(live.id) !== live) return then(undefined);
    const followUps = live.followUps.filter((each) => this.#live.get(each.id) === each);
    for (const each of followUps) each.place = 'staged';
    this.#stage(settledLine(live.id, outcome, followUps), (error) => {
      if (error === undefined) {
        this.#leave(live);
        if (typeof live.id === 'string') this.#known.set(live.id, outcome);
        for (const each of followUps) each.place = 'written';
      } else {
        // It is live in the file, and its follow-ups are not there.
        live.owner = undefined;
        live.followUps = [];
        for (const each of followUps) this.#leave(each);
      }
      then(error);
    });
  }

  /** Resolves when everything that is staged now is written, or could not be. */
  written(): Promise<void> {
    if (!this.isWriting) return Promise.resolve();
    return new Promise((resolve) => this.#stage('', () => resolve()));
  }

  /** Writes what is staged, where nothing is being written. */
  commit(): void {
    if (this.#isSyncing || this.#staged.length === 0) return;
    const group = this.#staged;
    const text = this.#text;
    this.#staged = [];
    this.#text = '';
    const error = text === '' ? undefined : this.#file.append(text);
    if (error !== undefined || !this.#isPowerProof) return this.#tell(group, error);
    this.#isSyncing = true;
    this.#file.sync((problem) => {
      this.#isSyncing = false;
      this.#tell(group, problem);
      this.commit();
    });
  }

  /** Writes what is staged and gives the file back. What ends later is not written. */
  async close(): Promise<void> {
    while (this.isWriting) await this.written();
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#file.close();
  }

  #stageNew(live: Live, then: Then): void {
    live.place = 'staged';
    this.#enter(live);
    this.#arriving++;
    this.#stage(submittedLine(live.id, live.body), (error) => {
      this.#arriving--;
      if (error === undefined) live.place = 'written';
      else this.#leave(live);
      then(error);
    });
  }

  #stage(line: string, then: Then): void {
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
    for (const then of group) then(error);
    if (!this.#isClosed) this.#compact(this.#small);
  }

  /** Writes the file anew without what has settled, where that is worth it. One that fails is tried again much later. */
  #compact(small: number): void {
    if (this.#file.size <= Math.max(small, WASTE * (this.#kept + this.#known.size))) return;
    const lines = [headLine(this.#kind), ...this.#known.lines()];
    for (const live of this.#live.values()) if (live.place === 'written') lines.push(submittedLine(live.id, live.body));
    try {
      this.#file.replace(lines.join(''));
      this.#small = Math.max(SMALL, 2 * this.#file.size);
    } catch (error) {
      this.#small = 2 * this.#file.size;
      process.emitWarning((error as JournalError).message, { code: 'STATEPOOL_JOURNAL' });
    }
  }

  #enter(live: Live): void {
    if (this.#live.get(live.id) === live) return;
    this.#live.set(live.id, live);
    this.#kept += live.body.length + FRAME;
  }

  #leave(live: Live): void {
    if (this.#live.get(live.id) !== live) return;
    this.#live.delete(live.id);
    this.#kept -= live.body.length + FRAME;
  }
}
