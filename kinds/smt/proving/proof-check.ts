import type { Verdict, WorkerStatus } from '../../kind.ts';
import type { CheckRequest, SessionResponse } from '../session/messages.ts';
import { continuationOf, emptyStack, stackOf } from '../text/stack.ts';
import { codeOf, crashOf, mismatchOf, rejectionOf, warningOf } from './failures.ts';
import {
  type Again,
  type CheckTask,
  type GoalResult,
  type ProofCompetence,
  type ProofTask,
  settle,
  vitalsOf,
} from './tasks.ts';

type Status = WorkerStatus<ProofCompetence>;
type ProofVerdict = Verdict<ProofTask, ProofCompetence, GoalResult | null>;
type VerdictResponse = Extract<SessionResponse, { type: 'verdict' }>;

const maxRss = 1 << 30;
const mismatches = 2;

/**
 * Returns the request for a check. It names only the chunks after the part of the context that stays. It carries the
 * text of a chunk only if the worker is not believed to have it.
 */
export function requestOfCheck(status: Status, task: CheckTask): CheckRequest {
  const { goal, engine = 'z3-wasm', mode = 'clean', limits = {} } = task;
  // After a mismatch the worker is believed to have nothing: the request carries all that the goal needs.
  const known = status.type === 'old' && !task.again?.mismatches ? status.competence : undefined;
  const isSame = known !== undefined && known.settings === goal.settings && known.engine === engine;
  const way = mode === 'incremental' && isSame ? continuationOf(known.stack, goal) : undefined;
  const keep = way?.keep ?? 0;
  const texts = new Set(known?.texts);
  return {
    type: 'check',
    engine,
    mode,
    key: goal.key,
    settings: goal.settings,
    options: goal.options,
    ...(goal.logic === undefined ? {} : { logic: goal.logic }),
    base: way === undefined || known === undefined ? [] : known.stack.hashes,
    keep,
    ...(way === undefined ? {} : { to: way.to }),
    push: goal.hashes.slice(keep).map((hash, i) => {
      return texts.has(hash) ? { hash } : { hash, text: goal.chunks[keep + i] as string };
    }),
    depths: goal.depths.slice(keep),
    check: goal.check,
    ...(goal.asks === undefined || goal.asks.length === 0 ? {} : { asks: goal.asks }),
    ...(goal.rejected === undefined ? {} : { rejected: goal.rejected.message }),
    limits,
    hold: wantsModel(task) || task.hold === true,
  };
}

const wantsModel = (task: CheckTask): boolean => task.model ?? true;

/**
 * Returns whether a worker must end after this task, once it holds no goal. On threads, the memory of the process says
 * nothing about one worker.
 */
export function isSpent(task: Pick<CheckTask, 'oneShot' | 'limits'>, { rss, threadId }: SessionResponse): boolean {
  return task.oneShot === true || (threadId === 0 && rss > (task.limits?.maxRss ?? maxRss));
}

/** Returns the verdict on an answer to a check. */
export function useCheck(status: Status, task: CheckTask, response: SessionResponse): ProofVerdict {
  if (response.type === 'verdict') return useVerdict(status, task, response);
  if (response.type === 'error') {
    const error = rejectionOf(task.goal, response);
    settle(task, error);
    if (isSpent(task, response)) return { type: 'end', error };
    return { type: 'stay', competence: { ...knownOf(status, task), settings: undefined }, error };
  }
  const problem = response.type === 'mismatch' ? response.problem : `it answered '${response.type}' to a check`;
  const again = againOf(task);
  if (again.fresh || again.mismatches >= mismatches) {
    const error = mismatchOf(task, problem);
    settle(task, error);
    return { type: 'end', error };
  }
  return retried(task, response, { ...again, mismatches: again.mismatches + 1 }, problem);
}

/** Returns the verdict on a check in which the solver died. */
export function onCheckError(task: CheckTask, error: Error): ProofVerdict {
  const again = againOf(task);
  if (codeOf(error) === 'SMT_ENGINE_MISSING' || again.fresh) {
    const failure = codeOf(error) === 'SMT_ENGINE_MISSING' ? error : crashOf(task, error);
    settle(task, failure);
    return { type: 'end', error: failure };
  }
  const vitals = { type: 'released', ms: 0, pid: 0, threadId: 0, rss: 0 } as const;
  return retried(task, vitals, { ...again, fresh: true }, error.message);
}

const againOf = (task: CheckTask): Again => task.again ?? { fresh: false, mismatches: 0 };

/**
 * Returns the verdict for another attempt. The worker ends, so that a fresh worker comes for the attempt, even in a
 * pool of one.
 */
function retried(task: CheckTask, response: SessionResponse, again: Again, reason: string): ProofVerdict {
  const result: GoalResult = { verdict: 'unknown', reason, ...vitalsOf(response), pending: 'retry' };
  return { type: 'end', tasks: [{ ...task, again }], result };
}

function knownOf(status: Status, { goal, engine = 'z3-wasm' }: CheckTask): ProofCompetence {
  const texts = status.type === 'old' ? status.competence.texts : [];
  return { engine, settings: goal.settings, stack: emptyStack, texts, goal: undefined, oneShot: false };
}

function competenceOf(status: Status, task: CheckTask, response: VerdictResponse): ProofCompetence {
  const known = knownOf(status, task);
  const texts = response.texts ?? known.texts;
  if (response.dropped) return { ...known, texts, settings: undefined };
  return { ...known, texts, stack: task.mode === 'incremental' ? stackOf(task.goal) : emptyStack };
}

function useVerdict(status: Status, task: CheckTask, response: VerdictResponse): ProofVerdict {
  const { verdict, reason, rlimit, refused, answers } = response;
  const result: GoalResult = {
    verdict,
    ...(reason === undefined ? {} : { reason }),
    ...(rlimit === undefined ? {} : { rlimit }),
    ...(answers === undefined ? {} : { answers }),
    ...(refused === undefined ? {} : { warnings: refused.map((each) => warningOf(task.goal, each)) }),
    ...vitalsOf(response),
  };
  const again = againOf(task);
  // A new context may decide a goal that an incremental context leaves unknown because of its history. A check that was
  // stopped has already used its time.
  const historical = verdict === 'unknown' && task.mode === 'incremental' && status.type === 'old';
  if (historical && !again.fresh && reason !== 'deadline' && reason !== 'cancelled') {
    return retried(task, response, { ...again, fresh: true }, reason ?? 'unknown');
  }
  const competence = competenceOf(status, task, response);
  if (verdict === 'sat' && !response.dropped && (wantsModel(task) || task.hold)) {
    const holder = { ...competence, goal: task.goal.key, oneShot: isSpent(task, response) };
    if (!wantsModel(task)) {
      settle(task, result);
      return { type: 'stay', competence: holder, result };
    }
    const pending: GoalResult = { ...result, pending: 'model' };
    const model: ProofTask = { type: 'model', key: task.goal.key, release: !task.hold, of: { task, result } };
    return { type: 'stay', competence: holder, tasks: [model], result: pending };
  }
  settle(task, result);
  if (response.broken || isSpent(task, response)) return { type: 'end', result };
  return { type: 'stay', competence, result };
}
