/**
 * The decisions of a node about leases: pure, so that the model of the fleet plays the same ones (testing/fleet/).
 */

/** The knowledge of a node about a task when a lease of it comes. */
export interface Known {
  /** The pool has the task, and somebody is to hear of its end. */
  readonly isHeld: boolean;
  /** The pool still has the task, but nobody is to hear of its end. */
  readonly isDropped: boolean;
  /** The pool has a task of that id from another queue: a node has died, and its heir has brought the task there. */
  readonly isElsewhere: boolean;
  /** The task is a follow-up that must leave the queue of the node: its origin has not settled here. */
  readonly isRetracted: boolean;
  /** The task has run here, and its outcome was refused or could not be written. */
  readonly isRemembered: boolean;
}

/** The answer of a node to a lease. */
export type OnLease =
  /** The lease is that of the run under way. */
  | 'bind'
  /** The task leaves the queue. */
  | 'retract'
  /** The task goes back for a moment: the pool is about to let go of it. */
  | 'later'
  /** The remembered outcome is written. */
  | 'answer'
  /** The task is run. */
  | 'run';

/** Decides about a lease that has come. */
export function onLease({ isHeld, isDropped, isElsewhere, isRetracted, isRemembered }: Known): OnLease {
  if (isRetracted) return 'retract';
  if (isDropped || isElsewhere) return 'later';
  if (isHeld) return 'bind';
  return isRemembered ? 'answer' : 'run';
}

/** The use that a node makes of the end of a task: it writes it, waits for a lease, or reports that it is not written. */
export type OnEnd = 'write' | 'wait' | 'fail';

/**
 * Decides about the end of a task. A follow-up settles after its origin: if that does not settle here, the follow-up is taken
 * back, and must not have ended. A lease of the queue that the node has for itself comes, or comes back: a follow-up may end
 * before its first one. The lease of any other task may go to another node.
 */
export function onEnd(end: {
  readonly hasLease: boolean;
  readonly isOwn: boolean;
  readonly isDropped: boolean;
  /** The origin of the task has not settled. */
  readonly isEarly: boolean;
}): OnEnd {
  if (end.isDropped) return 'fail';
  if (end.isEarly) return 'wait';
  if (end.hasLease) return 'write';
  return end.isOwn ? 'wait' : 'fail';
}

/**
 * Decides whether the outcome of a task is remembered that was refused. With follow-ups the outcome would be half of the verdict,
 * for they are taken back: the task must run again.
 */
export function isRemembered(followUps: number): boolean {
  return followUps === 0;
}

/** The fate of a task that a dead node had in its own queue. */
export type OnInherit = 'cancel' | 'strand' | 'toAll' | 'toHeir';

/** Decides about a task of a dead node. The backlog does not take a task again that it has given on: the heir keeps it. */
export function onInherit(task: {
  readonly isCancelled: boolean;
  readonly fitsFresh: boolean;
  readonly isGivenOn: boolean;
}): OnInherit {
  if (task.isCancelled) return 'cancel';
  if (!task.fitsFresh) return 'strand';
  return task.isGivenOn ? 'toHeir' : 'toAll';
}
