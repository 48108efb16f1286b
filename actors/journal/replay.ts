import { isUtf8 } from 'node:buffer';
import { JournalError } from '../errors/errors.ts';
import { warn } from './disk.ts';
import type { JournalFile } from './file.ts';
import { headLine, type JournalRecord, problemOfHead, recordOf, type Submission, type TaskId } from './records.ts';

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const OPENING = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING = 0x5d;

/** What a journal tells. */
export interface Replay {
  /** What was accepted and has not settled, in the order in which it was accepted. */
  readonly pending: Map<TaskId, Submission>;
  /** How those ended that have names, the longest ago first; as it is written. */
  readonly outcomes: Map<string, string>;
  /** The highest number that was given to a task without a name. */
  readonly highest: number;
  /** How many bytes of whole records there are. */
  readonly size: number;
  /** How many bytes behind them are of a record that was being written. */
  readonly torn: number;
  /** Whether the last record is whole, and lacks its line end only. */
  readonly isUnended: boolean;
}

/**
 * Reads a journal, and brings its end in order: makes a new one of an empty file, cuts off what was being written when its
 * process ended, and says so.
 *
 * @throws {JournalError} when it cannot be read or written, is another kind's, or has a line that is no record
 */
export function recover(file: JournalFile, kind: string): Replay {
  const bytes = file.read();
  const head = headLine(kind);
  const isNew = Buffer.from(head).subarray(0, bytes.length).equals(bytes) && bytes.length < head.length;
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
    warn(`the journal ${file.path}: ${what}; no caller was told of them, and they were cut off`);
  }
  return found;
}

/**
 * Reads a journal. What stands behind the last line end was being written when its process ended, and nobody was told of it,
 * unless it begins with a whole record: then it is the line end that was lost.
 *
 * @throws {JournalError} with the code JOURNAL_CORRUPT where a whole line is no record: its number, and where it begins
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

  function settle(id: TaskId, outcome: string): void {
    if (typeof id === 'string') outcomes.set(id, outcome);
  }

  function take(record: JournalRecord): void {
    if (record.type === 'submitted') return submit(record.submission);
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
    } else take(recordIn(bytes.subarray(at, end)) ?? refuse('it has changed since it was written'));
    at = end + 1;
  }
  number++;
  if (number === 1) refuse('it is not a journal of statepool');
  const last = bytes.subarray(at, endOfArray(bytes, at));
  const record = recordIn(last);
  if (record === undefined) return { pending, outcomes, highest, size: at, torn: bytes.length - at, isUnended: false };
  // It was written whole, so that others may have been told of it. A disk without power may have kept zeros for its line end.
  if (bytes.subarray(at + last.length).some((byte) => byte !== 0))
    refuse('its line end has changed since it was written');
  take(record);
  const size = at + last.length;
  return { pending, outcomes, highest, size, torn: bytes.length - size, isUnended: true };
}

function recordIn(line: Buffer): JournalRecord | undefined {
  return isUtf8(line) ? recordOf(line.toString('utf8')) : undefined;
}

/** Where the JSON array ends that begins here; where it begins, when it has no end, or is none. */
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
