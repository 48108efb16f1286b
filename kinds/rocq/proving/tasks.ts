import type {
  CompileRequest,
  RocqGoals,
  RocqRequest,
  RocqResponse,
  RocqVitals,
  SectionUse,
  SentenceError,
  StaleUses,
} from '../session/messages.ts';
import type { RocqDocument } from '../text/document.ts';

/** The outcome of a task of the rocq kind. */
export type RocqResult = RocqVitals &
  /** `stale`: the proof does not use the section variables that it was taken to use. */
  (
    | { readonly type: 'proved'; readonly joins: boolean; readonly stale?: StaleUses }
    /** The first error of a proof. `pending`: the goals come to `settle`. */
    | {
        readonly type: 'error';
        readonly error: SentenceError;
        readonly goals?: string;
        readonly pending?: 'goals';
        readonly timeout?: boolean;
      }
    | { readonly type: 'spineError'; readonly segment: number; readonly error: SentenceError; readonly unfit: boolean }
    /** `uses`: the section variables of the proofs that were executed without `Proof using`. */
    | { readonly type: 'spine'; readonly pending: string | undefined; readonly uses: readonly SectionUse[] }
    | { readonly type: 'states'; readonly goals: string }
    | { readonly type: 'goals'; readonly goals: RocqGoals | undefined; readonly error?: SentenceError }
    | { readonly type: 'released' }
    | { readonly type: 'stopped' }
    | { readonly type: 'answer'; readonly text: string }
    | { readonly type: 'compiled'; readonly code: number; readonly text: string }
    | { readonly type: 'tried'; readonly found: number | undefined; readonly failures: readonly string[] }
  );

interface OnDocument {
  readonly document: RocqDocument;
  /** The number of the segment: the task runs in the state before it. */
  readonly segment: number;
  /** The most time of the engine in ms. @default none */
  readonly timeoutMs?: number;
  /** The memory of an engine in bytes above which its worker ends after the verdict. @default 1.5 GB */
  readonly maxRss?: number;
}

/** A task that builds one proof. */
export interface ProveTask extends OnDocument {
  readonly type: 'prove';
  /** The proof's name for follow-ups: its worker holds it under this key. */
  readonly key: string;
  /** Is `true` if the worker fetches the goals at the error. @default false */
  readonly goals?: boolean;
  /** Is `true` if the worker holds a broken proof, for `repair` tasks, until a `release`. @default false */
  readonly hold?: boolean;
  /** Receives the final outcome of the proof, once, if `run` resolved with a `pending` result. In the master. */
  settle?(result: RocqResult): void;
}

/** A task that executes the document up to a segment; the number of segments stands for its end. */
interface SpineTask extends OnDocument {
  readonly type: 'spine';
}

/** A task that asks the engine a question, such as `Search nat.`, in the state before a segment. */
interface QueryRocqTask extends OnDocument {
  readonly type: 'query';
  readonly text: string;
  /** The number of sentences of the segment that run first. @default 0 */
  readonly sentences?: number;
}

/** A task that asks for the goals behind the first sentences of a segment. */
interface GoalsTask extends OnDocument {
  readonly type: 'goals';
  /** The number of sentences of the segment that run first. */
  readonly sentences: number;
}

/** A task that runs the first sentences of a proof, and tries scripts there until one is accepted. */
interface TryTask extends OnDocument {
  readonly type: 'try';
  /** The number of sentences of the proof that run first, its statement included. */
  readonly sentences: number;
  readonly candidates: readonly string[];
}

/** A task for the worker that holds a broken proof: it asks for the goals at the error. */
export interface StatesTask {
  readonly type: 'states';
  readonly key: string;
  /** Is `true` if the worker then releases the proof. @default false */
  readonly release?: boolean;
  /** The earlier task and its result. Set by the kind. */
  readonly of?: { readonly task: ProveTask; readonly result: RocqResult };
}

/** A task for the worker that holds a broken proof: it runs sentences from the last good state, the end of the proof included. */
export interface RepairRocqTask {
  readonly type: 'repair';
  readonly key: string;
  readonly script: readonly string[];
  /** The most time of the engine in ms. @default none */
  readonly timeoutMs?: number;
}

/** A task for the worker that holds a broken proof: the worker then takes other proofs again. */
export interface ReleaseRocqTask {
  readonly type: 'release';
  readonly key: string;
}

/** A task that compiles a file by a plain coqc: the last word on it, and its `.vo`. */
interface CompileTask extends CompileRequest {
  /** The name of the file, for logs. */
  readonly file: string;
}

/** A task of the rocq kind. */
export type RocqTask =
  | ProveTask
  | SpineTask
  | QueryRocqTask
  | GoalsTask
  | TryTask
  | StatesTask
  | RepairRocqTask
  | ReleaseRocqTask
  | CompileTask;

/** The competence of the rocq kind: what the engine of a worker has executed, and the broken proof that it holds. */
export interface RocqCompetence {
  readonly chain: readonly string[];
  readonly holds?: string;
}

/** The types of the rocq kind. */
export interface RocqTypes {
  task: RocqTask;
  request: RocqRequest;
  response: RocqResponse;
  competence: RocqCompetence;
  result: RocqResult;
}

/** Is `true` for a task about a broken proof that a worker holds. */
export function isAboutHeld(task: RocqTask): task is StatesTask | RepairRocqTask | ReleaseRocqTask {
  return task.type === 'states' || task.type === 'repair' || task.type === 'release';
}
