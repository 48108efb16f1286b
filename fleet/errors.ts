/** The codes of the errors that the fleet makes. The errors of tasks keep the codes that a pool gives them. */
export type FleetErrorCode =
  /** An option or argument is wrong. */
  | 'USAGE'
  /** A package that the broker needs is not installed, or has a version that was not tried. */
  | 'MISSING'
  /** The engine cannot be reached, or does not let this program in. */
  | 'UNREACHABLE'
  /** The engine answers with an error. */
  | 'ENGINE'
  /** The tables of the broker are missing, or belong to another version. */
  | 'SCHEMA'
  /** The broker, the node or the fleet is closed. */
  | 'CLOSED'
  /** A task cannot cross to another machine. `path` leads to the value at fault. */
  | 'MARSHAL_TASK'
  /** A task or a result is larger than `maxBytes`. `path` leads to its largest member. */
  | 'TOO_LARGE'
  /** The node lost the task's lease before it could settle it: the task is somebody else's. */
  | 'LEASE_LOST'
  /** The nodes that performed the task died, more often than `redeliver` allows. */
  | 'NODE_DIED'
  /** The fleet cannot do this, or not with so many tasks. */
  | 'REFUSED'
  /** The kind of a node has another version than that of this program, which is strict. */
  | 'KIND_VERSION';

/**
 * The base of every error that the fleet makes. `code` identifies the error, `cause` is the underlying error. No message
 * shows a password.
 *
 * @example
 * import { connect, FleetError } from 'statepool/fleet';
 *
 * try {
 *   await fleet.run(task);
 * } catch (error) {
 *   if (!(error instanceof FleetError && error.code === 'NODE_DIED')) throw error;
 * }
 */
export class FleetError extends Error {
  readonly code: FleetErrorCode;
  /** The path to the value at fault, such as `task.items[3].onDone`, or `undefined`. */
  readonly path: string | undefined;

  constructor(code: FleetErrorCode, message: string, more: { readonly cause?: unknown; readonly path?: string } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.path = more.path;
    this.name = new.target.name;
  }
}

/** Returns the error of a call after `close`. */
export function closedError(what: string): FleetError {
  return new FleetError('CLOSED', `the ${what} is closed: open another one`);
}
