/** The codes of the failures of the SMT kinds. */
export type SmtErrorCode =
  | 'SMT_SYNTAX'
  | 'SMT_REJECTED'
  | 'SMT_CRASHED'
  | 'SMT_MISMATCH'
  | 'SMT_LOST'
  | 'SMT_UNPROVED'
  | 'SMT_ENGINE_DIED'
  | 'SMT_ENGINE_MISSING';

/** The base of every failure of the SMT kinds; `code` tells the cases apart and survives the way from worker to master. */
export class SmtError extends Error {
  readonly code: SmtErrorCode;

  constructor(code: SmtErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A place in a file: `line` and `column` count from 1, columns in UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A file that is not SMT-LIB: no goal of it is tried. Thrown by the reader, in the master. */
export class SmtSyntaxError extends SmtError implements Place {
  /** The name of the file, as `readDocument` was given it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;

  constructor(file: string, place: Place, problem: string) {
    super('SMT_SYNTAX', `${file}:${place.line}:${place.column}: ${problem}`);
    this.file = file;
    this.line = place.line;
    this.column = place.column;
  }
}

/**
 * A goal that has no verdict: the solver rejected a command of its context, crashed, or the worker that held it is gone.
 *
 * `line` and `column` are those of the FILE, from 1: the rejected command's, else the goal's own.
 */
export class GoalError extends SmtError implements Place {
  /** The name of the file, as `readDocument` was given it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What is wrong, without the place: `message` has both. */
  readonly problem: string;

  constructor(code: SmtErrorCode, file: string, place: Place, problem: string, options?: ErrorOptions) {
    super(code, `${file}:${place.line}:${place.column}: ${problem}`, options);
    this.file = file;
    this.line = place.line;
    this.column = place.column;
    this.problem = problem;
  }
}

/** The solver went away while it was asked: its process ended, its memory was full, or it was killed at the deadline. In the worker. */
export class EngineDiedError extends SmtError {
  constructor(problem: string, options?: ErrorOptions) {
    super('SMT_ENGINE_DIED', problem, options);
  }
}

/** The solver is not installed; the message says what to install. In the worker. */
export class EngineMissingError extends SmtError {
  constructor(problem: string, options?: ErrorOptions) {
    super('SMT_ENGINE_MISSING', problem, options);
  }
}
