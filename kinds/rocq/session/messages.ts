import type { RocqOptions } from '../text/document.ts';

/** A segment for the spine of a worker. */
export interface SentSegment {
  /** The hash of the text up to and with this segment. */
  readonly hash: string;
  /** The number of the segment in its document. */
  readonly segment: number;
  readonly texts: readonly string[];
  /** Is `true` if `Admitted` stands for the proof. */
  readonly admitted: boolean;
  /** Is `true` if the worker finds out whether something could stand for the proof. */
  readonly asked: boolean;
}

/** The section variables that a proof uses, as words behind `Proof using`. */
export interface SectionUse {
  readonly segment: number;
  readonly uses: string;
  /** The most time in ms that it took: what was executed since the proof in a section before it counts. */
  readonly ms: number;
  /** Is `true` if nothing can stand for it: it may add universe constraints that others can see, or its section has definitions. */
  readonly isAlone: boolean;
}

/**
 * The reason that the words about a proof's section variables are not believed: the proof uses others, or the section has
 * definitions, which `Proof using` takes along unasked.
 */
export type StaleUses = 'other' | 'definitions';

/** The state that a request needs: the part of the spine that the worker keeps, and the part that it lacks. */
export interface SpineRequest {
  readonly options: RocqOptions;
  /** The hash of the start. */
  readonly root: string;
  /** The number of hashes of the worker's chain that stay; 0 for a fresh worker. */
  readonly keep: number;
  /** The last hash that stays; absent for a fresh worker. */
  readonly base?: string;
  readonly push: readonly SentSegment[];
  /** The most time for the proof in ms, without the way to its state: after it the engine is killed. */
  readonly timeoutMs?: number;
}

/** A request to a worker. */
export type RocqRequest =
  | ({
      readonly type: 'prove';
      readonly key: string;
      readonly script: readonly string[];
      readonly hold: boolean;
      /** The section variables that the proof is taken to use, as words behind `Proof using`; absent if nothing is taken. */
      readonly uses?: string;
      /** The hash of the text up to and with this proof, if others take it for admitted. */
      readonly hash: string;
      /** The same hash if everybody executes the proof. */
      readonly hashJoined: string;
    } & SpineRequest)
  | ({ readonly type: 'spine' } & SpineRequest)
  /** `script`: the first sentences of the segment, which run before the question. */
  | ({ readonly type: 'query'; readonly text: string; readonly script: readonly string[] } & SpineRequest)
  | ({ readonly type: 'goals'; readonly script: readonly string[] } & SpineRequest)
  | ({
      readonly type: 'try';
      readonly script: readonly string[];
      readonly candidates: readonly string[];
    } & SpineRequest)
  | { readonly type: 'states'; readonly key: string; readonly release: boolean }
  | { readonly type: 'repair'; readonly key: string; readonly script: readonly string[]; readonly timeoutMs?: number }
  | { readonly type: 'release'; readonly key: string }
  | CompileRequest;

/** A request to run the compiler: it shares the worker's processor, but not its engine. */
export interface CompileRequest {
  readonly type: 'compile';
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly folder?: string;
}

/** The state of a worker after its response. */
export interface RocqVitals {
  /** The time of the work in ms. */
  readonly ms: number;
  /** The process of the worker. */
  readonly pid: number;
  /** The process of the engine. */
  readonly enginePid?: number;
  /** The resident memory of the engine in bytes; 0 if unknown. */
  readonly rss: number;
  /** The hashes of what the engine has executed. */
  readonly chain: readonly string[];
}

/** An error at a sentence: `start` and `end` count bytes of the sentence, and are absent for the whole sentence. */
export interface SentenceError {
  /** The number of the sentence in its script or segment. */
  readonly index: number;
  readonly message: string;
  readonly start?: number;
  readonly end?: number;
}

/** An open goal. */
export interface RocqGoal {
  /** The hypotheses, such as `n, m : nat` or `x := 3 : nat`. */
  readonly hypotheses: readonly string[];
  readonly conclusion: string;
}

/** The goals of an open proof. */
export interface RocqGoals {
  /** The goals in focus; the first one is the one that a tactic works on. */
  readonly goals: readonly RocqGoal[];
  /** The goals out of focus, such as those of later bullets. */
  readonly background: readonly RocqGoal[];
  readonly setAside: readonly RocqGoal[];
  readonly givenUp: readonly RocqGoal[];
}

/** The answer of a worker, without its vitals. */
export type RocqAnswer =
  /**
   * The script is a proof. `joins`: it adds universe constraints that other proofs may contradict. `stale`: what stands for
   * the proof in the spine is not like it, so no verdict behind it holds.
   */
  | { readonly type: 'proved'; readonly joins: boolean; readonly stale?: StaleUses }
  | { readonly type: 'error'; readonly error: SentenceError; readonly held: boolean; readonly dead?: boolean }
  /** A sentence of the spine failed. `unfit`: only the `Admitted` that stands for a proof did. */
  | { readonly type: 'spineError'; readonly segment: number; readonly error: SentenceError; readonly unfit: boolean }
  /** `uses`: the section variables of the proofs that were executed without `Proof using`. */
  | { readonly type: 'spine'; readonly pending: string | undefined; readonly uses: readonly SectionUse[] }
  | { readonly type: 'states'; readonly goals: string }
  /** `goals` is absent where no proof is open. `error`: a sentence failed, and the state is the one before it. */
  | { readonly type: 'goals'; readonly goals: RocqGoals | undefined; readonly error?: SentenceError }
  | { readonly type: 'released' }
  /** The task was cancelled, and its engine interrupted: the engine keeps what it has executed. */
  | { readonly type: 'stopped' }
  | { readonly type: 'answer'; readonly text: string }
  | { readonly type: 'tried'; readonly found: number | undefined; readonly failures: readonly string[] }
  /** The compiler ended: its exit code, and what it wrote to stderr. */
  | { readonly type: 'compiled'; readonly code: number; readonly text: string }
  /** The worker is in another state than the request expects. */
  | { readonly type: 'mismatch'; readonly problem: string };

/** The answer of a worker. */
export type RocqResponse = RocqAnswer & RocqVitals;
