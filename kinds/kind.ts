/**
 * The contract between the pool and its user. A kind is ONE object in ONE module, as OCaml's `module type Task` is one
 * module. This file has types only: a kind's module needs nothing of statepool at run time.
 */
import type {
  CompetenceOf,
  EndReason,
  FeedbackOf,
  KindExamples,
  KindTypes,
  PerformContext,
  ResultOf,
  Verdict,
  WorkerPlace,
  WorkerStatus,
} from './contract/kind-types.ts';

export type {
  CompetenceOf,
  EndReason,
  FeedbackOf,
  KindExamples,
  KindTypes,
  PerformContext,
  ResultOf,
  Verdict,
  WorkerPlace,
  WorkerStatus,
} from './contract/kind-types.ts';

/**
 * A sort of work. The kind says how a task becomes a request, which workers may take the task, and what its response
 * does to the worker.
 *
 * The master runs every function except `perform`, `receiveFeedback` and `end`. If the types of the kind have a `result` or a
 * `competence`, the kind must have `useResponse`, which provides them. OCaml: `module type Task`
 * (stm/asyncTaskQueue.mli).
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

/**
 * The hook that the types of a kind require. Without `useResponse` the result is the response, and the worker learns
 * nothing.
 */
export type GivesVerdicts<X extends KindTypes> = Names<X, 'result'> | Names<X, 'competence'> extends false
  ? unknown
  : { readonly useResponse: NonNullable<KindMembers<X>['useResponse']> };

/**
 * Is `true` if the types have this part as a required member. `KindTypes` itself and `any` leave each part open:
 * `false`.
 */
type Names<X, Name extends string> = 0 extends X & 1
  ? false
  : X extends { readonly [name in Name]: unknown }
    ? true
    : false;

/** The members of a kind. For some types `GivesVerdicts` makes `useResponse` required. */
export interface KindMembers<X extends KindTypes> {
  /** Unique id of the kind; the worker sends it in the handshake. OCaml: `name`. */
  readonly name: string;
  /** `import.meta.url` of the kind's module: the worker imports it and takes its default export. */
  readonly url: string | URL;
  /**
   * The number of requests that one worker may hold, the running one included. More than 1 means that verdicts do not
   * depend on the order of responses. The pool then sends a quick worker up to a millisecond of work in advance, and
   * gets several of its answers at a time. If the worker ends, dies or changes its competence, the requests that it has
   * not begun go back to the head of the queue, in order. The pool cannot know for certain which requests a process has
   * begun: on processes, the window counts only for an `idempotent` kind. 1 to 1024.
   *
   * Without a window the pool decides: a worker holds one request; a thread that needs less than half a millisecond for
   * one may get the next one early. It begins that one only after the verdict on the one before, and the request goes
   * back if the verdict changes the worker's status. A thread of a kind without `useResponse` and `onPerformError` may
   * hold 4 and need not wait. Kinds with `taskMatch`, `prefers` or `affinity` get nothing early. `window: 1`: no request
   * is built before the verdict on the one before, if the kind has verdicts. @default the pool decides
   */
  readonly window?: number;
  /**
   * The number of requests that one worker performs at the same time, 1 to 1024: for work that waits, for a network or a
   * disk. Each request goes out when it can be begun, and is answered when it is done. Requests that go out together are
   * built for the same status; verdicts apply in the order of the answers. A verdict `end` waits for the other requests,
   * unless the kind is `idempotent`. With a worker that dies, or is killed by a cancel or a `timeout`, all requests that
   * it has begun are lost: give `perform` time to stop one of them by itself with `killGrace`. Not together with a
   * `window`. @default 1
   */
  readonly concurrency?: number;
  /**
   * Is `true` if a request may be performed again after its worker died before the answer was seen. With a `window`,
   * such requests go back to the queue; without it, their tasks fail with WORKER_DIED. @default false
   */
  readonly idempotent?: boolean;
  /**
   * Returns extra environment variables of the worker. In the master, once a spawn. OCaml: `extra_env`. @default none
   */
  extraEnv?(): Record<string, string>;
  /**
   * Builds the request from the task AND the worker's status: a fresh worker may need heavy state that an old one has.
   * In the master, once a dispatch. Returns `undefined` if the task is no longer valid: the task expires and the worker
   * stays free. OCaml: `request_of_task`.
   */
  requestOfTask(status: WorkerStatus<CompetenceOf<X>>, task: X['task'], worker: WorkerPlace): X['request'] | undefined;
  /**
   * Returns whether a worker in this status may take this task. In the master, during matching; pure and cheap. The
   * answer may depend on outside state if the user calls `pool.broadcast()` after each change of that state. OCaml:
   * `task_match`. A hook with a third parameter is asked for each worker, and may depend on its slot; one without is
   * asked once for all fresh workers. @default every worker takes every task
   */
  taskMatch?(status: WorkerStatus<CompetenceOf<X>>, task: X['task'], worker: WorkerPlace): boolean;
  /**
   * Returns whether a worker in this status wants this task before the others that it may take: because it has loaded
   * what the task needs. A free worker takes the first task that it prefers, then the first that no busy worker prefers.
   * It leaves a task to a busy worker that prefers it while that wait costs less than a load, as the pool has measured;
   * no task waits much longer than `makeRoom.patience`. In the master, during matching; pure and cheap.
   * @default every task alike
   */
  prefers?(status: WorkerStatus<CompetenceOf<X>>, task: X['task'], worker: WorkerPlace): boolean;
  /**
   * Returns the index key of a task, for kinds with many competences. An OLD worker takes a task with a key only if
   * `affinityOfCompetence` returns the same key and `taskMatch` agrees. The queue finds such a task by its key, without
   * a search. In the master, once a task. @default no key: the queue searches from its head
   */
  affinity?(task: X['task']): string | undefined;
  /**
   * The use of the keys of `affinity`. `require`: an old worker takes only tasks of its own key, and the pool replaces
   * it by a fresh one when other keys wait. `prefer`: an old worker takes tasks of its own key first, and others when
   * that costs less than their wait: it switches in place. @default 'require'
   */
  readonly affinityMode?: 'require' | 'prefer';
  /**
   * Returns the key of the tasks that an old worker takes; it also takes tasks without a key. In the master, once a
   * verdict that changes the competence. @default with `affinityMode: 'prefer'` the key of its last task; else none
   */
  affinityOfCompetence?(competence: CompetenceOf<X>): string | undefined;
  /**
   * Returns the verdict on a response. In the master, exactly once a response, never for a task that has already
   * settled. OCaml: `use_response`. @default `{ type: 'stay', competence: undefined, result: response }`
   */
  useResponse?(
    status: WorkerStatus<CompetenceOf<X>>,
    task: X['task'],
    response: X['response'],
  ): Verdict<X['task'], CompetenceOf<X>, ResultOf<X>>;
  /**
   * Returns the verdict after `perform` threw. In the master, once a throw. `undefined` leaves the worker's status as
   * it was and rejects the task with a PerformError. @default `undefined`
   */
  onPerformError?(
    status: WorkerStatus<CompetenceOf<X>>,
    task: X['task'],
    error: Error,
  ): Verdict<X['task'], CompetenceOf<X>, ResultOf<X>> | undefined;
  /**
   * Is called if the request or the response could not be serialised. In the master, once a failure. OCaml:
   * `on_marshal_error`.
   */
  onMarshalError?(message: string, task: X['task']): void;
  /**
   * Is called after a task ended without a verdict, or (task `undefined`) after a worker died that held no task. In the
   * master, once each. The answer `'retry'` puts the task of a dead worker back at the head of the queue, at most
   * `retries` times (an option of the pool). OCaml: `on_task_cancellation_or_expiration_or_slave_death`.
   */
  onTaskCancellationOrExpirationOrWorkerDeath?(task: X['task'] | undefined, reason: EndReason): void | 'retry';
  /**
   * Handles a feedback that a worker sent during this task. In the master, once a feedback. OCaml: `forward_feedback`.
   */
  forwardFeedback?(feedback: FeedbackOf<X>, task: X['task']): void;
  /** Does the work. In the worker, one request at a time, or as many as `concurrency` says. OCaml: `perform`. */
  perform(request: X['request'], context: PerformContext<FeedbackOf<X>>): X['response'] | Promise<X['response']>;
  /**
   * Handles a feedback that the pool sent to all its workers. In the worker. OCaml: `forward_feedback`, in the other
   * direction.
   */
  receiveFeedback?(feedback: FeedbackOf<X>): void;
  /**
   * Closes what the worker holds, for example removes a lock file. In the worker, once, before it is ended on purpose:
   * by its verdict, by `close`, `recycle`, `idleTimeout` or `resize`, or to make room for a fresh worker. It never runs
   * while `perform` runs, nor in a worker that is killed or dies. The pool waits for it for at most `endGrace`, and then
   * kills the worker. Its errors are process warnings: they fail no task. @default the worker is killed at once
   */
  end?(): void | Promise<void>;
  /**
   * Returns the part of a competence that the inspector may show: a short text, a number or plain JSON, of at most
   * 1,000 characters of JSON. In the master, while a viewer is connected, once a verdict that changes the competence.
   * @default the inspector shows nothing of it
   */
  viewOfCompetence?(competence: CompetenceOf<X>): unknown;
  /**
   * Returns a short name for logs and for the inspector, which shows no other name. OCaml: `name_of_task`. @default the
   * task as short JSON
   */
  nameOfTask?(task: X['task']): string;
  /** Returns a short name for logs and the inspector. OCaml: `name_of_request`. @default the request as short JSON */
  nameOfRequest?(request: X['request']): string;
  /** The finite abstraction: charts and model tests are generated from it. */
  readonly examples?: KindExamples<X>;
}
