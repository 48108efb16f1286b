import type { Goal } from '../../../kinds/index.ts';
import type { Settled } from '../../../kinds/smt/proving/tasks.ts';

/** The part of an outcome that tells how it came about. */
export interface Origin {
  /** The engine whose answer it is, where several were asked; with its seed, if that is not 0. */
  readonly engine?: string;
  /** The factor of the limits of the attempt that decided, if it was not the first. */
  readonly scale?: number;
  /** Is `true` if the assertions that were enough before were enough again. */
  readonly hinted?: true;
}

/** Receives the outcome of each goal once. */
export type OnFound = (goal: Goal, outcome: Settled, origin: Origin) => void;

/** The facts about the workers of a run. */
interface WorkerFacts {
  readonly size: number;
  readonly host: string;
  /** The number of workers that performed a request. */
  readonly workers: number;
}

/** A way to decide goals: one engine, or several. */
export interface Way {
  /** Decides goals. Resolves after the last outcome. */
  prove(goals: readonly Goal[], onFound: OnFound): Promise<void>;
  /** Ends all workers. Goals under way are then cancelled. */
  close(): Promise<void>;
  facts(): WorkerFacts;
}
