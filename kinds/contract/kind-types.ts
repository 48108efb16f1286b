/** The values that a kind's hooks get and return. Types only. */

/** The types of a kind. OCaml declares them inside the module; `result` and `feedback` are additions of statepool. */
export interface KindTypes {
  /**
   * The task that a caller passes to `run`. Stays in the master and is never sent: it may hold functions and handles.
   */
  task: unknown;
  /** The message to the worker: structured-cloneable. */
  request: unknown;
  /** The worker's answer to a request: structured-cloneable. */
  response: unknown;
  /** The knowledge that an old worker has gained. Lives in the master. */
  competence?: unknown;
  /** The value that `run` resolves with. */
  result?: unknown;
  /**
   * A message that a worker may send during `perform`, and that the pool may send to all its workers:
   * structured-cloneable.
   */
  feedback?: unknown;
}

type Part<X extends KindTypes, Name extends keyof KindTypes> = Name extends keyof X ? X[Name] : undefined;

/** The competence of a kind's workers; `undefined` if the kind's types have no competence. */
export type CompetenceOf<X extends KindTypes> = Part<X, 'competence'>;

/** The result of a kind's tasks; the response if the kind's types have no result. */
export type ResultOf<X extends KindTypes> = 'result' extends keyof X ? X['result'] : X['response'];

/** The feedback of a kind; `undefined` if the kind's types have no feedback. */
export type FeedbackOf<X extends KindTypes> = Part<X, 'feedback'>;

/**
 * The status of a worker, as its kind sees it. A `fresh` worker has performed nothing yet. An `old` worker has the
 * competence of its last verdict.
 *
 * OCaml: `worker_status` (stm/asyncTaskQueue.mli).
 */
export type WorkerStatus<C = unknown> = { readonly type: 'fresh' } | { readonly type: 'old'; readonly competence: C };

/** A worker as the hooks of its kind see it: `id` is `kind:slot:serial`, `tasks` the number of requests it was given. */
export interface WorkerPlace {
  readonly id: string;
  /** The place of the worker in its pool, from 0. The worker that replaces it has the same one. */
  readonly slot: number;
  readonly tasks: number;
}

/**
 * The effect of a response on its worker and on the task's promise. The verdict IS the event that the worker's machine
 * gets.
 *
 * `stay` keeps the worker alive as old, with the given competence. `end` ends the worker, and a fresh one takes its
 * slot. In both cases `tasks` enter the queue at once and inherit the cancel signal. With `error`, the task's promise
 * rejects with exactly this error; without it, the promise resolves with `result`.
 *
 * OCaml: the answer of `use_response`, `` `Stay of competence * task list | `End `` (stm/asyncTaskQueue.mli).
 *
 * @example
 * import type { Verdict } from 'statepool';
 *
 * // The worker stays and has read a table; one more task follows.
 * const verdict: Verdict<{ row: number }, { table: string }, string> = {
 *   type: 'stay',
 *   competence: { table: 'prices' },
 *   tasks: [{ row: 2 }],
 *   result: 'the first row',
 * };
 */
export type Verdict<T = unknown, C = unknown, R = unknown> =
  | {
      readonly type: 'stay';
      readonly competence: C;
      readonly tasks?: readonly T[];
      readonly result?: R;
      readonly error?: Error;
    }
  | { readonly type: 'end'; readonly tasks?: readonly T[]; readonly result?: R; readonly error?: Error };

/**
 * The error that a caller gets for a task that ended without a verdict. `code` is the cause:
 *
 * `CANCELLED` (signal, cancelWorker, cancelAll, close, destroy), `TIMEOUT_QUEUE` and `TIMEOUT_RUN` (`queueTimeout`,
 * `timeout`), `EXPIRED` (`requestOfTask` returned `undefined`), `WORKER_DIED`, `STRANDED` (a follow-up that no worker
 * can take any more), `TRANSFER_SPENT` (its `transfer` went to a worker that did not finish the task), `KIND` (a hook
 * of the kind threw), `DEGRADED` (workers cannot start).
 */
export type EndReason = Error & {
  readonly code:
    | 'CANCELLED'
    | 'TIMEOUT_QUEUE'
    | 'TIMEOUT_RUN'
    | 'EXPIRED'
    | 'WORKER_DIED'
    | 'STRANDED'
    | 'TRANSFER_SPENT'
    | 'KIND'
    | 'DEGRADED'
    | 'CLOSED';
};

/** The second argument of `perform`. In the worker, one for each request. */
export interface PerformContext<F = unknown> {
  /** Aborts when the task is cancelled and the pool's `killGrace` gives `perform` time to stop by itself. */
  readonly signal: AbortSignal;
  /** The worker's id, `kind:slot:serial`. */
  readonly workerId: string;
  /** Sends a feedback to the master, in order, before the response. @throws when it cannot be cloned */
  feedback(feedback: F): void;
  /** The pool's option `workerData`, as it was cloned for this worker. */
  readonly workerData: unknown;
  /**
   * Lets these buffers and ports move to the program with the response, instead of being copied. Ports and streams in a
   * response move without it. On processes everything is copied. @throws {TypeError} for anything but an array
   */
  transfer(list: readonly unknown[]): void;
  /**
   * The messages of the task's caller, in order, of a run with `messages: true`. The loop over them ends when `signal`
   * is aborted. Each message is read once; those that are not read are dropped with the request.
   */
  readonly messages: AsyncIterable<unknown>;
}

/**
 * The finite abstraction of a kind. Its chart and its model tests are generated from it.
 *
 * @example
 * import type { KindExamples } from 'statepool';
 *
 * // Tasks on two tables, one answer, and the table that a worker has read.
 * const examples: KindExamples<{ task: string; request: string; response: number; competence: string }> = {
 *   tasks: { prices: () => 'prices', orders: () => 'orders' },
 *   responses: { rows: { to: '*', make: () => 3 } },
 *   classOfTask: (task) => task,
 *   classOfCompetence: (table) => table,
 * };
 */
export interface KindExamples<X extends KindTypes> {
  /**
   * One representative task for each class, under the name that `classOfTask` returns. Each call makes a new object.
   */
  readonly tasks: Readonly<Record<string, () => X['task']>>;
  /** Representative responses. `to` names the task classes that each response can answer. */
  readonly responses: Readonly<
    Record<string, { readonly to: readonly string[] | '*'; make(task: X['task']): X['response'] }>
  >;
  /** Returns the class of a task: one of the names in `tasks`. */
  classOfTask(task: X['task']): string;
  /** Returns the class of a competence: a short label. */
  classOfCompetence(competence: CompetenceOf<X>): string;
}
