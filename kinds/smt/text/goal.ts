import { createHash } from 'node:crypto';
import type { Place } from './errors.ts';

/** The name of a text: 96 bits of its SHA-256. Who has a text by its hash need not be sent it again. */
export type Hash = string;

/** An option as the file sets it: its name with the colon, its value as it is written. */
export type SmtOption = readonly [name: string, value: string];

/** The answer that the file expects of a `check-sat`, by `(set-info :status ...)`. */
export type Expected = 'sat' | 'unsat' | 'unknown';

/** A command that the reader rejects, at its place in the file. */
export interface Rejected extends Place {
  readonly message: string;
}

/**
 * One `check-sat` of a document with all it stands on, in plain data.
 *
 * A solver that reads `chunks` in order, pushes where `depths` rise, and then reads `check`, is in the state the whole
 * file would have brought it to. Goals that share a prefix of the file share the prefix of `chunks`: the same strings.
 */
export interface Goal extends Place {
  /** The name of its file, as `readDocument` was given it. */
  readonly file: string;
  /** Its position among the goals of its file, from 0. */
  readonly index: number;
  /** From `:goal`, `:name`, `:boogie-vc-id` or another `-id` of its frames, where the file gives one. */
  readonly name?: string;
  /** The texts of the commands that it stands on, in order. */
  readonly chunks: readonly string[];
  /** One a chunk. */
  readonly hashes: readonly Hash[];
  /** Where each chunk begins in the file. */
  readonly places: readonly Place[];
  /** How many frames were pushed where each chunk begins and, last, where the check stands. */
  readonly depths: readonly number[];
  /** The command that asks: `(check-sat)`, `(check-sat-assuming ...)` or `(check-sat-using ...)`. */
  readonly check: string;
  /** The logic, where the file sets one before anything else. */
  readonly logic?: string;
  /** The options in force at the check, in the order in which they were first set. */
  readonly options: readonly SmtOption[];
  /** Equal for two goals exactly when they have the same logic and options. */
  readonly settings: Hash;
  /** The answer that the file expects, where it says one. */
  readonly expected?: Expected;
  /** A command of its context that is not allowed where it stands: the goal is an error whatever a solver makes of it. */
  readonly rejected?: Rejected;
  /** Equal for two goals only when they are the same goal of the same file with the same texts. */
  readonly key: Hash;
}

/** The hash of a text. */
export function hashOf(text: string): Hash {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/** Where a solver stood in what it was sent: a chunk by its index (`'check'`: the command that asks), line and column from 1. */
export interface SentPlace extends Place {
  readonly chunk: number | 'check';
}

/** The place in the FILE of a place in one of a goal's chunks; solvers count columns in bytes, files in UTF-16 units. */
export function placeInFile(goal: Goal, sent: SentPlace): Place {
  const start = sent.chunk === 'check' ? goal : goal.places[sent.chunk];
  const text = sent.chunk === 'check' ? goal.check : goal.chunks[sent.chunk];
  if (!start || text === undefined) return { line: goal.line, column: goal.column };
  const line = text.split('\n', sent.line)[sent.line - 1];
  // A place behind the text's end is an error of what stands between the chunks: the start is the nearest honest answer.
  if (line === undefined) return { line: start.line, column: start.column };
  const column =
    Buffer.from(line)
      .subarray(0, sent.column - 1)
      .toString().length + 1;
  return sent.line === 1
    ? { line: start.line, column: start.column + column - 1 }
    : { line: start.line + sent.line - 1, column };
}
