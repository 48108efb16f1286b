import type { EngineName } from '../engine/engine.ts';
import type { Limits, Mode, RunFeedback, SessionRequest, SessionResponse, Vitals } from '../session/messages.ts';
import type { DocumentNote } from '../text/document.ts';
import type { GoalError } from '../text/errors.ts';
import type { Goal, Hash } from '../text/goal.ts';
import type { SmtVerdict } from '../text/reply.ts';
import type { Stack } from '../text/stack.ts';

/** The outcome of a goal. */
export interface GoalResult extends Vitals {
  readonly verdict: SmtVerdict;
  /** The reason for the verdict `unknown`: `timeout`, `deadline`, `cancelled`, or the solver's own words. */
  readonly reason?: string;
  /**
   * The solver's resource units for this goal. In clean mode the number is the same on every worker, in any order of
   * goals.
   */
  readonly rlimit?: number;
  /** The counterexample of a goal that is `sat`, if the task asked for it and the worker lived to send it. */
  readonly model?: string;
  /** The solver's answers to the goal's `asks`, in their order; none after `unknown`. */
  readonly answers?: readonly string[];
  /** The options and the logic that the solver refused, with their places in the file: they have no effect. */
  readonly warnings?: readonly DocumentNote[];
  /** The missing part, which comes to `settle` later: the model, or the verdict of another attempt. */
  readonly pending?: 'model' | 'retry';
}

/** The final outcome of a goal: exactly one of the two. */
export type Settled = { readonly result: GoalResult } | { readonly error: Error };

/** A task that asks for the verdict on a goal. Plain data except `settle`. */
export interface CheckTask {
  readonly type: 'check';
  /** The goal to check, from `readDocument`. */
  readonly goal: Goal;
  /** The solver for the check. @default 'z3-wasm' */
  readonly engine?: EngineName;
  /** The mode: one context for each goal, or one context for all. @default 'clean' */
  readonly mode?: Mode;
  /** Bounds of time and memory. @default none */
  readonly limits?: Limits;
  /** Is `true` if a follow-up to the same worker fetches the counterexample of a `sat` goal. @default true */
  readonly model?: boolean;
  /** Is `true` if the worker holds a `sat` goal, for `repair` tasks, until a `release`. @default false */
  readonly hold?: boolean;
  /** Is `true` if the worker ends after the verdict. @default false */
  readonly oneShot?: boolean;
  /** Receives the final outcome of the goal, once, if `run` resolved with a `pending` result. In the master. */
  settle?(settled: Settled): void;
  /** The properties of a repeated attempt; absent on the first one. Set by the kind. */
  readonly again?: Again;
}

/** The properties of an attempt that follows another. */
export interface Again {
  /** Is `true` if only fresh workers may take the attempt. */
  readonly fresh: boolean;
  /** The number of attempts that were answered by `mismatch`. */
  readonly mismatches: number;
}

/** A task for the worker that holds a goal: it asks for the counterexample. */
export interface ModelTask {
  readonly type: 'model';
  /** The `key` of the goal. */
  readonly key: Hash;
  /** Is `true` if the worker then releases the goal. @default false */
  readonly release?: boolean;
  /** The earlier check and its result. Set by the kind. */
  readonly of?: { readonly task: CheckTask; readonly result: GoalResult };
}

/**
 * A task for the worker that holds a goal: it asks whether the goal is `unsat` with added assertions. Unless it is, the
 * assertions are taken back.
 */
export interface RepairTask {
  readonly type: 'repair';
  /** The `key` of the goal. */
  readonly key: Hash;
  /** The assertions to add, as SMT-LIB commands. */
  readonly add: string;
  /** Bounds of time and memory. @default none */
  readonly limits?: Limits;
}

/** A task for the worker that holds a goal: the worker then takes checks again. */
export interface ReleaseTask {
  readonly type: 'release';
  /** The `key` of the goal. */
  readonly key: Hash;
}

/**
 * A task that asks for the verdicts on several goals with the same settings, which one worker checks in their order.
 * `run` resolves with `null`. A goal without a plain verdict ends the run: it and those after it need another task.
 * `checkGoals` makes these tasks. Plain data except its functions.
 */
export interface RunTask {
  readonly type: 'run';
  /** The goals, at least one. All have the same `settings`, and none is `rejected`. */
  readonly goals: readonly Goal[];
  readonly engine?: EngineName;
  readonly mode?: Mode;
  readonly limits?: Limits;
  readonly model?: boolean;
  /**
   * Is `true` if a native solver may check the goals by two processes, by turns: one makes the context of a goal while
   * the other one is at work. Only in clean mode. @default false
   */
  readonly twin?: boolean;
  /** Receives the results, in the order of the goals. In the master. */
  onResult(result: GoalResult): void;
  /** Is called when a run ends early, with how the next goal must be checked. In the master. */
  onStop(again: Again | undefined): void;
}

/** A task of the proof kind. */
export type ProofTask = CheckTask | RunTask | ModelTask | RepairTask | ReleaseTask;

/** The competence of the proof kind: the state of an old worker, and the goal that it holds. */
export interface ProofCompetence {
  /** The settings (logic and options) of the worker's context; `undefined` if they are not known. */
  readonly settings: Hash | undefined;
  /** The solver of the worker. */
  readonly engine: EngineName;
  /** The stack of the worker's incremental context; empty in clean mode. */
  readonly stack: Stack;
  /** The texts that the worker has. */
  readonly texts: readonly Hash[];
  /** The goal that the worker holds, for a model or a repair. A worker that holds a goal takes no check. */
  readonly goal: Hash | undefined;
  /** Is `true` if the worker ends after the release of that goal. */
  readonly oneShot: boolean;
}

/** Returns only the vitals of a response. */
export function vitalsOf({ ms, pid, solverPid, threadId, rss }: Vitals): Vitals {
  return { ms, pid, ...(solverPid === undefined ? {} : { solverPid }), threadId, rss };
}

/** Sends the final outcome to the caller of a check. In the master. */
export function settle(task: CheckTask, result: GoalResult | GoalError | Error): void {
  task.settle?.(result instanceof Error ? { error: result } : { result });
}

/** The types of the proof kind. `run` resolves with `null` for a `release`, and for a run of goals. */
export interface ProofTypes {
  task: ProofTask;
  request: SessionRequest;
  response: SessionResponse;
  competence: ProofCompetence;
  result: GoalResult | null;
  feedback: RunFeedback;
}
