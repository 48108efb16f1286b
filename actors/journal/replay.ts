import { isUtf8 } from 'node:buffer';
import { JournalError } from '../errors/errors.ts';
import type { TaskId } from '../ledger/ledger.ts';
import { warn } from './disk.ts';
import type { JournalFile } from './file.ts';
import { formerHeads, headLine, type JournalRecord, problemOfHead, recordsOf, type Submission } from './records.ts';

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const OPENING = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING = 0x5d;

/** The contents of a journal. */
export interface Replay {
  /** The tasks that were accepted and have not settled, in the order in which they were accepted. */
  readonly pending: Map<TaskId, Submission>;
  /** The recorded outcomes of tasks with an id, the oldest first. */
  readonly outcomes: Map<string, string>;
  /** The highest number that was given to a task without an id. */
  readonly highest: number;
  /** The size of all complete records, in bytes. */
  readonly size: number;
  /** The size of an incomplete record after them, in bytes. */
  readonly torn: number;
  /** Is true if the last record is complete and lacks only its line end. */
  readonly isUnended: boolean;
}

/** The contents of a journal that was opened. */
export interface Recovered extends Replay {
  /** Is true if an earlier version wrote the file. */
  readonly isFormer: boolean;
}

/**
 * Reads a journal and repairs its end. Starts a new journal in an empty file. Cuts off a record that was being written
 * when its process ended, and warns of that.
 *
 * @throws {JournalError} if it cannot be read or written, is another kind's, or has a line that is no record
 */
export function recover(file: JournalFile, kind: string): Recovered {
  const bytes = file.read();
  const head = headLine(kind);
  const isNew = [head, ...formerHeads(kind)].some((each) => bytes.length < each.length && begins(each, bytes));
  const found = replay(isNew ? Buffer.from(head) : bytes, file.path, kind);
  if (isNew) file.cut(0);
  if (found.torn > 0) file.cut(found.size);
  if (isNew || found.isUnended) {
    const problem = file.append(isNew ? head : '\n') ?? file.confirm();
    if (problem instanceof Error) throw problem;
  }
  file.syncName();
  if (found.isUnended) warn(`the journal ${file.path}: its last record had no line end, and is kept`);
  else if (found.torn > 0) {
    const what = `its process ended while it wrote the last ${found.torn} bytes`;
    warn(`the journal ${file.path}: ${what}; no caller knows of them, and the pool cut them off`);
  }
  return { ...found, isFormer: !isNew && !begins(head, bytes.subarray(0, head.length)) };
}

function begins(text: string, bytes: Buffer): boolean {
  return Buffer.from(text).subarray(0, bytes.length).equals(bytes);
}

/**
 * Reads the bytes of a journal. Bytes after the last line end were being written when the process ended, and no caller
 * was notified of them. But if they begin with a complete record, only its line end was lost.
 *
 * @throws {JournalError} with the code JOURNAL_CORRUPT if a complete line is no record, with its number and position
 */
export function replay(bytes: Buffer, path: string, kind: string): Replay {
  const pending = new Map<TaskId, Submission>();
  const outcomes = new Map<string, string>();
  let highest = 0;
  let at = 0;
  let number = 0;

  function refuse(problem: string): never {
    const where = `line ${number} of the journal ${path}, at byte ${at}`;
    throw new JournalError(
      'JOURNAL_CORRUPT',
      path,
      `${where}, cannot be used: ${problem}; nothing was changed: repair that line, or move the file away to begin a new journal`,
    );
  }

  function submit(submission: Submission): void {
    const { id } = submission;
    // A task whose outcome could not be written may have been submitted again.
    if (!pending.has(id)) pending.set(id, submission);
    if (typeof id === 'number') highest = Math.max(highest, id);
    else outcomes.delete(id);
  }

  function count({ id, failed }: JournalRecord & { readonly type: 'failed' }): void {
    const submission = pending.get(id);
    if (submission === undefined)
      refuse(`it counts an attempt at the task ${JSON.stringify(id)}, which is not pending`);
    pending.set(id, { ...submission, kept: { ...submission.kept, failed } });
  }

  function settle(id: TaskId, outcome: string): void {
    if (typeof id === 'string') outcomes.set(id, outcome);
  }

  function take(record: JournalRecord): void {
    if (record.type === 'submitted') return submit(record.submission);
    if (record.type === 'failed') return count(record);
    if (record.type === 'settled') {
      if (!pending.delete(record.id))
        refuse(`it ends the task ${JSON.stringify(record.id)}, which was not accepted before`);
      for (const followUp of record.followUps) submit(followUp);
    }
    settle(record.id, record.outcome);
  }

  for (;;) {
    const end = bytes.indexOf(NEWLINE, at);
    if (end < 0) break;
    number++;
    if (number === 1) {
      const problem = problemOfHead(bytes.toString('utf8', at, end), kind);
      if (problem !== undefined) refuse(problem);
    } else (recordsIn(bytes.subarray(at, end)) ?? refuse('it has changed since it was written')).forEach(take);
    at = end + 1;
  }
  number++;
  if (number === 1) refuse('it is not a journal of statepool');
  const last = bytes.subarray(at, endOfArray(bytes, at));
  const records = recordsIn(last);
  if (records === undefined) return { pending, outcomes, highest, size: at, torn: bytes.length - at, isUnended: false };
  // The record was written completely, so callers may have been notified of it. After a loss of power, the disk may
  // have zeros in place of the line end.
  if (bytes.subarray(at + last.length).some((byte) => byte !== 0))
    refuse('its line end has changed since it was written');
  records.forEach(take);
  const size = at + last.length;
  return { pending, outcomes, highest, size, torn: bytes.length - size, isUnended: true };
}

function recordsIn(line: Buffer): JournalRecord[] | undefined {
  return isUtf8(line) ? recordsOf(line.toString('utf8')) : undefined;
}

/** Returns the end of the JSON array that begins at `from`, or `from` if there is no complete array. */
function endOfArray(bytes: Buffer, from: number): number {
  let depth = 0;
  let isText = false;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (isText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (byte === OPENING) depth++;
    else if (byte === CLOSING) depth--;
    if (depth === 0) return byte === CLOSING ? at + 1 : from;
  }
  return from;
}
