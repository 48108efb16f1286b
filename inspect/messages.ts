/** A message from the inspector's server to its page: one JSON text in each WebSocket message. */
export type ToPage = FullMessage | TickMessage | EndedMessage;

/** The whole state: the first message to a viewer. */
export interface FullMessage {
  readonly type: 'full';
  readonly pool: PoolView;
  readonly machines: readonly MachineView[];
  readonly actors: readonly ActorView[];
  readonly header: HeaderView;
  readonly queue: QueueView;
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
  /** The problem of a stalled or degraded pool. */
  readonly problem?: string;
}

/** The head of the queue. */
export interface QueueView {
  /** The number of all waiting tasks. */
  readonly length: number;
  /** The first waiting tasks, at most 20. */
  readonly head: readonly WaitingView[];
}

/** A waiting task. */
export interface WaitingView {
  /** The task's name from its kind; without one, its place in the queue, such as `#3`. */
  readonly name: string;
  readonly priority: number;
  /** The reasons why no worker has taken the task, in words: `every worker is busy`, or a reason for each worker. */
  readonly reasons: readonly { readonly worker?: string; readonly why: string }[];
}
