import { createHash } from 'node:crypto';
import type { Place } from './errors.ts';
import { commandsOf, placesOf } from './lexer.ts';

/** The hash of a text: 96 bits of its SHA-256. A worker that has a text with this hash need not get it again. */
export type Hash = string;

/** An option as the file sets it: its name with the colon, and its value as written. */
export type SmtOption = readonly [name: string, value: string];

/** The answer that the file expects from a `check-sat`, by `(set-info :status ...)`. */
export type Expected = 'sat' | 'unsat' | 'unknown';

/** A command that the reader rejects, at its place in the file. */
export interface Rejected extends Place {
  readonly message: string;
}

/**
 * One `check-sat` of a document with all that it depends on, as plain data.
 *
 * A solver that reads `chunks` in order, pushes where `depths` rise, and then reads `check`, has the same state as
 * after the file up to this check. Goals that share a prefix of the file share the prefix of `chunks`: the same
 * strings.
 */
export interface Goal extends Place {
  /** The name of its file, as passed to `readDocument`. */
  readonly file: string;
  /** The position among the goals of its file, from 0. */
  readonly index: number;
  /** The name from `:goal`, `:name`, `:boogie-vc-id` or another `-id` of its frames, if the file has one. */
  readonly name?: string;
  /** The texts of the commands that the goal depends on, in order. */
  readonly chunks: readonly string[];
  /** The hash of each chunk. */
  readonly hashes: readonly Hash[];
  /** The place in the file at which each chunk begins. */
  readonly places: readonly Place[];
  /** The number of pushed frames at the start of each chunk and, last, at the check. */
  readonly depths: readonly number[];
  /** The command of the check: `(check-sat)`, `(check-sat-assuming ...)` or `(check-sat-using ...)`. */
  readonly check: string;
  /** The logic, if the file sets one before all else. */
  readonly logic?: string;
  /** The options in force at the check, in the order in which they were first set. */
  readonly options: readonly SmtOption[];
  /** The place of the `set-logic`, if the file has one. */
  readonly logicAt?: Place;
  /** The place at which each of the options was last set. */
  readonly optionsAt: readonly Place[];
  /** The hash of the logic and the options: equal for two goals exactly if both are equal. */
  readonly settings: Hash;
  /** The questions of the file right after the check, such as `(get-unsat-core)` and `(get-value (x))`. */
  readonly asks?: readonly string[];
  /** The answer that the file expects, if it has one. */
  readonly expected?: Expected;
  /**
   * A command of the goal's context that is not allowed at its place. The goal is then an error, whatever a solver
   * answers.
   */
  readonly rejected?: Rejected;
  /** The key of the goal: equal only for the same goal of the same file with the same texts. */
  readonly key: Hash;
}

/** The hash of a text. */
export function hashOf(text: string): Hash {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/**
 * A place in a chunk that a solver has read: the index of the chunk (`'check'` for the check), line and column from 1.
 */
export interface SentPlace extends Place {
  readonly chunk: number | 'check' | 'logic';
  /** The name of a command that the solver does not know. The place is then that of the command's end. */
  readonly command?: string;
}

/**
 * Returns the place in the FILE for a place in a chunk of a goal. Solvers count columns in bytes, files in UTF-16
 * units.
 */
export function placeInFile(goal: Goal, sent: SentPlace): Place {
  if (sent.chunk === 'logic') return goal.logicAt ?? { line: goal.line, column: goal.column };
  const start = sent.chunk === 'check' ? goal : goal.places[sent.chunk];
  const text = sent.chunk === 'check' ? goal.check : goal.chunks[sent.chunk];
  if (!start || text === undefined) return { line: goal.line, column: goal.column };
  if (sent.command !== undefined) return placeOfCommand(text, start, sent, sent.command);
  const line = text.split('\n', sent.line)[sent.line - 1];
  // A place behind the text's end is an error between the chunks: the start is the nearest known place.
  if (line === undefined) return { line: start.line, column: start.column };
  const column =
    Buffer.from(line)
      .subarray(0, sent.column - 1)
      .toString().length + 1;
  return sent.line === 1
    ? { line: start.line, column: start.column + column - 1 }
    : { line: start.line + sent.line - 1, column };
}

/** Returns the start of the command with this name that ends at a place of a chunk, or after it. */
function placeOfCommand(text: string, start: Place, sent: SentPlace, name: string): Place {
  const placeOf = placesOf(text);
  for (const { head, start: from, end } of commandsOf(text, '')) {
    if (head !== name || placeOf(end).line < sent.line) continue;
    const { line, column } = placeOf(from);
    return line === 1
      ? { line: start.line, column: start.column + column - 1 }
      : { line: start.line + line - 1, column };
  }
  return { line: start.line, column: start.column };
}
