import type { TacticTask } from '../../tactic.ts';
import { GoalError } from '../text/errors.ts';
import type { Goal } from '../text/goal.ts';
import type { TaskRunner } from './check-goal.ts';
import type { GoalResult } from './tasks.ts';

/** Options of `par`. */
export type ParOptions = Omit<TacticTask, 'goal'>;

/** The part of a pool of the tactic kind that `par` uses: it runs tasks and cancels all of them. */
export interface TacticPool extends TaskRunner<TacticTask, GoalResult> {
  /** Cancels all tasks, as `Pool.cancelAll` does. */
  cancelAll(reason?: unknown): void;
}

/**
 * Proves all goals of one proof in parallel. Resolves with their results, in order. In the master.
 *
 * The first goal that is not proved cancels every task of the pool. `par` then rejects with the error of this goal, or
 * with a `GoalError` that names its verdict. OCaml: `par:` (stm/partac.ml).
 *
 * @throws {GoalError} with the code SMT_UNPROVED, when a verdict is not `unsat`
 *
 * @example
 * import { par, readDocument, tactic } from 'statepool/kinds';
 *
 * await using pool = createPool(tactic, { size: 4, host: 'thread' });
 * const { goals } = readDocument('(declare-const p Bool) (push 1) (assert (and p (not p))) (check-sat)', 'a.smt2');
 * await par(pool, goals, { limits: { timeoutMs: 10_000 } });
 */
export async function par(pool: TacticPool, goals: readonly Goal[], options: ParOptions = {}): Promise<GoalResult[]> {
  const results = goals.map(async (goal) => {
    const result = await pool.run({ ...options, goal });
    if (result.verdict === 'unsat') return result;
    const reason = result.reason === undefined ? '' : ` (${result.reason})`;
    throw new GoalError('SMT_UNPROVED', goal.file, goal, `not proved: ${result.verdict}${reason}`);
  });
  try {
    return await Promise.all(results);
  } catch (error) {
    pool.cancelAll(error);
    // The cancelled tasks reject too: the first failure is the one to report.
    await Promise.allSettled(results);
    throw error;
  }
}
