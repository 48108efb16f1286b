/**
 * The contract between the pool and its user: a kind is ONE object in ONE module, as OCaml's `module type Task` is
 * one module. Types only: a kind's module needs nothing of statepool at run time.
 */

/** The types a kind is about. OCaml declares them inside the module; `result` and `feedback` are ours. */
export interface KindTypes {
  /** What a caller asks for. Lives in the master, is never sent: it may hold functions and handles. */
  task: unknown;
  /** What is sent to the worker: structured-cloneable. */
  request: unknown;
  /** What comes back from the worker: structured-cloneable. */
  response: unknown;
  /** What an old worker has learnt. Lives in the master. */
  competence?: unknown;
  /** What `run` resolves with. */
  result?: unknown;
  /** What a worker may send while it performs, and the pool to all its workers: structured-cloneable. */
  feedback?: unknown;
}

type Part<X extends KindTypes, Name extends keyof KindTypes> = Name extends keyof X ? X[Name] : undefined;

/** The competence of a kind's workers; `undefined` where its types name none. */
export type CompetenceOf<X extends KindTypes> = Part<X, 'competence'>;

/** The result of a kind's tasks; the response where its types name none. */
export type ResultOf<X extends KindTypes> = 'result' extends keyof X ? X['result'] : X['response'];

/** The feedback of a kind; `undefined` where its types name none. */
export type FeedbackOf<X extends KindTypes> = Part<X, 'feedback'>;

/**
 * A worker as its kind sees it: it was just born and has performed nothing, or it knows what its last verdict said.
 *
 * OCaml: `worker_status` (stm/asyncTaskQueue.mli).
 */
export type WorkerStatus<C = unknown> = { readonly type: 'fresh' } | { readonly type: 'old'; readonly competence: C };

/**
 * The effect of a response on its worker and on the task's promise. The verdict IS the event that the worker's machine gets.
 *
 * `stay` keeps the worker alive as old, with that competence; `end` ends it, and a fresh one takes its slot. Either way
 * `tasks` enter the queue at once and inherit the cancel signal. With `error` the task's promise rejects with exactly
 * that error; otherwise it resolves with `result`.
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
 * The error of a task that ended without a verdict, as its caller gets it: `code` tells the cases apart.
 *
 * `CANCELLED` (signal, cancelWorker, cancelAll, close, destroy), `TIMEOUT_QUEUE` and `TIMEOUT_RUN` (`queueTimeout`, `timeout`), `EXPIRED` (`requestOfTask` gave `undefined`), `WORKER_DIED`,
 * `STRANDED` (a follow-up that nobody can take any more), `TRANSFER_SPENT` (its `transfer` went with a worker that did not finish it), `KIND` (a hook of the kind threw), `DEGRADED` (workers cannot start).
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
  /** Aborted when the task is cancelled and the pool's `killGrace` gives it time to stop by itself. */
  readonly signal: AbortSignal;
  /** The worker's id, `kind:slot:serial`. */
  readonly workerId: string;
  /** Sends a feedback to the master, in order, before the response. @throws when it cannot be cloned */
  feedback(feedback: F): void;
}

/**
 * The finite abstraction of a kind: its chart and its model tests are generated from it.
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
  /** One representative a class of tasks, under the name that `classOfTask` gives it. Fresh objects at each call. */
  readonly tasks: Readonly<Record<string, () => X['task']>>;
  /** Representative responses; `to` names the task classes that each can answer. */
  readonly responses: Readonly<
    Record<string, { readonly to: readonly string[] | '*'; make(task: X['task']): X['response'] }>
  >;
  /** The class of a task: one of the names in `tasks`. */
  classOfTask(task: X['task']): string;
  /** The class of a competence: a short label. */
  classOfCompetence(competence: CompetenceOf<X>): string;
}

/**
 * One sort of work: how tasks become requests, who may take them, what a response makes of the worker.
 *
 * The master runs every function but `perform` and `receiveFeedback`. A kind whose types name a `result` or a `competence` has
 * a `useResponse`, which gives them. OCaml: `module type Task` (stm/asyncTaskQueue.mli).
 *
 * @example
 * import type { Kind } from 'statepool';
 *
 * interface Lookups {
 *   task: { table: string; key: string };
 *   request: { table: string; key: string };
 *   response: string | undefined;
 *   competence: string;
 *   result: string | undefined;
 * }
 *
 * // A worker reads one table, and takes tasks on that table from then on.
 * const lookups: Kind<Lookups> = {
 *   name: 'lookups',
 *   url: import.meta.url,
 *   taskMatch: (status, { table }) => status.type === 'fresh' || status.competence === table,
 *   requestOfTask: (_status, task) => task,
 *   useResponse: (_status, { table }, response) => ({ type: 'stay', competence: table, result: response }),
 *   perform: async ({ table, key }) => (await readTable(table)).get(key),
 * };
 *
 * export default lookups;
 */
export type Kind<X extends KindTypes> = KindMembers<X> & GivesVerdicts<X>;

/** The hook that a kind needs for its types: without `useResponse` a result is the response, and nothing is learnt. */
export type GivesVerdicts<X extends KindTypes> = Names<X, 'result'> | Names<X, 'competence'> extends false
  ? unknown
  : { readonly useResponse: NonNullable<KindMembers<X>['useResponse']> };

/** Whether these types name a part; types of any kind (`KindTypes` itself) leave it open. */
type Names<X, Name extends string> = 0 extends X & 1
  ? false
  : X extends { readonly [name in Name]: unknown }
    ? true
    : false;

/** The members of a kind, as far as its types allow it to leave some out. */
export interface KindMembers<X extends KindTypes> {
  /** Unique id of the kind; the worker says it in the handshake. OCaml: `name`. */
  readonly name: string;
  /** `import.meta.url` of the kind's module: the worker imports it and takes its default export. */
  readonly url: string | URL;
  /**
   * How many requests one worker may hold, the running one included. More than 1 says that verdicts do not depend on the
   * order of responses: a worker that has shown to be quick is sent up to a millisecond of work in advance, and its
   * answers come several at a time. What it has not begun when it ends, dies, or changes its competence goes back to the head
   * of the queue, in order. In processes nobody can say for certain what was begun: there it counts only for an
   * `idempotent` kind. 1 to 1024. @default 1
   */
  readonly window?: number;
  /**
   * May a request be performed again whose worker died before its answer was seen? With a `window`, such requests go back
   * to the queue; else their tasks fail with WORKER_DIED. @default false
   */
  readonly idempotent?: boolean;
  /** Extra environment variables of the worker. In the master, once a spawn. OCaml: `extra_env`. @default none */
  extraEnv?(): Record<string, string>;
  /**
   * Builds the request from the task AND the worker's status: a fresh worker may need heavy state that an old one has.
   * In the master, once a dispatch. `undefined`: the task is no longer valid; it expires and the worker stays free.
   * OCaml: `request_of_task`.
   */
  requestOfTask(status: WorkerStatus<CompetenceOf<X>>, task: X['task']): X['request'] | undefined;
  /**
   * May this worker, in this status, take this task? In the master, while picking; pure and cheap. It may look at outside
   * state if `pool.broadcast()` is called when that has changed. OCaml: `task_match`. @default every worker takes every task
   */
  taskMatch?(status: WorkerStatus<CompetenceOf<X>>, task: X['task']): boolean;
  /**
   * The index key of a picky kind. An OLD worker takes a task that has a key only where `affinityOfCompetence` gives the
   * same key (and `taskMatch` agrees); the queue finds such a task without looking at the others. In the master, once a
   * task. @default no key: found by looking along the queue
   */
  affinity?(task: X['task']): string | undefined;
  /** The key whose tasks an old worker takes, beside those without a key. In the master, once a verdict that changes the competence. */
  affinityOfCompetence?(competence: CompetenceOf<X>): string | undefined;
  /**
   * The verdict on a response. In the master, exactly once a response, never for a task that has settled already.
   * OCaml: `use_response`. @default `{ type: 'stay', competence: undefined, result: response }`
   */
  useResponse?(
    status: WorkerStatus<CompetenceOf<X>>,
    task: X['task'],
    response: X['response'],
  ): Verdict<X['task'], CompetenceOf<X>, ResultOf<X>>;
  /**
   * The verdict on a `perform` that threw. In the master, once a throw. `undefined` leaves the worker's status as it was and
   * rejects the task with a PerformError. @default `undefined`
   */
  onPerformError?(
    status: WorkerStatus<CompetenceOf<X>>,
    task: X['task'],
    error: Error,
  ): Verdict<X['task'], CompetenceOf<X>, ResultOf<X>> | undefined;
  /** The request or the response could not be serialised. In the master, once a failure. OCaml: `on_marshal_error`. */
  onMarshalError?(message: string, task: X['task']): void;
  /**
   * A task ended without a verdict, or (task `undefined`) a worker died holding none. In the master, once each. The answer
   * `'retry'` puts a task whose worker died back at the head of the queue, at most `retries` times (an option of the pool).
   * OCaml: `on_task_cancellation_or_expiration_or_slave_death`.
   */
  onTaskCancellationOrExpirationOrWorkerDeath?(task: X['task'] | undefined, reason: EndReason): void | 'retry';
  /** A feedback that a worker sent while it performed this task. In the master, once a feedback. OCaml: `forward_feedback`. */
  forwardFeedback?(feedback: FeedbackOf<X>, task: X['task']): void;
  /** Does the work. In the worker, one request at a time. OCaml: `perform`. */
  perform(request: X['request'], context: PerformContext<FeedbackOf<X>>): X['response'] | Promise<X['response']>;
  /** A feedback that the pool sent to all its workers. In the worker. OCaml: `forward_feedback`, the other way. */
  receiveFeedback?(feedback: FeedbackOf<X>): void;
  /**
   * What the inspector may show of a competence: a short text, a number or plain JSON, cut at 1,000 characters. In the master,
   * while somebody looks, once a verdict that changes the competence. @default nothing of it is shown
   */
  viewOfCompetence?(competence: CompetenceOf<X>): unknown;
  /** A short name for logs and the inspector, which shows no other. OCaml: `name_of_task`. @default the task as short JSON */
  nameOfTask?(task: X['task']): string;
  /** A short name for logs and the inspector. OCaml: `name_of_request`. @default the request as short JSON */
  nameOfRequest?(request: X['request']): string;
  /** The finite abstraction that charts and model tests are generated from. */
  readonly examples?: KindExamples<X>;
}
