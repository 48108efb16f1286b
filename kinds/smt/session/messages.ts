import type { EngineName } from '../engine/engine.ts';
import type { Hash, SentPlace, SmtOption } from '../text/goal.ts';
import type { SmtVerdict } from '../text/reply.ts';

/** The bounds of one check. */
export interface Limits {
  /** Milliseconds that the check itself may take; then `unknown`, reason `timeout`. @default the file's `:timeout`, else none */
  readonly timeoutMs?: number;
  /** Resource units of the solver that the check may take; then `unknown`. Reproducible, where a time is not. @default the file's `:rlimit`, else none */
  readonly rlimit?: number;
  /**
   * Milliseconds from the begin of the work in the worker, loading included; then `unknown`, reason `deadline`, and a solver
   * that cannot be interrupted is killed. @default twice `timeoutMs` and 30 s more; an hour where there is no `timeoutMs`
   */
  readonly deadlineMs?: number;
  /** Bytes of resident memory from which a worker ends after its verdict. Not looked at on threads. @default 1 GiB */
  readonly maxRss?: number;
}

/** `clean`: a context of its own for each goal. `incremental`: one context, popped to the common prefix and pushed. */
export type Mode = 'clean' | 'incremental';

/** A text by its hash; `text` is there only where the master does not believe that the worker has it. */
interface SentText {
  readonly hash: Hash;
  readonly text?: string;
}

/** Asks for one goal. */
export interface CheckRequest {
  readonly type: 'check';
  readonly engine: EngineName;
  readonly mode: Mode;
  readonly key: Hash;
  readonly settings: Hash;
  readonly options: readonly SmtOption[];
  readonly logic?: string;
  /** The stack that the master believes the worker's context to have: hashes, outermost first. Only read where `keep` is not 0. */
  readonly base: readonly Hash[];
  /** How many texts of `base` stay; 0: a new context. */
  readonly keep: number;
  /** The texts behind those that stay. */
  readonly push: readonly SentText[];
  /** One a text of the goal and, last, the check's: how many frames are pushed there. */
  readonly depths: readonly number[];
  readonly check: string;
  /** Why the goal is an error whatever a solver says. */
  readonly rejected?: string;
  readonly limits: Limits;
  /** Whether the worker is to keep a satisfiable goal for a `model` or `repair`. */
  readonly hold: boolean;
}

/** What a worker is asked; the last three speak of the goal that it holds. */
export type SessionRequest =
  | CheckRequest
  | { readonly type: 'model'; readonly key: Hash }
  | { readonly type: 'repair'; readonly key: Hash; readonly add: string; readonly limits: Limits }
  | { readonly type: 'release'; readonly key: Hash };

/** The state of the worker that answers. */
export interface Vitals {
  /** Milliseconds from the begin of the work to the answer. */
  readonly ms: number;
  /** The id of its process. */
  readonly pid: number;
  /** The id of its thread; 0: the main thread of its process. */
  readonly threadId: number;
  /** Resident bytes of the process, and of the solver's where that is one of its own. */
  readonly rss: number;
}

/** What a worker answers. */
export type SessionResponse = Vitals &
  (
    | {
        readonly type: 'verdict';
        readonly verdict: SmtVerdict;
        readonly reason?: string;
        /** Resource units that this goal took; `undefined` where the solver does not count. */
        readonly rlimit?: number;
        /** What the solver said of options that it refused. */
        readonly warnings?: readonly string[];
        /** The texts that the worker now has; absent: those it had. */
        readonly texts?: readonly Hash[];
        /** The counterexample, for a `repair` that did not help. */
        readonly model?: string;
        /** The context is not any more what the goal made of it. */
        readonly dropped?: true;
        /** The solver was killed. */
        readonly broken?: true;
      }
    | { readonly type: 'error'; readonly message: string; readonly at: SentPlace }
    | { readonly type: 'model'; readonly text?: string; readonly reason?: string }
    | { readonly type: 'released' }
    | { readonly type: 'mismatch'; readonly problem: string }
  );
