import type { EngineName, RefusedSetting } from '../engine/engine.ts';
import type { Hash, SentPlace, SmtOption } from '../text/goal.ts';
import type { SmtVerdict } from '../text/reply.ts';

/** The bounds of one check. */
export interface Limits {
  /**
   * The time limit of the check itself, in ms; after it `unknown`, reason `timeout`. @default the file's `:timeout`,
   * else none
   */
  readonly timeoutMs?: number;
  /**
   * The limit of the check in the solver's resource units; after it `unknown`. Reproducible, unlike time. @default the
   * file's `:rlimit`, else none
   */
  readonly rlimit?: number;
  /**
   * The time limit from the moment at which the solver is ready, loading included, in ms; after it `unknown`, reason
   * `deadline`. A solver that cannot be interrupted is then killed. @default twice `timeoutMs` and 30 s more; an hour
   * without a `timeoutMs`
   */
  readonly deadlineMs?: number;
  /**
   * The resident memory, in bytes, from which a worker ends after its verdict. Not checked on threads. @default 1 GiB
   */
  readonly maxRss?: number;
}

/**
 * The use of contexts. `clean`: each goal has a context of its own. `incremental`: all goals share one context, which
 * is popped to the common prefix and pushed.
 */
export type Mode = 'clean' | 'incremental';

/** A text by its hash. `text` is present only if the master does not believe that the worker has it. */
interface SentText {
  readonly hash: Hash;
  readonly text?: string;
}

/** The request for the check of one goal. */
export interface CheckRequest {
  readonly type: 'check';
  readonly engine: EngineName;
  readonly mode: Mode;
  readonly key: Hash;
  readonly settings: Hash;
  readonly options: readonly SmtOption[];
  readonly logic?: string;
  /**
   * The stack that the master expects in the worker's context: hashes, outermost first. Read only if `to` is set.
   */
  readonly base: readonly Hash[];
  /** The number of texts of `base` that stay. */
  readonly keep: number;
  /** The number of pushed frames to return to; absent for a new context. */
  readonly to?: number;
  /** The texts after those that stay. */
  readonly push: readonly SentText[];
  /** The number of pushed frames at each text of `push` and, last, at the check. */
  readonly depths: readonly number[];
  readonly check: string;
  /** The questions to ask after the verdict. */
  readonly asks?: readonly string[];
  /** The reason why the goal is an error, whatever the solver answers. */
  readonly rejected?: string;
  readonly limits: Limits;
  /** Is `true` if the worker must hold a `sat` goal for a `model` or `repair`. */
  readonly hold: boolean;
}

/** One goal of a run: the part of its check in which it differs from the others. */
export type RunStep = Pick<CheckRequest, 'key' | 'keep' | 'to' | 'push' | 'depths' | 'check'>;

/**
 * The request for the checks of several goals with the same settings, in their order: the same commands as by a request
 * for each, but the solver need not wait for the next one. The first goal whose outcome is not plain ends the run.
 */
export interface RunRequest extends Omit<CheckRequest, keyof RunStep | 'type' | 'rejected' | 'hold'> {
  readonly type: 'run';
  /** The key of the first goal. */
  readonly key: Hash;
  /** Is `true` if a goal that is `sat` gets its counterexample. */
  readonly model: boolean;
  /** Is `true` if two processes of the solver check the goals by turns, each in a context of its own. */
  readonly twin?: true;
  readonly steps: readonly RunStep[];
}

/** The verdict on one goal of a run. Sent as feedback, in the order of the goals. */
export interface RunFeedback extends Vitals {
  /** The position of the goal in its run, from 0. */
  readonly index: number;
  readonly verdict: 'sat' | 'unsat';
  readonly rlimit?: number;
  readonly model?: string;
  /** The settings that the solver refused: they have no effect. */
  readonly refused?: readonly RefusedSetting[];
}

/** The outcome that ended a run early. The goal must be checked by itself, unless its outcome here is final. */
export type RunStop =
  | { readonly type: 'error' | 'died' }
  | { readonly type: 'unknown'; readonly reason: string; readonly rlimit?: number };

/** A request to a worker. The last three concern the goal that it holds. */
export type SessionRequest =
  | CheckRequest
  | RunRequest
  | { readonly type: 'model'; readonly key: Hash }
  | { readonly type: 'repair'; readonly key: Hash; readonly add: string; readonly limits: Limits }
  | { readonly type: 'release'; readonly key: Hash };

/** The state of the worker that answers. */
export interface Vitals {
  /** The time from the start of the work to the answer, in ms. */
  readonly ms: number;
  /** The id of the worker's process. */
  readonly pid: number;
  /** The id of the solver's own process; absent if the solver runs in the worker's process. */
  readonly solverPid?: number;
  /** The id of the worker's thread; 0 for the main thread of its process. */
  readonly threadId: number;
  /** The resident memory of the process, and of the solver's own process if it has one, in bytes. */
  readonly rss: number;
}

/** The time of a goal of a run, and the process of the solver that took it. */
export type Work = Pick<Vitals, 'ms' | 'solverPid'>;

/** The answer of a worker. */
export type SessionResponse = Vitals &
  (
    | {
        readonly type: 'verdict';
        readonly verdict: SmtVerdict;
        readonly reason?: string;
        /** The solver's resource units for this goal; `undefined` if the solver does not count. */
        readonly rlimit?: number;
        /** The settings that the solver refused: they have no effect. */
        readonly refused?: readonly RefusedSetting[];
        /** The solver's answers to the questions, in their order. */
        readonly answers?: readonly string[];
        /** The texts that the worker has now; absent if they have not changed. */
        readonly texts?: readonly Hash[];
        /** The counterexample after a `repair` that did not prove the goal. */
        readonly model?: string;
        /** Set if the context is no longer in the state of the goal. */
        readonly dropped?: true;
        /** Set if the solver was killed. */
        readonly broken?: true;
      }
    | {
        readonly type: 'ran';
        /** The number of goals whose verdicts were sent. */
        readonly done: number;
        readonly stop?: RunStop;
        /** The work on the goal that ended the run early. */
        readonly stopWork?: Work;
        readonly refused?: readonly RefusedSetting[];
        readonly texts?: readonly Hash[];
      }
    | { readonly type: 'error'; readonly message: string; readonly at: SentPlace }
    | { readonly type: 'model'; readonly text?: string; readonly reason?: string }
    | { readonly type: 'released' }
    | { readonly type: 'mismatch'; readonly problem: string }
  );
