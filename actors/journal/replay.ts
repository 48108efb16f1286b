import { isUtf8 } from 'node:buffer';
import { JournalError } from '../errors.ts';
import { problemOfHead, recordOf, type Submission, type TaskId } from './records.ts';

const NEWLINE = 0x0a;

/** What a journal tells. */
export interface Replay {
  /** What was accepted and has not settled, in the order in which it was accepted. */
  readonly live: Map<TaskId, Submission>;
  /** How those ended that have names, the longest ago first; as it is written. */
  readonly known: Map<string, string>;
  /** The highest number that was given to a task without a name. */
  readonly highest: number;
  /** How many bytes of whole records there are. */
  readonly size: number;
  /** How many bytes behind them are of a record that was being written. */
  readonly torn: number;
}

/**
 * Reads a journal. What stands behind the last line end was being written when its process ended: nobody was told of it.
 *
 * @throws {JournalError} with the code JOURNAL_CORRUPT where a whole line is no record: its number, and where it begins
 */
export function replay(bytes: Buffer, path: string, kind: string): Replay {
  const live = new Map<TaskId, Submission>();
  const known = new Map<string, string>();
  let highest = 0;
  let at = 0;
  let number = 0;

  function refuse(problem: string): never {
    const where = `line ${number} of the journal ${path}, at byte ${at}`;
    throw new JournalError(
      'JOURNAL_CORRUPT',
      path,
      `${where}, cannot be used: ${problem}; nothing was changed: mend that line, or move the file away to begin anew`,
    );
  }

  function submit(submission: Submission): void {
    const { id } = submission;
    // A task whose outcome could not be written may have been submitted again.
    if (!live.has(id)) live.set(id, submission);
    if (typeof id === 'number') highest = Math.max(highest, id);
    else known.delete(id);
  }

  function settle(id: TaskId, outcome: string): void {
    if (typeof id === 'string') known.set(id, outcome);
  }

  for (;;) {
    const end = bytes.indexOf(NEWLINE, at);
    if (end < 0) break;
    number++;
    const line = bytes.toString('utf8', at, end);
    if (number === 1) {
      const problem = problemOfHead(line, kind);
      if (problem !== undefined) refuse(problem);
    } else {
      const record = isUtf8(bytes.subarray(at, end)) ? recordOf(line) : undefined;
      if (record === undefined) refuse('it is not as it was written');
      if (record.type === 'submitted') submit(record.submission);
      else if (record.type === 'known') settle(record.id, record.outcome);
      else {
        if (!live.delete(record.id))
          refuse(`it ends the task ${JSON.stringify(record.id)}, which was not accepted before`);
        settle(record.id, record.outcome);
        for (const followUp of record.followUps) submit(followUp);
      }
    }
    at = end + 1;
  }
  if (number === 0) {
    number = 1;
    refuse('it is not a journal of statepool');
  }
  return { live, known, highest, size: at, torn: bytes.length - at };
}
