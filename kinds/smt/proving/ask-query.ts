import type { QueryTask } from '../../query.ts';
import type { TaskRunner } from './check-goal.ts';

/**
 * Asks a question in the state of a goal on a pool of the query kind. Resolves with the lines of the answer. In the
 * master.
 *
 * @throws {GoalError} when the solver refused a command of the goal's context
 *
 * @example
 * import { askQuery, query, readDocument } from 'statepool/kinds';
 *
 * await using pool = createPool(query, { size: 1 });
 * const [goal] = readDocument('(declare-const x Int) (assert (= x 4)) (check-sat)', 'a.smt2').goals;
 * if (goal) console.log(await askQuery(pool, { goal, ask: '(eval x)', check: true }));
 */
export async function askQuery(pool: TaskRunner<QueryTask, null>, task: QueryTask): Promise<string[]> {
  const lines: string[] = [];
  const onLine = (line: string) => {
    lines.push(line);
    task.onLine?.(line);
  };
  await pool.run({ ...task, onLine });
  return lines;
}
