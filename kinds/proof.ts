import type { Kind, Verdict, WorkerStatus } from './kind.ts';
import { crashOf, lossOf } from './smt/proving/failures.ts';
import { onCheckError, requestOfCheck, useCheck } from './smt/proving/proof-check.ts';
import { proofExamples } from './smt/proving/proof-examples.ts';
import { onHolderError, useModel, useRelease, useRepair } from './smt/proving/proof-hold.ts';
import { requestOfRun, useRan, useRunFeedback } from './smt/proving/proof-run.ts';
import {
  type CheckTask,
  type GoalResult,
  type ProofCompetence,
  type ProofTask,
  type ProofTypes,
  type RunTask,
  settle,
} from './smt/proving/tasks.ts';
import type { SessionRequest, SessionResponse } from './smt/session/messages.ts';
import { sessionOf } from './smt/session/sessions.ts';

export type { ProofTypes } from './smt/proving/tasks.ts';

type Status = WorkerStatus<ProofCompetence>;

const isCheck = (task: ProofTask): task is CheckTask | RunTask => task.type === 'check' || task.type === 'run';

// The tasks whose worker has already died once: on a retry the pool puts the same object back into its queue.
const hit = new WeakSet<ProofTask>();

/**
 * Proves goals. A goal is proved if its negation is `unsat`. A `sat` goal has a counterexample, which stays in its
 * worker.
 *
 * A check goes to any worker that holds no goal. The worker that finds a goal `sat` holds it until a follow-up has
 * fetched its model. With `hold` it holds the goal longer: it can then answer `repair` tasks from its loaded state.
 * With `oneShot`, a worker ends after each verdict, as in the original.
 *
 * OCaml: `ProofTask` (stm/stm.ml).
 *
 * @example
 * import { checkGoal, proof, readDocument } from 'statepool/kinds';
 *
 * await using pool = createPool(proof, { size: 2 });
 * const { goals } = readDocument('(declare-const x Int) (assert (> x 3)) (check-sat)', 'a.smt2');
 * for (const goal of goals) {
 *   const { verdict, model } = await checkGoal(pool, goal, { limits: { timeoutMs: 10_000 } });
 *   console.log(verdict, model);
 * }
 */
const proof: Kind<ProofTypes> = {
  name: 'proof',
  url: import.meta.url,

  taskMatch(status: Status, task: ProofTask): boolean {
    if (!isCheck(task)) return status.type === 'old' && status.competence.goal === task.key;
    if (status.type === 'fresh') return true;
    return !(task.type === 'check' && task.again?.fresh) && status.competence.goal === undefined;
  },

  affinity: (task) => (isCheck(task) ? undefined : task.key),
  affinityOfCompetence: (competence) => competence.goal,

  requestOfTask(status: Status, task: ProofTask): SessionRequest {
    if (task.type === 'check') return requestOfCheck(status, task);
    if (task.type === 'run') return requestOfRun(status, task);
    if (task.type === 'repair') return { type: 'repair', key: task.key, add: task.add, limits: task.limits ?? {} };
    return { type: task.type, key: task.key };
  },

  useResponse(
    status: Status,
    task: ProofTask,
    response: SessionResponse,
  ): Verdict<ProofTask, ProofCompetence, GoalResult | null> {
    if (task.type === 'check') return useCheck(status, task, response);
    if (task.type === 'run') return useRan(status, task, response);
    if (task.type === 'model') return useModel(status, task, response);
    if (task.type === 'repair') return useRepair(status, task, response);
    return useRelease(status, task, response);
  },

  /** Ends the worker of a solver that died, since no state is left. A check is tried once more on a fresh worker. */
  onPerformError(
    _status: Status,
    task: ProofTask,
    error: Error,
  ): Verdict<ProofTask, ProofCompetence, GoalResult | null> {
    if (task.type === 'run') return { type: 'end', error };
    return task.type === 'check' ? onCheckError(task, error) : onHolderError(task, error);
  },

  onTaskCancellationOrExpirationOrWorkerDeath(task, reason): void | 'retry' {
    if (!task) return;
    if (task.type === 'model' && task.of) return settle(task.of.task, lossOf(task.of.result, reason.message));
    if (task.type !== 'check') return;
    if (reason.code !== 'WORKER_DIED') return settle(task, reason);
    // A follow-up is not retried: if the pool had no retry left, no caller would get its outcome.
    if (!task.again && !hit.has(task)) {
      hit.add(task);
      return 'retry';
    }
    settle(task, crashOf(task, reason));
  },

  forwardFeedback(feedback, task): void {
    if (task.type === 'run') useRunFeedback(feedback, task);
  },

  perform: (request, context) => sessionOf(context.workerId).perform(request, context, context.feedback),

  nameOfTask(task: ProofTask): string {
    if (task.type === 'run')
      return `check ${task.goals[0]?.file}#${task.goals[0]?.index} and ${task.goals.length - 1} more`;
    if (task.type !== 'check') return `${task.type} ${task.key}`;
    const { file, index, name } = task.goal;
    return `check ${file}#${index}${name === undefined ? '' : ` ${name}`}`;
  },

  viewOfCompetence: ({ engine, stack, texts, goal }) => ({
    engine,
    texts: texts.length,
    depth: stack.depth,
    ...(goal === undefined ? {} : { holds: goal }),
  }),

  nameOfRequest: (request) => `${request.type} ${request.key}`,

  examples: proofExamples,
};

export default proof;
