/**
 * The port of the fleet: what an engine that holds the backlog can do. Types only. Behind it stand memory, Redis and
 * Postgres. Nobody outside of the engine's own files knows which of them it is.
 */

/** The small marks that a task carries beside its body, such as its cancellation. Plain JSON. */
export type Flags = Readonly<Record<string, unknown>>;

/** A task on its way through the broker. */
export interface Envelope {
  /** The id of the task, unique in its queue. Any text of 1 to 200 characters. */
  readonly id: string;
  /** The task and its options, as JSON text: see `sealTask`. The broker never reads it. */
  readonly body: string;
  /** The submitter that is told of the outcome. */
  readonly to?: string;
  /**
   * The place in the queue: lower ranks come first, equal ranks in the order in which they were added. A whole number
   * from 0 to 2097150. @default 0
   */
  readonly rank?: number;
  readonly flags?: Flags;
  /** The time at which the broker accepted the task, in ms since 1970. The broker sets it. */
  readonly at?: number;
}

/** The memory of the broker for tasks that have ended: it remembers the latest ones, and none for longer than `ms`. */
export interface Keep {
  /** The number of outcomes that are remembered. @default 100000 */
  readonly named: number;
  /** The time for which an outcome is remembered, in ms. @default 3600000 */
  readonly ms: number;
}

/** The place of a task. `parked`: it was given back with a delay that is not over. */
export type State = 'waiting' | 'parked' | 'active' | 'ended';

/** A task that has ended. */
export interface Ended {
  readonly id: string;
  readonly to?: string;
  /** The text that settled the task, or `undefined` if the broker gave it up. */
  readonly outcome?: string;
  /** The reason why the broker gave the task up: its holders lost their leases more often than `redeliver` allows. */
  readonly died?: string;
}

/** A task as the broker has it now. */
export interface Found extends Ended {
  readonly state: State;
  readonly envelope: Envelope;
}

/** A page of the tasks that have ended, newest first. */
export interface EndedPage {
  readonly ended: readonly Ended[];
  /** Leads to the next page, of older tasks. Is absent after the last page. */
  readonly next?: Cursor;
}

/** A place among the ended tasks. Only the broker that made it can read it. */
export type Cursor = { readonly cursor: string };

/** The number of tasks of a queue. */
export interface Counts {
  readonly waiting: number;
  readonly active: number;
  readonly parked: number;
  readonly ended: number;
  /** Is true while `hold` keeps the tasks of the queue from being leased. */
  readonly isHeld: boolean;
}

/** New ranks by the id of their tasks. */
export type Ranks = ReadonlyMap<string, number>;

/**
 * A task in the hands of this process, for as long as it gives signs of life. The broker renews the lease by itself
 * until `settle` or `giveBack` has been answered.
 */
export interface Lease {
  readonly envelope: Envelope;
  /** The number of this delivery: 1, and 1 more for each holder that lost its lease. `giveBack` does not count. */
  readonly attempt: number;
  /** Renews the lease. Returns whether it still belongs to this process; waits while the engine is away. */
  isMine(): Promise<boolean>;
  /**
   * Ends the task with an outcome, of `sealOutcome`. The call is repeated until the engine has accepted or refused it;
   * the lease is renewed meanwhile. `accepted`: this outcome is the task's. `refused`: the lease was lost before, and
   * this outcome is nobody's.
   */
  settle(outcome: string): Promise<'accepted' | 'refused'>;
  /**
   * Adds flags to the task, which its next lease shows. Only the holder writes them, so nothing that others flag at the
   * same moment is lost. Nothing happens if the lease is lost.
   */
  flag(flags: Flags): Promise<void>;
  /**
   * Gives the task back: to the head of its rank, or, with a delay in ms, to the end of its rank when the delay is over. Nothing
   * happens if the lease is lost.
   */
  giveBack(delay?: number): Promise<void>;
  /** Is called, at most once, when the broker has taken the lease away: the task may begin elsewhere. */
  onLost(listener: () => void): void;
}

/** The options of the work on a queue. */
export interface WorkOptions {
  /** The most leases at a time. */
  readonly slots: number;
  /** The number of holders a task may lose before it is given up: see `Ended.died`. @default 3 */
  readonly redeliver?: number;
}

/** The stream of leases of one queue. */
export interface Feed {
  /** The most leases at a time. Setting it takes effect at once; leases beyond it are kept. */
  slots: number;
  /** The number of leases that have not ended. */
  readonly held: number;
  /** Takes no more tasks, from now on. Resolves when the last lease has been settled, given back or lost. */
  stop(): Promise<void>;
}

/** A sign of life under a name, until `leave` or the end of this process. */
export interface Presence {
  readonly id: string;
  leave(): Promise<void>;
  /**
   * Is called each time that the broker took this process for dead although it lives: others may have inherited what
   * was its own.
   */
  onLost(listener: () => void): void;
}

/** Hears a hint. Hints may be lost, and come in order from each sender. */
export type Listener = (data: unknown) => void;

/**
 * The events of the connection. `down`: the engine does not answer. `up`: it answers again. `gap`: hints may have been
 * missed, so what they tell must be read from the queues.
 */
export type BrokerEvent = 'down' | 'up' | 'gap';

/**
 * An engine that holds the backlog of a fleet. Calls wait while the engine is away, and go on when it is back: they
 * reject only after `close`, with `CLOSED`, or where the arguments are wrong, with `USAGE`. Several nodes and submitters
 * of one process may share a broker; who opened it closes it.
 *
 * The name of a queue, a topic or a presence is any text of 1 to 200 characters; parts of a topic stand between dots.
 */
export interface Broker {
  /** The time without a sign of life after which a lease or a presence is lost, in ms. */
  readonly lease: number;

  /** Adds tasks. They are durable when it resolves. A task whose id the queue knows, also as ended, changes nothing. */
  add(queue: string, tasks: readonly Envelope[], keep?: Keep): Promise<void>;
  /** Leases tasks of a queue, lowest rank first, as long as the feed has free slots. */
  work(queue: string, options: WorkOptions, onLease: (lease: Lease) => void): Feed;
  /** Removes a task that waits or is parked. Returns whether it did: it does not remove a task that is leased. */
  remove(queue: string, id: string): Promise<boolean>;
  /** Adds flags to a task that has not ended. Returns whether it did. The next lease of the task shows them. */
  flag(queue: string, id: string, flags: Flags): Promise<boolean>;
  /** Changes the ranks of tasks that wait. Tasks that do not are left alone. Returns the number of changed ones. */
  rank(queue: string, ranks: Ranks): Promise<number>;
  /** Lists tasks from the place `from` up to but without `to`; waiting ones in the order in which they are leased. */
  list(queue: string, state: Exclude<State, 'ended'>, from?: number, to?: number): Promise<Envelope[]>;
  /** Finds tasks by their ids. The result has one member for each id, `undefined` for unknown ones. */
  find(queue: string, ids: readonly string[]): Promise<Array<Found | undefined>>;
  /** Lists tasks that have ended, newest first, a page at a time. A task that ends meanwhile may show up twice. */
  ended(queue: string, before?: Cursor): Promise<EndedPage>;
  counts(queue: string): Promise<Counts>;
  /** Keeps all tasks of a queue from being leased, or ends that. Leases that are held go on. */
  hold(queue: string, isHeld: boolean): Promise<void>;
  /** Makes all parked tasks wait again, each at its rank. Returns their number. */
  promote(queue: string): Promise<number>;
  /** Removes a queue with everything in it, leased tasks too: their leases are lost. */
  destroy(queue: string): Promise<void>;

  /** Sends a hint, as JSON, to everybody who has subscribed to the topic. It may be lost. */
  publish(topic: string, data: unknown): Promise<void>;
  /** Hears the hints on a topic. Resolves when it does, with a function that ends it. */
  subscribe(topic: string, listener: Listener): Promise<() => Promise<void>>;
  /** Shows that this process lives, under a name. */
  enter(id: string): Promise<Presence>;
  /** Returns the names under which processes live. */
  living(): Promise<readonly string[]>;

  /** Listens to an event. Returns a function that ends it. */
  on(event: BrokerEvent, listener: () => void): () => void;
  /** Ends all feeds and presences, and the connection. Leases that are held are given back. */
  close(): Promise<void>;
}
