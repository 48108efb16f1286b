import type { EngineName } from '../engine/engine.ts';
import type { Limits, Mode, SessionRequest, SessionResponse, Vitals } from '../session/messages.ts';
import type { GoalError } from '../text/errors.ts';
import type { Goal, Hash } from '../text/goal.ts';
import type { SmtVerdict } from '../text/reply.ts';

/** The outcome of a goal. */
export interface GoalResult extends Vitals {
  readonly verdict: SmtVerdict;
  /** Why the verdict is `unknown`: `timeout`, `deadline`, `cancelled`, or what the solver says. */
  readonly reason?: string;
  /** Resource units of the solver that this goal took. In clean mode the same number wherever and after whatever it runs. */
  readonly rlimit?: number;
  /** The counterexample of a goal that is `sat`, where the task asked for it and its worker lived to say it. */
  readonly model?: string;
  /** What the solver said of options that it refused: they are not in force. */
  readonly warnings?: readonly string[];
  /** More is to come, to `settle`: the model, or the verdict of another attempt. */
  readonly pending?: 'model' | 'retry';
}

/** The final end of a goal: exactly one of both. */
export type Settled = { readonly result: GoalResult } | { readonly error: Error };

/** Asks for the verdict on a goal. Plain data but for `settle`. */
export interface CheckTask {
  readonly type: 'check';
  /** The goal to check, of `readDocument`. */
  readonly goal: Goal;
  /** The solver that checks it. @default 'z3-wasm' */
  readonly engine?: EngineName;
  /** A context of its own for the goal, or one for all. @default 'clean' */
  readonly mode?: Mode;
  /** Bounds of time and memory. @default none */
  readonly limits?: Limits;
  /** Whether the counterexample of a goal that is `sat` is fetched, by a follow-up to the same worker. @default true */
  readonly model?: boolean;
  /** Whether the worker keeps a goal that is `sat`, for `repair` tasks, until a `release`. @default false */
  readonly hold?: boolean;
  /** Whether the worker ends after the verdict. @default false */
  readonly oneShot?: boolean;
  /** Gets how the goal ended for good, once, where `run` resolved with a `pending` result. In the master. */
  settle?(settled: Settled): void;
  /** Set on an attempt that follows another. */
  readonly again?: Again;
}

/** What an attempt that follows another does differently. */
export interface Again {
  /** Taken by fresh workers only. */
  readonly fresh: boolean;
  /** How many attempts were answered by `mismatch`. */
  readonly mismatches: number;
}

/** Asks the worker that holds a goal for its counterexample. `release`: it then lets the goal go. */
export interface ModelTask {
  readonly type: 'model';
  /** The `key` of the goal. */
  readonly key: Hash;
  /** Whether the worker lets the goal go. @default false */
  readonly release?: boolean;
  /** The check that this follows, and what it found. Set by the kind. */
  readonly of?: { readonly task: CheckTask; readonly result: GoalResult };
}

/** Asks the worker that holds a goal whether it is `unsat` with assertions added: SMT-LIB commands, taken back unless it is. */
export interface RepairTask {
  readonly type: 'repair';
  /** The `key` of the goal. */
  readonly key: Hash;
  /** SMT-LIB commands. */
  readonly add: string;
  /** Bounds of time and memory. @default none */
  readonly limits?: Limits;
}

/** Lets the worker that holds a goal take checks again. */
export interface ReleaseTask {
  readonly type: 'release';
  /** The `key` of the goal. */
  readonly key: Hash;
}

/** A task of the proof kind. */
export type ProofTask = CheckTask | ModelTask | RepairTask | ReleaseTask;

/** The competence of the proof kind: what an old worker has read and holds. */
export interface ProofCompetence {
  /** The settings (logic and options) of its context; `undefined`: none is known. */
  readonly settings: Hash | undefined;
  /** The solver that it runs. */
  readonly engine: EngineName;
  /** The stack of its incremental context, outermost first; empty in clean mode. */
  readonly stack: readonly Hash[];
  /** The texts it has. */
  readonly texts: readonly Hash[];
  /** The goal that it holds, for a model or a repair. A worker that holds a goal takes no check. */
  readonly goal: Hash | undefined;
  /** Whether it ends when it lets that goal go. */
  readonly oneShot: boolean;
}

/** The vitals of a response without the rest of it. */
export function vitalsOf({ ms, pid, threadId, rss }: SessionResponse): Vitals {
  return { ms, pid, threadId, rss };
}

/** Tells the caller of a check how it ended for good. In the master. */
export function settle(task: CheckTask, result: GoalResult | GoalError | Error): void {
  task.settle?.(result instanceof Error ? { error: result } : { result });
}

/** The types of the proof kind. `run` resolves with `null` for a `release`. */
export interface ProofTypes {
  task: ProofTask;
  request: SessionRequest;
  response: SessionResponse;
  competence: ProofCompetence;
  result: GoalResult | null;
}
