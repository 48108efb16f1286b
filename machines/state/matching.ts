import type { Kind } from '../../kinds/kind.ts';

/** The part of a worker's status in the choice of its tasks, as a kind declares it. */
export interface Matching {
  /** Is true if the status matters: a worker may refuse a task, or prefer another. */
  readonly isPicky: boolean;
  /** Is true if a worker may refuse a task. */
  readonly isStrict: boolean;
  /** The use of the tasks' affinity keys. */
  readonly keys: 'require' | 'prefer' | undefined;
  /** The preference among the tasks that a worker may take: by key, by the kind's hook `prefers`, or none. */
  readonly preference: 'none' | 'keys' | 'hook';
  /** Is true if the kind gives the key of a competence; otherwise a worker holds the key of its last task. */
  readonly hasKeyOfCompetence: boolean;
  /** Is true if the kind's answers depend on the worker: then each slot has a fresh status of its own. */
  readonly isBySlot: boolean;
}

/** Any worker takes any task. */
export const UNMATCHED: Matching = {
  isPicky: false,
  isStrict: false,
  keys: undefined,
  preference: 'none',
  hasKeyOfCompetence: false,
  isBySlot: false,
};

/** Returns how the workers of a kind choose their tasks. */
// biome-ignore lint/suspicious/noExplicitAny: tasks and competences are not read here.
export function matchingOf(kind: Kind<any>): Matching {
  const { taskMatch, affinity, affinityMode, affinityOfCompetence, prefers } = kind;
  const keys = affinity === undefined ? undefined : (affinityMode ?? 'require');
  return {
    isStrict: taskMatch !== undefined || keys === 'require',
    isPicky: taskMatch !== undefined || keys !== undefined || prefers !== undefined,
    keys,
    preference: keys === 'prefer' ? 'keys' : prefers === undefined ? 'none' : 'hook',
    hasKeyOfCompetence: affinityOfCompetence !== undefined,
    isBySlot: (taskMatch?.length ?? 0) > 2 || (prefers?.length ?? 0) > 2,
  };
}
