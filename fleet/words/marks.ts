import type { Envelope, Flags } from '../broker.ts';

/** The nodes that have refused a task, in one epoch. */
export interface Refusals {
  readonly epoch: string;
  readonly nodes: readonly string[];
  /** The number of times that the task was given back. */
  readonly times: number;
}

/** The mark of a task that was cancelled while a node had it, or was about to have it. */
export function cancelled(reason: string): Flags {
  return { cancelled: reason };
}

/** Returns the reason why a task was cancelled, or `undefined`. */
export function cancellationIn({ flags }: Envelope): string | undefined {
  return typeof flags?.cancelled === 'string' ? flags.cancelled : undefined;
}

/** The mark of a task whose submitter wants the feedbacks. */
export const WANTS_FEEDBACK: Flags = { feedback: true };

/** Returns whether the submitter of a task wants the feedbacks. */
export function wantsFeedback({ flags }: Envelope): boolean {
  return flags?.feedback === true;
}

/** The mark of a task that a node has given on to the one which holds its key. */
export const GIVEN_ON: Flags = { givenOn: true };

/** Returns whether a node has given the task on to another one. */
export function isGivenOn({ flags }: Envelope): boolean {
  return flags?.givenOn === true;
}

/** The mark of a task that a verdict has created. */
export const FOLLOW_UP: Flags = { followUp: true };

/** Returns whether a verdict has created the task. */
export function isFollowUp({ flags }: Envelope): boolean {
  return flags?.followUp === true;
}

/** Returns who has refused a task in this epoch. */
export function refusalsIn({ flags }: Envelope, epoch: string): Refusals {
  const found = flags?.refused as Refusals | undefined;
  return found?.epoch === epoch ? found : { epoch, nodes: [], times: 0 };
}

/** Returns who has refused a task, with one more node. */
export function refusedBy({ epoch, nodes, times }: Refusals, node: string): Refusals {
  return { epoch, nodes: nodes.includes(node) ? nodes : [...nodes, node], times: times + 1 };
}

/** Returns whether every living node has refused a task. */
export function isRefusedByAll({ nodes }: Refusals, living: Iterable<string>): boolean {
  for (const each of living) if (!nodes.includes(each)) return false;
  return true;
}
