import type { Live, TaskId } from '../ledger/ledger.ts';
import { FRAME, failedRecord, knownRecord, lineOf, submittedRecord } from './records.ts';

const NONE: readonly PendingRecord[] = [];

/** A task that was accepted and has not settled. */
export class PendingRecord implements Live {
  readonly id: TaskId;
  /** The task and its options, as text in the file. */
  readonly body: string;
  /** The entry of the task in this process. `undefined` if the task ended, but its outcome could not be written. */
  owner: unknown;
  place: Live['place'];
  /** The number of failed attempts that are written. */
  failed = 0;
  /** The follow-ups that its verdict has created. */
  followUps: readonly PendingRecord[] = NONE;
  /** The outcome that waits to be written, as text in the file. */
  outcome: string | undefined = undefined;
  /** The end of the task, for the client: the record only keeps it. */
  end: unknown = undefined;
  /** The neighbours among the pending records. */
  prev: PendingRecord | undefined = undefined;
  next: PendingRecord | undefined = undefined;
  isPending = false;
  /** Is called when the task is accepted. */
  declare onWritten: ((id: TaskId) => void) | undefined;

  constructor(id: TaskId, body: string, owner: unknown, place: PendingRecord['place']) {
    this.id = id;
    this.body = body;
    this.owner = owner;
    this.place = place;
  }

  /** Counts a failed attempt at the task, and returns that record. */
  countFailure(): string {
    return failedRecord(this.id, ++this.failed);
  }
}

// Few tasks have it: it stands here until a task sets it.
PendingRecord.prototype.onWritten = undefined;

/**
 * The tasks of a journal that have not settled: a list in the order of their acceptance, and an index by the callers' ids.
 * An index of all would be a map that grows and shrinks with each task. Its abandoned tables keep later ones from being
 * garbage collected.
 */
export class PendingRecords implements Iterable<PendingRecord> {
  readonly #byId = new Map<string, PendingRecord>();
  #first: PendingRecord | undefined;
  #last: PendingRecord | undefined;
  size = 0;
  /** The approximate size of their lines, in bytes. */
  bytes = 0;

  /** Returns the record of the task to which its caller gave that id. */
  get(id: string): PendingRecord | undefined {
    return this.#byId.get(id);
  }

  add(record: PendingRecord): void {
    if (record.isPending) return;
    record.isPending = true;
    record.prev = this.#last;
    if (this.#last === undefined) this.#first = record;
    else this.#last.next = record;
    this.#last = record;
    this.size++;
    this.bytes += record.body.length + FRAME;
    if (typeof record.id === 'string') this.#byId.set(record.id, record);
  }

  delete(record: PendingRecord): void {
    if (!record.isPending) return;
    record.isPending = false;
    const { prev, next } = record;
    if (prev === undefined) this.#first = next;
    else prev.next = next;
    if (next === undefined) this.#last = prev;
    else next.prev = prev;
    // A pointer from an old record to a younger one would keep all later ones from being garbage collected.
    record.prev = undefined;
    record.next = undefined;
    this.size--;
    this.bytes -= record.body.length + FRAME;
    if (typeof record.id === 'string') this.#byId.delete(record.id);
  }

  *[Symbol.iterator](): Generator<PendingRecord> {
    for (let record = this.#first; record !== undefined; record = record.next) yield record;
  }

  /** Yields the lines of the records that are written. */
  *lines(): Generator<string> {
    for (const { id, body, place, failed } of this) {
      if (place !== 'written') continue;
      yield lineOf(submittedRecord(id, body));
      if (failed > 0) yield lineOf(failedRecord(id, failed));
    }
  }
}

/** The recorded outcomes of tasks with an id: the latest ones, as many as must be kept. */
export class Outcomes {
  readonly #keep: number;
  readonly #texts = new Map<string, string>();
  #size = 0;

  constructor(keep: number) {
    this.#keep = keep;
  }

  get count(): number {
    return this.#texts.size;
  }

  /** The approximate size of their lines, in bytes. */
  get size(): number {
    return this.#size;
  }

  get(id: string): string | undefined {
    return this.#texts.get(id);
  }

  set(id: string, text: string): void {
    this.#forget(id);
    this.#texts.set(id, text);
    this.#size += text.length + FRAME;
    if (this.#texts.size <= this.#keep) return;
    for (const oldest of this.#texts.keys()) return this.#forget(oldest);
  }

  /** Returns their lines for a compacted journal, the oldest first. */
  lines(): string[] {
    return [...this.#texts].map(([id, text]) => lineOf(knownRecord(id, text)));
  }

  #forget(id: string): void {
    const text = this.#texts.get(id);
    if (text === undefined) return;
    this.#texts.delete(id);
    this.#size -= text.length + FRAME;
  }
}
