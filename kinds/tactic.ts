import type { Kind, KindExamples } from './kind.ts';
import { codeOf, crashOf, rejectionOf } from './smt/proving/failures.ts';
import { requestOfCheck } from './smt/proving/proof-check.ts';
import { type CheckTask, type GoalResult, type ProofCompetence, vitalsOf } from './smt/proving/tasks.ts';
import type { CheckRequest, SessionResponse } from './smt/session/messages.ts';
import { sessionOf } from './smt/session/sessions.ts';
import { readDocument } from './smt/text/document.ts';
import type { Hash } from './smt/text/goal.ts';
import { emptyStack } from './smt/text/stack.ts';

/** One goal of a proof, as the tactic kind takes it: a check without the parts that only the proof kind has. */
export type TacticTask = Pick<CheckTask, 'goal' | 'engine' | 'mode' | 'limits'>;

/** The texts of the shared state that an old worker has. */
export type TacticCompetence = readonly Hash[];

/** The types of the tactic kind. */
export interface TacticTypes {
  task: TacticTask;
  request: CheckRequest;
  response: SessionResponse;
  competence: TacticCompetence;
  result: GoalResult;
}

/** A tactic worker as `requestOfCheck` sees it: it has texts, and each goal gets a context of its own. */
const knownBy = (texts: readonly Hash[], { goal, engine = 'z3-wasm' }: TacticTask): ProofCompetence => ({
  engine,
  settings: goal.settings,
  stack: emptyStack,
  texts,
  goal: undefined,
  oneShot: false,
});

const [example] = readDocument('(declare-const p Bool)\n(push 1)\n(assert p)\n(check-sat)', 'example.smt2').goals;
const vitals = { ms: 1, pid: 1, threadId: 0, rss: 1 };

const examples: KindExamples<TacticTypes> = {
  tasks: { goal: () => ({ goal: example as TacticTask['goal'] }) },
  responses: {
    proved: { to: '*', make: () => ({ type: 'verdict', verdict: 'unsat', ...vitals }) },
    refuted: { to: '*', make: () => ({ type: 'verdict', verdict: 'sat', ...vitals }) },
    rejected: {
      to: '*',
      make: () => ({ type: 'error', message: 'no', at: { chunk: 0, line: 1, column: 1 }, ...vitals }),
    },
    mismatch: { to: '*', make: () => ({ type: 'mismatch', problem: 'no such text', ...vitals }) },
  },
  classOfTask: () => 'goal',
  classOfCompetence: () => 'state',
};

/**
 * Proves the goals of one proof in parallel. The goals share one heavy state; a request carries it only to a worker
 * that does not have it. The workers always stay. `par` makes the tasks.
 *
 * OCaml: `TacTask` (stm/partac.ml).
 *
 * @example
 * import { par, readDocument, tactic } from 'statepool/kinds';
 *
 * await using pool = createPool(tactic, { size: 4 });
 * const { goals } = readDocument('(declare-const p Bool) (push 1) (assert (and p (not p))) (check-sat)', 'a.smt2');
 * const results = await par(pool, goals);
 */
const tactic: Kind<TacticTypes> = {
  name: 'tactic',
  url: import.meta.url,

  requestOfTask(status, task) {
    const known = status.type === 'fresh' ? status : { ...status, competence: knownBy(status.competence, task) };
    return requestOfCheck(known, { ...task, type: 'check', model: false });
  },

  useResponse(status, task, response) {
    const texts = status.type === 'old' ? status.competence : [];
    if (response.type === 'verdict') {
      const { verdict, reason, rlimit } = response;
      const result: GoalResult = {
        verdict,
        ...(reason === undefined ? {} : { reason }),
        ...(rlimit === undefined ? {} : { rlimit }),
        ...vitalsOf(response),
      };
      return { type: 'stay', competence: response.texts ?? texts, result };
    }
    if (response.type === 'error') return { type: 'stay', competence: texts, error: rejectionOf(task.goal, response) };
    // The empty competence makes the next request carry the whole state again.
    const problem = response.type === 'mismatch' ? response.problem : `it answered '${response.type}'`;
    return { type: 'stay', competence: [], error: crashOf({ type: 'check', ...task }, new Error(problem)) };
  },

  onPerformError(_status, task, error) {
    const missing = codeOf(error) === 'SMT_ENGINE_MISSING';
    return { type: 'end', error: missing ? error : crashOf({ type: 'check', ...task }, error) };
  },

  perform: (request, context) => sessionOf(context.workerId).perform(request, context),
  nameOfTask: ({ goal }) => `goal ${goal.file}#${goal.index}`,
  viewOfCompetence: (texts) => ({ texts: texts.length }),
  nameOfRequest: ({ key }) => `goal ${key}`,
  examples,
};

export default tactic;
