import { checkGoal, type TaskRunner } from '../proving/check-goal.ts';
import type { Again, CheckTask, GoalResult, ProofTask, RunTask, Settled } from '../proving/tasks.ts';
import type { Goal } from '../text/goal.ts';
import { type Share, Shares } from './shares.ts';

/** The goals of a run that are worth the start of another process. */
const WORTH_A_TWIN = 16;

/** Options of `checkGoals`. */
export interface CheckGoalsOptions extends Omit<CheckTask, 'type' | 'goal' | 'settle' | 'again' | 'hold'> {
  /** The number of workers to keep busy: the size of the pool. */
  readonly size: number;
  /**
   * Is `true` if each worker may use two processors: in clean mode, it then keeps two processes of a native solver for
   * small goals. One makes the context of a goal while the other one is at work. @default false
   */
  readonly twin?: boolean;
  /** Receives the outcome of each goal once, when it is there. In the master. */
  onOutcome(goal: Goal, outcome: Settled): void;
}

/**
 * Checks many goals on a pool of the proof kind. Neighbouring small goals travel as one task. A goal whose outcome is
 * not plain (an error, `unknown`, a solver that died) is checked by itself, as by `checkGoal`: the outcomes are the
 * same. Resolves after the last outcome. In the master.
 *
 * @example
 * import { checkGoals, proof, readDocument } from 'statepool/kinds';
 *
 * await using pool = createPool(proof, { size: 2 });
 * const { goals } = readDocument('(declare-const x Int) (assert (> x x)) (check-sat)', 'a.smt2');
 * await checkGoals(pool, goals, { size: 2, onOutcome: ({ index }, outcome) => console.log(index, outcome) });
 */
export async function checkGoals(
  pool: TaskRunner<ProofTask, GoalResult | null>,
  goals: readonly Goal[],
  { size, twin = false, onOutcome, ...options }: CheckGoalsOptions,
): Promise<void> {
  const shares = new Shares(goals, size);
  await Promise.all(Array.from({ length: Math.min(size, goals.length) }, drive));

  async function drive(): Promise<void> {
    const share: Share = { section: undefined, length: 1 };
    for (let next = shares.take(share); next.length > 0; next = shares.take(share)) {
      const [first] = next;
      const start = performance.now();
      let done = next.length;
      if (next.length === 1 && first !== undefined) await checkOne(first, undefined);
      else done = await checkRun(share, next);
      // A worker that ends after each verdict gets one goal at a time.
      if (!options.oneShot) shares.learn(share, done, performance.now() - start);
    }
  }

  /** Checks goals as one task. Returns the number of decided goals. */
  async function checkRun(share: Share, run: readonly Goal[]): Promise<number> {
    let done = 0;
    let again: Again | undefined;
    const task: RunTask = {
      ...options,
      type: 'run',
      goals: run,
      twin: twin && run.length >= WORTH_A_TWIN,
      onResult(result) {
        onOutcome(run[done] as Goal, { result });
        done++;
      },
      onStop(attempt) {
        again = attempt;
      },
    };
    // The task of a worker that died: its goals are checked again, and the error is that of a goal.
    await pool.run(task).catch(() => {});
    if (done === run.length) return done;
    shares.giveBack(share, run.slice(done + 1));
    await checkOne(run[done] as Goal, again);
    return 1;
  }

  async function checkOne(goal: Goal, again: Again | undefined): Promise<void> {
    let outcome: Settled;
    try {
      outcome = { result: await checkGoal(pool, goal, { ...options, ...(again === undefined ? {} : { again }) }) };
    } catch (error) {
      outcome = { error: error as Error };
    }
    onOutcome(goal, outcome);
  }
}
