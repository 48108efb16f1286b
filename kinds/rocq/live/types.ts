import type { CheckLimits } from '../proving/check-once.ts';
import type { RocqMemory } from '../proving/memory.ts';
import type { RocqReport } from '../proving/report.ts';
import type { RocqGoals } from '../session/messages.ts';
import type { RocqOptions } from '../text/document.ts';
import type { Range } from './positions.ts';

/** The options of a session. */
export interface SessionOptions extends RocqOptions, Pick<CheckLimits, 'maxRss' | 'timeoutMs'> {
  readonly text: string;
  /** The lines that are seen, from 0. @default the first one */
  readonly viewport?: Viewport;
  /** The verdicts of earlier checks. @default none are known */
  readonly memory?: RocqMemory;
}

/** The lines that are seen, from 0, both included. */
export interface Viewport {
  readonly from: number;
  readonly to: number;
}

/** An error in the text of a session. */
export interface SessionProblem {
  readonly range: Range;
  readonly message: string;
  /** The name of the proof, if the error is in one. */
  readonly name?: string;
}

/** The verdict on one proof. */
export interface SessionVerdict {
  readonly name: string;
  readonly range: Range;
  readonly verdict: 'ok' | 'error';
}

/** The goals at a position. */
export interface SessionGoals {
  /** The goals; absent where no proof is open. */
  readonly goals?: RocqGoals;
  /** The first error before the position: the goals are those before it. */
  readonly error?: string;
}

/** The part of a text that is checked. */
export interface TextProgress {
  /** The number of parts with a verdict: each proof that runs apart is one, and all commands together are one. */
  readonly done: number;
  readonly total: number;
  /** The proofs without a verdict. */
  readonly waiting: readonly Range[];
}

/** The events of a session. */
export interface SessionEvents {
  /** The verdict on a proof is new: it ran, or it was known for this text. */
  verdict: [SessionVerdict];
  /** The list of errors has changed. */
  problems: [readonly SessionProblem[]];
  /** More of the text is checked, or less after an edit. */
  progress: [TextProgress];
  /** The whole text is checked. */
  checked: [RocqReport];
  /** The check could not go on: the engine is missing, or the pool was destroyed. */
  failed: [unknown];
}
