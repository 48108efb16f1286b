/** The codes of the failures of the SMT kinds. */
export type SmtErrorCode =
  | 'SMT_SYNTAX'
  | 'SMT_REJECTED'
  | 'SMT_CRASHED'
  | 'SMT_MISMATCH'
  | 'SMT_LOST'
  | 'SMT_UNPROVED'
  | 'SMT_DISAGREED'
  | 'SMT_ENGINE_DIED'
  | 'SMT_ENGINE_MISSING';

/** The base of every error of the SMT kinds. `code` names the failure and survives the way from worker to master. */
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

/** The error of a file that is not SMT-LIB: none of its goals is tried. Thrown by the reader, in the master. */
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
 * The error of a goal without a verdict: the solver rejected a command of its context, the solver crashed, or the
 * worker that held the goal ended.
 *
 * `line` and `column` are a place in the FILE, from 1: that of the rejected command, else that of the goal.
 */
export class GoalError extends SmtError implements Place {
  /** The name of the file, as `readDocument` was given it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The problem without its place: `message` has both. */
  readonly problem: string;

  constructor(code: SmtErrorCode, file: string, place: Place, problem: string, options?: ErrorOptions) {
    super(code, `${file}:${place.line}:${place.column}: ${problem}`, options);
    this.file = file;
    this.line = place.line;
    this.column = place.column;
    this.problem = problem;
  }
}

/**
 * The error of a solver that ended during a request: its process ended, its memory was full, or it was killed at the
 * deadline. In the worker.
 */
export class EngineDiedError extends SmtError {
  constructor(problem: string, options?: ErrorOptions) {
    super('SMT_ENGINE_DIED', problem, options);
  }
}

/** The error of a solver that is not installed; the message names the package or program to install. In the worker. */
export class EngineMissingError extends SmtError {
  constructor(problem: string, options?: ErrorOptions) {
    super('SMT_ENGINE_MISSING', problem, options);
  }
}
