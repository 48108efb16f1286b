/** A message of the inspector's server to its page: one JSON text a WebSocket message. */
export type ToPage = FullMessage | TickMessage | EndedMessage;

/** Everything: the first message to a viewer. */
export interface FullMessage {
  readonly type: 'full';
  readonly pool: PoolView;
  readonly machines: readonly MachineView[];
  readonly actors: readonly ActorView[];
  readonly header: HeaderView;
  readonly queue: QueueView;
}

/** The changes since the last message; ten times a second at most, and only where something has changed. */
export interface TickMessage {
  readonly type: 'tick';
  /** Since the epoch. In ms. */
  readonly at: number;
  readonly header: HeaderView;
  /** The actors that have changed, or are new: whole. */
  readonly actors: readonly ActorView[];
  /** Ids of actors that are shown no more: tombstones beyond the last ones. */
  readonly forgotten: readonly string[];
  /** Visits of each machine that has moved, whole. */
  readonly visitCounts: readonly { readonly machine: string; readonly visitCounts: VisitCounts }[];
  /** The transitions that were taken, in order, as far as they were seen. */
  readonly fired: readonly FiredView[];
  /** The messages between actors, in order, as far as they were seen. */
  readonly messages: readonly MessageView[];
  /** More happened than was looked at: `visitCounts`, `fired` and `messages` are a sample of this tick. */
  readonly isSampled: boolean;
  readonly queue: QueueView;
}

/** The pool has ended; nothing comes after it. A closed socket without it: the program has ended. */
export interface EndedMessage {
  readonly type: 'ended';
  /** Why, in words. */
  readonly reason: string;
}

/** The pool that is shown. */
export interface PoolView {
  readonly id: string;
  /** The name of the kind. */
  readonly kind: string;
  /** The name of the host, `custom` for one of the user's. */
  readonly host: string;
  readonly size: number;
  /** The id of the program's process. */
  readonly pid: number;
}

/** One machine: its picture is at `chart` (a path of the server that answers SVG), drawn with `data-state` and `data-edge`. */
export interface MachineView {
  /** `worker` or `supervisor`. */
  readonly id: string;
  /** The path of its picture. */
  readonly chart: string;
  /** Paths of its states, in order. */
  readonly states: readonly string[];
  readonly visitCounts: VisitCounts;
}

/** Counts of states that were entered and transitions that were taken while somebody looked. */
export interface VisitCounts {
  /** By the path of the state. */
  readonly states: Readonly<Record<string, number>>;
  /** By `from|event|to`, as `data-edge` in the picture. */
  readonly edges: Readonly<Record<string, number>>;
}

/** One actor: the supervisor, or a worker, dead ones for a while. */
export interface ActorView {
  readonly id: string;
  /** The machine's id. */
  readonly machine: string;
  /** Path of its active state. */
  readonly state: string;
  readonly visitCounts: VisitCounts;
  /** The id of the worker's process; host `process` only. */
  readonly pid?: number;
  /** The id of the worker's thread; host `thread` only. */
  readonly threadId?: number;
  /** How many requests it was given. */
  readonly tasks?: number;
  /** The name of the task on hand. */
  readonly task?: string;
  /** What the kind lets be seen of the competence: plain JSON. */
  readonly competence?: unknown;
  /** Why it died: exit code, signal, or what ended it. */
  readonly end?: string;
}

/** A transition that one actor took. */
export interface FiredView {
  /** The actor's id. */
  readonly actor: string;
  /** The edge of its machine: `from|event|to`. */
  readonly edge: string;
}

/** One message from an actor to another; `from` is missing where it came from outside. */
export interface MessageView {
  /** Since the epoch. In ms. */
  readonly at: number;
  readonly from?: string;
  readonly to: string;
  /** The name of the event. */
  readonly event: string;
}

/** The numbers at the top. */
export interface HeaderView {
  /** The supervisor's state. */
  readonly state: string;
  /** Tasks in the queue. */
  readonly waiting: number;
  /** Tasks that workers hold. */
  readonly running: number;
  /** Tasks that settled with a result. */
  readonly done: number;
  /** Tasks that settled with an error. */
  readonly failed: number;
  /** Tasks that ended in the last second. */
  readonly rate: number;
  /** What is wrong, where the pool is stalled or degraded. */
  readonly problem?: string;
}

/** The head of the queue. */
export interface QueueView {
  /** All tasks that wait. */
  readonly length: number;
  /** The first ones, at most 20. */
  readonly head: readonly WaitingView[];
}

/** A task that waits. */
export interface WaitingView {
  /** Its name, where the kind gives one; else its place in the queue, such as `#3`. */
  readonly name: string;
  readonly priority: number;
  /** In words, why no worker has it: `every worker is busy`, or what each says. */
  readonly reasons: readonly { readonly worker?: string; readonly why: string }[];
}
