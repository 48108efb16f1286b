/** A message from the inspector's server to its page: one JSON text in each WebSocket message. */
export type ToPage = FullMessage | TickMessage | EndedMessage;

/** The whole state: the first message to a viewer. */
export interface FullMessage {
  readonly type: 'full';
  /** The time since the epoch. In ms. */
  readonly at: number;
  readonly pool: PoolView;
  readonly machines: readonly MachineView[];
  readonly actors: readonly ActorView[];
  readonly header: HeaderView;
  readonly queue: QueueView;
  /** The tasks that run now, and the last failed tasks. */
  readonly timeline: TimelineView;
}

/** The changes since the last message: at most ten times a second, and only if something has changed. */
export interface TickMessage {
  readonly type: 'tick';
  /** The time since the epoch. In ms. */
  readonly at: number;
  readonly header: HeaderView;
  /** The actors that are new or have changed, each with all its fields. */
  readonly actors: readonly ActorView[];
  /** The ids of actors that are no longer shown: only the last dead workers are kept. */
  readonly forgotten: readonly string[];
  /** The visit counts of each machine that has moved, with all entries. */
  readonly visitCounts: readonly { readonly machine: string; readonly visitCounts: VisitCounts }[];
  /** The transitions that were taken, in order, as far as they were observed. */
  readonly fired: readonly FiredView[];
  /** The messages between actors, in order, as far as they were observed. */
  readonly messages: readonly MessageView[];
  /** Is `true` if not all events were observed: `visitCounts`, `fired` and `messages` are then a sample of this tick. */
  readonly isSampled: boolean;
  readonly queue: QueueView;
  /** The changes on the slots since the last message. */
  readonly timeline: TimelineView;
}

/** The last message: the pool has ended. If the socket closes without this message, the program has ended. */
export interface EndedMessage {
  readonly type: 'ended';
  /** The reason in words. */
  readonly reason: string;
}

/** The pool that is shown. */
export interface PoolView {
  readonly id: string;
  /** The name of the kind. */
  readonly kind: string;
  /** The name of the host; `custom` for a host of the user. */
  readonly host: string;
  readonly size: number;
  /** The id of the program's process. */
  readonly pid: number;
}

/** One machine. The server answers the path `chart` with its picture: SVG with `data-state` and `data-edge`. */
export interface MachineView {
  /** `worker` or `supervisor`. */
  readonly id: string;
  /** The path of its picture. */
  readonly chart: string;
  /** The paths of its states, in order. */
  readonly states: readonly string[];
  readonly visitCounts: VisitCounts;
}

/** The counts of entered states and of taken transitions, while a viewer was connected. */
export interface VisitCounts {
  /** The counts by the path of the state. */
  readonly states: Readonly<Record<string, number>>;
  /** The counts by `from|event|to`, as in the picture's `data-edge`. */
  readonly edges: Readonly<Record<string, number>>;
}

/** One actor: the supervisor or a worker. The last dead workers are also shown. */
export interface ActorView {
  readonly id: string;
  /** The machine's id. */
  readonly machine: string;
  /** The path of the active state. */
  readonly state: string;
  readonly visitCounts: VisitCounts;
  /** The id of the worker's process; host `process` only. */
  readonly pid?: number;
  /** The id of the worker's thread; host `thread` only. */
  readonly threadId?: number;
  /** The number of requests that the worker was given. */
  readonly tasks?: number;
  /** The name of the current task. */
  readonly task?: string;
  /** The short label of the competence: what the kind shows of it, or a number for each affinity key. */
  readonly label?: string;
  /** The part of the competence that the kind shows: plain JSON. */
  readonly competence?: unknown;
  /** The cause of the worker's end: exit code, signal, or another reason. */
  readonly end?: string;
}

/** A transition that one actor took. */
export interface FiredView {
  /** The actor's id. */
  readonly actor: string;
  /** The edge of its machine: `from|event|to`. */
  readonly edge: string;
}

/** One message from an actor to another; `from` is absent if it came from outside. */
export interface MessageView {
  /** The time since the epoch. In ms. */
  readonly at: number;
  readonly from?: string;
  readonly to: string;
  /** The name of the event. */
  readonly event: string;
  /** The name of the task that the message is about, if it is known. */
  readonly task?: string;
}

/** The numbers at the top of the page. */
export interface HeaderView {
  /** The supervisor's state. */
  readonly state: string;
  /** The number of tasks in the queue. */
  readonly waiting: number;
  /** The number of tasks that workers hold. */
  readonly running: number;
  /** The number of tasks that settled with a result. */
  readonly done: number;
  /** The number of tasks that settled with an error. */
  readonly failed: number;
  /** The number of tasks that ended in the last second. */
  readonly rate: number;
  /** The share of the workers that were busy in the last second, 0 to 1. */
  readonly busy: number;
  /** The mean wait in the queue of the tasks that began in the last second; absent if none began. In ms. */
  readonly wait?: number;
  /** The figures on competences, of a pool that has them. */
  readonly competence?: CompetenceView;
  /** The problem of a stalled or degraded pool. */
  readonly problem?: string;
}

/** The figures on competences: counts from the pool's beginning, and mean times in ms. */
export interface CompetenceView {
  /** Tasks whose worker knew already what they need. */
  readonly hits: number;
  /** Tasks on a fresh worker. */
  readonly fresh: number;
  /** Tasks whose worker knew something else before. */
  readonly switches: number;
  /** Workers that made room for a fresh one. */
  readonly rooms: number;
  /** The mean cost of a new competence. In ms. */
  readonly meanCost: number;
  /** The mean time of a task. In ms. */
  readonly meanWork: number;
}

/** The head of the queue. */
export interface QueueView {
  /** The number of all waiting tasks. */
  readonly length: number;
  /** The first waiting tasks, at most 20. */
  readonly head: readonly WaitingView[];
  /** The reasons why tasks of the head wait; tasks with the same reasons share one entry. */
  readonly reasons: readonly (readonly ReasonView[])[];
}

/** A waiting task. */
export interface WaitingView {
  /** The task's name from its kind; without one, its place in the queue, such as `#3`. */
  readonly name: string;
  readonly priority: number;
  /** The index of its reasons. */
  readonly why: number;
  /** The time at which it was accepted, since the epoch; absent if it is not known. In ms. */
  readonly since?: number;
  /** Is true if it was accepted before `since`: nobody was looking. */
  readonly isEarlier?: boolean;
}

/** A reason why no worker has taken a task. */
export interface ReasonView {
  /** The reason in words: about one worker (`it is busy`), or about all (`every worker is busy`). */
  readonly why: string;
  /** The number of workers with this reason; 0 if it is about no worker. */
  readonly count: number;
  /** The ids of the first of these workers, at most three. */
  readonly workers: readonly string[];
}

/** The work on the slots of a pool. All times are in ms before the message. */
export interface TimelineView {
  /** The tasks that have ended, in order, and those that have begun and go on. At most 256 ended ones. */
  readonly bars: readonly BarView[];
  /** The ends of workers. At most 64. */
  readonly marks: readonly MarkView[];
  /** The failed tasks, at most 20; at the first message at most 50. */
  readonly failed: readonly FailedView[];
}

/** A task on a slot; with `count`, several short ones after each other. */
export interface BarView {
  readonly slot: number;
  readonly from: number;
  /** The end; absent while the task goes on. */
  readonly to?: number;
  /** The name of the task, or of the first one; empty if it is not known. */
  readonly name: string;
  /** The number of tasks. @default 1 */
  readonly count?: number;
  /** The label of what the worker knows, as in `ActorView`. */
  readonly label?: string;
  /** Is true if the worker has learnt something new by this task. */
  readonly hasLearnt?: boolean;
  readonly isFailed?: boolean;
}

/** The end of a worker. */
export interface MarkView {
  readonly slot: number;
  readonly at: number;
  /** `room`: it made room for a fresh worker. `death`: it died by itself. `end`: the pool ended it for another reason. */
  readonly what: 'room' | 'death' | 'end';
  /** The worker's id. */
  readonly worker: string;
  /** The cause in words. */
  readonly why: string;
}

/** A failed task. */
export interface FailedView {
  readonly at: number;
  readonly name: string;
  /** The code of its error; `error` for one without a code. */
  readonly code: string;
  readonly worker?: string;
}

/** A message from the inspector's server to the page of a fleet. */
export type ToFleetPage = FleetMessage | EndedMessage;

/** The whole state of a fleet, once a second. */
export interface FleetMessage {
  readonly type: 'fleet';
  /** The time since the epoch. In ms. */
  readonly at: number;
  /** The name of the kind. */
  readonly kind: string;
  readonly isPaused: boolean;
  /** The tasks that no node has; that nodes have; that every node has refused so far. */
  readonly waiting: number;
  readonly active: number;
  readonly parked: number;
  readonly nodes: readonly NodeView[];
  /** The problem with the broker, in words; the rest is what was seen last. */
  readonly problem?: string;
}

/** One node of a fleet. */
export interface NodeView {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  /** The number of workers that it was started with. */
  readonly size: number;
  /** The time at which it entered, since the epoch. In ms. */
  readonly since: number;
  /** `silent`: it lives, and has not answered within a second. */
  readonly state: 'live' | 'silent' | 'dead';
  /** The workers with their slots; none if the node is not `live`. */
  readonly workers: readonly { readonly slot: number; readonly state: string }[];
  /** The figures of a node that is `live`. */
  readonly figures?: {
    readonly queued: number;
    readonly done: number;
    readonly failed: number;
    readonly lost: number;
    /** The tasks that ended a second, since the last message. */
    readonly rate: number;
  };
  /** The address of the node's own page, with its token; absent without an inspector. */
  readonly page?: string;
  /** The command that makes the page reachable, for a node on another machine. */
  readonly tunnel?: string;
}
