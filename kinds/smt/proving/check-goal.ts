import type { Goal } from '../text/goal.ts';
import type { CheckTask, GoalResult, ProofTask, Settled } from './tasks.ts';

/** The part of a pool that the functions of the SMT kinds use. Any pool of the kind fits. */
export interface TaskRunner<T, R> {
  /** Runs a task, as `Pool.run` does. */
  run(task: T, options?: { signal?: AbortSignal }): Promise<R>;
}

/** Options of `checkGoal`. */
export interface CheckOptions extends Omit<CheckTask, 'type' | 'goal' | 'settle'> {
  /** The signal that cancels the check. */
  readonly signal?: AbortSignal;
}

/**
 * Checks one goal on a pool of the proof kind. Resolves with the final outcome: after every attempt, and with the
 * model.
 *
 * In the master. Also rejects with the errors of the pool's `run`.
 *
 * @throws {GoalError} when the solver refused a command of the goal's context or crashed twice
 *
 * @example
 * import { checkGoal, proof, readDocument } from 'statepool/kinds';
 *
 * await using pool = createPool(proof);
 * const [goal] = readDocument('(declare-const x Int) (assert (> x 3)) (check-sat)', 'a.smt2').goals;
 * if (goal) console.log((await checkGoal(pool, goal)).model);
 */
export async function checkGoal(
  pool: TaskRunner<ProofTask, GoalResult | null>,
  goal: Goal,
  { signal, ...options }: CheckOptions = {},
): Promise<GoalResult> {
  let settled!: (settled: Settled) => void;
  const last = new Promise<Settled>((resolve) => {
    settled = resolve;
  });
  const task: CheckTask = { ...options, type: 'check', goal, settle: settled };
  const first = await pool.run(task, signal ? { signal } : {});
  if (first && !first.pending) return first;
  const outcome = await last;
  if ('error' in outcome) throw outcome.error;
  return outcome.result;
}
