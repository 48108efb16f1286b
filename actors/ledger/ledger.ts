/** The name of a task in a ledger: the caller's, or a number if the caller gave none. */
export type TaskId = string | number;

/** A task that a ledger holds and that has not settled. */
export interface Live {
  readonly id: TaskId;
  /** The entry of the task in this process. `undefined` if the task ended, but its outcome could not be written. */
  owner: unknown;
  /**
   * The progress of the record. Of a caller's task: `arriving`, then `written` or `refused`. Of a follow-up: `reserved`
   * until its verdict is buffered, `buffered` until that is written.
   */
  place: 'reserved' | 'buffered' | 'arriving' | 'refused' | 'written';
  /** The number of failed attempts that are written. */
  failed: number;
  /** The follow-ups that its verdict has created. */
  followUps: readonly Live[];
  /** Is called when the task is accepted. */
  onWritten: ((id: TaskId) => void) | undefined;
}

/** The size of a journal, in tasks and in bytes. */
export interface JournalStats {
  /** The number of tasks in the file that were accepted and have not settled. */
  readonly live: number;
  /** The number of outcomes that are remembered. */
  readonly known: number;
  /** The number of tasks that were live when the journal was opened. */
  readonly recovered: number;
  /** The size of the file, in bytes. */
  readonly bytes: number;
}

/** The user of a ledger, which is a pool: it hears when a record is written, or of the error that prevented it. */
export interface LedgerClient {
  accepted(live: Live, error: Error | undefined): void;
  /** `followUps`: those that are recorded with the end. `error`: the task has not settled for anybody else. */
  settled(owner: unknown, end: unknown, followUps: readonly Live[], error: Error | undefined): void;
  /** Cancels a task: a queued one leaves the queue, the worker of a running one is ended. */
  cancel(live: Live, reason: unknown): void;
}

/**
 * The place where a pool writes down the tasks that it accepts and their ends: the file of a journal, or the leases of a node
 * of a fleet. No caller hears of a task or of its end before the ledger has it.
 */
export interface Ledger {
  /** Gets the word of the records. */
  client: LedgerClient | undefined;
  /** The number of tasks whose records wait to be written. */
  readonly arriving: number;
  /** Is true while callers wait for records to be written. */
  readonly isWriting: boolean;
  /** The name of the ledger in errors: the path of a file. */
  readonly path: string;
  readonly stats: JournalStats;
  /** Returns the task with that id that has not settled. */
  find(id: string): Live | undefined;
  /** Returns the recorded outcome of the task with that id, or `undefined` if it is not known. */
  outcomeOf(id: string): string | undefined;
  /** Takes a new task, and tells the client when it is written. */
  add(id: string | undefined, body: string, owner: unknown, onWritten?: (id: TaskId) => void): Live;
  /** Creates the record of a follow-up of a task, before the end of that task is recorded. */
  reserve(origin: Live, body: string, owner: unknown): Live;
  /** Records the number of failed attempts at a task that has another one. */
  fail(live: Live, then: (error: Error | undefined) => void): void;
  /** Records the outcome of a task with its reserved follow-ups. The client gets `owner` and `end` back. */
  settle(live: Live, outcome: string, owner: unknown, end: unknown): void;
  /** Returns the error of a task that has run, but whose end is not recorded. `name` is that of the task. */
  unsettled(name: string, problem: Error): Error;
  /** Resolves when everything that is buffered now is written, or could not be. */
  written(): Promise<void>;
  /** Writes the buffered records. */
  commit(): void;
  /** Writes the buffered records and ends. Never rejects. */
  close(): Promise<void>;
}

/** The key under which a folder of this package hands a ledger of its own to a pool, among the pool's options. */
export const LEDGER: unique symbol = Symbol('statepool.ledger');

/** Returns the ledger that stands among the options of a pool. */
export function ledgerIn(options: object): Ledger | undefined {
  return (options as { readonly [LEDGER]?: Ledger })[LEDGER];
}
