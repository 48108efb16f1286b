/**
 * The state of a small fleet as plain data: one submitter, one task that has a follow-up or has none, one broker, some nodes.
 */
export interface FleetState {
  /** The task in the backlog. */
  readonly task: Job;
  /**
   * The follow-up in each queue where it may stand: first the one that each node has for itself, then the backlog, then those
   * of the next incarnation of each node.
   */
  readonly followUps: Job[];
  readonly nodes: ModelNode[];
  /** The node whose outcome the submitter has taken. */
  submitter: number | undefined;
  /** The number of times that the submitter has settled the task. */
  settled: number;
  /** The news on its way to the submitter: the nodes that tell. */
  readonly news: number[];
  /** The faults that may still happen, each once. */
  faults: readonly Fault[];
}

/** A fault of a fleet. */
export type Fault = 'tellLost' | 'leaseLost' | 'answerLost' | 'death' | 'takenForDead';

/** All faults. */
export const FAULTS: readonly Fault[] = ['tellLost', 'leaseLost', 'answerLost', 'death', 'takenForDead'];

/** A task in one queue. */
export interface Job {
  place: 'none' | 'waiting' | 'active' | 'ended';
  /** The node that has the lease, or that has ended the task. */
  by: number;
  /** The way in which it has ended. */
  end: '' | 'result' | 'moved' | 'stranded';
}

/** A node. */
export interface ModelNode {
  isLive: boolean;
  /** The number of the queue that it has for itself. */
  own: number;
  task: Run | undefined;
  followUp: Run | undefined;
  /** Has run the task, and the outcome is not written. */
  remembers: boolean;
  /** Takes the follow-up out of its queue again. */
  retracts: boolean;
  /** The number of times that it has begun the task, and the follow-up. */
  begun: number;
  begunFollowUp: number;
}

/** A run of a task in a node. */
export interface Run {
  /** `stale`: the broker has taken the lease away, and the node has not heard of it. */
  lease: 'none' | 'valid' | 'stale';
  /** `running`; then the end is there: `ended`; its follow-up is in the queue: `entrusted`; no answer came: `asked`. */
  step: 'running' | 'ended' | 'entrusted' | 'asked';
  isDropped: boolean;
  /** Is true for the follow-up while its origin has not settled here. */
  isEarly: boolean;
  /** The number of the queue from which the task came. */
  queue: number;
}

/** The size of a fleet, its task, and the faults. */
export interface FleetTrial {
  readonly nodes: number;
  readonly hasFollowUp: boolean;
  /** Is true if a fresh worker takes the follow-up. */
  readonly fitsFresh: boolean;
  readonly faults: readonly Fault[];
}

/** Returns the number of the backlog among the queues of the follow-up. */
export function backlogOf({ nodes }: { readonly nodes: readonly unknown[] }): number {
  return nodes.length;
}

/** Returns the fleet when the submitter has just submitted the task. */
export function firstState({ nodes, faults }: FleetTrial): FleetState {
  return {
    task: { place: 'waiting', by: 0, end: '' },
    followUps: Array.from({ length: 2 * nodes + 1 }, () => ({ place: 'none', by: 0, end: '' })),
    nodes: Array.from({ length: nodes }, (_, own) => ({
      isLive: true,
      own,
      task: undefined,
      followUp: undefined,
      remembers: false,
      retracts: false,
      begun: 0,
      begunFollowUp: 0,
    })),
    submitter: undefined,
    settled: 0,
    news: [],
    faults,
  };
}
