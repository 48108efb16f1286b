import type { FleetOf } from 'statepool/fleet';
import type { Ground, TrialTypes } from '../ground.ts';

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

/** The end of a task, as its submitter heard it. */
interface End {
  readonly id: string;
  /** The time, in ms since 1970. */
  readonly at: number;
}

/** Many tasks that were submitted together, each with its number as its value, and its ends. */
export interface ManyTasks {
  /** The ends of all tasks of the submitter, in their order. */
  readonly ends: readonly End[];
  /** Resolves with the results, in the order of the tasks. */
  readonly results: Promise<unknown[]>;
  /** Returns the findings that each task has ended once, `more` other tasks of the submitter too, and with its own result. */
  findings(more?: number): Promise<Finding[]>;
}

/** Submits tasks that take `ms` each, under the ids `t0`, `t1` and so on. */
export function manyTasks(ground: Ground, fleet: FleetOf<TrialTypes>, count: number, ms: number): ManyTasks {
  const ends: End[] = [];
  fleet.on('task', ({ id }) => ends.push({ id, at: Date.now() }));
  const results = Promise.all(
    Array.from({ length: count }, (_, key) => fleet.run({ key, value: key, ms, log: ground.log }, { id: `t${key}` })),
  );
  return {
    ends,
    results,
    async findings(more = 0) {
      const right = (await results).filter((value, key) => value === key).length;
      return [
        equal('right results', right, count),
        equal('ends', ends.length, count + more),
        equal('tasks that ended', new Set(ends.map(({ id }) => id)).size, count + more),
      ];
    },
  };
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
