import type { Ground } from '../ground.ts';

/** The time in which a fleet must have recovered. In ms. */
export const SOON = 5000;

/** A promise of the fleet, and what was found. */
export interface Finding {
  readonly promise: string;
  readonly isKept: boolean;
  /** The figures that were found. */
  readonly figures: string;
}

/** The options of the trials. */
interface TrialOptions {
  /** The time for which a node is stopped. In ms. */
  readonly stop: number;
}

/** A trial: it brings a fault about, and returns what it found. */
export interface TrialCase {
  readonly name: string;
  readonly title: string;
  run(ground: Ground, options: TrialOptions): Promise<Finding[]>;
}

/** Returns the finding of a promise about a time. */
export function within(promise: string, ms: number, most: number): Finding {
  return { promise: `${promise}, at most ${most} ms`, isKept: ms <= most, figures: `${Math.round(ms)} ms` };
}

/** Returns the finding of a promise about a number. */
export function equal(promise: string, found: number, expected: number): Finding {
  return { promise, isKept: found === expected, figures: `${found} of ${expected}` };
}

/** Returns a figure that nothing is promised about. */
export function note(promise: string, figures: string): Finding {
  return { promise, isKept: true, figures };
}

/** Resolves after some ms. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
