import type { Scenario } from './scenario.ts';

/** The scenarios that ship, by name, in the order to read them. */
export const scenarios: Readonly<Record<string, () => Promise<{ readonly default: Scenario }>>> = {
  repair: () => import('./repair.ts'),
  'kill-worker': () => import('./kill-worker.ts'),
  par: () => import('./par.ts'),
  picky: () => import('./picky.ts'),
  snapshot: () => import('./snapshot.ts'),
  destroy: () => import('./destroy.ts'),
};
