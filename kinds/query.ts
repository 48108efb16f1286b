import type { Kind, KindExamples, PerformContext } from './kind.ts';
import { rejectionOf } from './smt/proving/failures.ts';
import { requestOfCheck } from './smt/proving/proof-check.ts';
import type { CheckTask } from './smt/proving/tasks.ts';
import type { CheckRequest, SessionResponse } from './smt/session/messages.ts';
import { Session } from './smt/session/session.ts';
import { readDocument } from './smt/text/document.ts';
import { GoalError } from './smt/text/errors.ts';

/** A question to a solver in the state of a goal: `ask` has SMT-LIB commands such as `(simplify ...)`. */
export interface QueryTask extends Pick<CheckTask, 'goal' | 'engine' | 'limits'> {
  /** The commands to answer. */
  readonly ask: string;
  /** Is `true` if the goal is checked first, as `(get-model)` needs. @default false */
  readonly check?: boolean;
  /** Receives each line of the answer when it arrives. In the master. */
  onLine?(line: string): void;
}

/** The request of the query kind: the state to load, and the commands to answer in it. */
export interface QueryRequest {
  readonly state: CheckRequest;
  readonly ask: string;
}

/**
 * The types of the query kind. The answer is sent as feedback; the response is `null`, or the reason for a missing
 * answer.
 */
export interface QueryTypes {
  task: QueryTask;
  request: QueryRequest;
  response: SessionResponse | null;
  result: null;
  feedback: string;
}

const [example] = readDocument('(declare-const p Bool)\n(assert p)\n(check-sat)', 'example.smt2').goals;

const examples: KindExamples<QueryTypes> = {
  tasks: { ask: () => ({ goal: example as QueryTask['goal'], ask: '(simplify (and p p))' }) },
  responses: { answered: { to: '*', make: () => null } },
  classOfTask: () => 'ask',
  classOfCompetence: () => 'none',
};

// This check only serves to load the state: every solver answers it at once.
const nothing = '(check-sat-assuming (false))';

async function perform({ state, ask }: QueryRequest, context: PerformContext<string>): Promise<SessionResponse | null> {
  const session = new Session();
  try {
    const response = await session.perform(state, context);
    if (response.type !== 'verdict') return response;
    for (const line of (await session.query(ask)).split('\n')) if (line !== '') context.feedback(line);
    return null;
  } finally {
    session.dispose();
  }
}

/**
 * Asks a question in the state of a goal. The worker sends the answer line by line as feedback, and then ends.
 * `askQuery` collects the lines.
 *
 * OCaml: `QueryTask` (stm/stm.ml).
 *
 * @example
 * import { query, readDocument } from 'statepool/kinds';
 *
 * await using pool = createPool(query, { size: 1, spares: 1 });
 * const [goal] = readDocument('(declare-const x Int) (check-sat)', 'a.smt2').goals;
 * if (goal) await pool.run({ goal, ask: '(simplify (+ x x))', onLine: console.log });
 */
const query: Kind<QueryTypes> = {
  name: 'query',
  url: import.meta.url,

  requestOfTask(_status, { goal, engine, limits, ask, check = false }) {
    const task: CheckTask = { type: 'check', goal, ...(engine ? { engine } : {}), ...(limits ? { limits } : {}) };
    const state = requestOfCheck({ type: 'fresh' }, task);
    return { state: check ? state : { ...state, check: nothing }, ask };
  },

  useResponse(_status, { goal }, response) {
    if (response === null) return { type: 'end', result: null };
    if (response.type === 'error') return { type: 'end', error: rejectionOf(goal, response) };
    const problem = `the query was answered by '${response.type}'`;
    return { type: 'end', error: new GoalError('SMT_MISMATCH', goal.file, goal, problem) };
  },

  onPerformError: (_status, _task, error) => ({ type: 'end', error }),
  forwardFeedback: (line, task) => task.onLine?.(line),
  perform,
  nameOfTask: ({ goal, ask }) => `query ${goal.file}#${goal.index} ${ask.slice(0, 40)}`,
  nameOfRequest: ({ ask }) => `query ${ask.slice(0, 40)}`,
  examples,
};

export default query;
