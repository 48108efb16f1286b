import type { Verdict, WorkerStatus } from '../../kind.ts';
import type { RunFeedback, RunRequest, RunStep, SessionResponse } from '../session/messages.ts';
import type { Goal } from '../text/goal.ts';
import { continuationOf, emptyStack, stackOf } from '../text/stack.ts';
import { warningOf } from './failures.ts';
import { isSpent } from './proof-check.ts';
import { type GoalResult, type ProofCompetence, type ProofTask, type RunTask, vitalsOf } from './tasks.ts';

type Status = WorkerStatus<ProofCompetence>;
type ProofVerdict = Verdict<ProofTask, ProofCompetence, GoalResult | null>;
type Ran = Extract<SessionResponse, { type: 'ran' }>;

/** Returns the request for a run: each goal goes on where the one before has left its worker. */
export function requestOfRun(status: Status, task: RunTask): RunRequest {
  const { goals, engine = 'z3-wasm', mode = 'clean', limits = {}, model = true, twin = false } = task;
  const first = goals[0] as Goal;
  const known = status.type === 'old' ? status.competence : undefined;
  const isSame = known !== undefined && known.settings === first.settings && known.engine === engine;
  const texts = new Set(known?.texts);
  let stack = isSame && mode === 'incremental' ? known.stack : emptyStack;
  const base = stack.hashes;
  const steps = goals.map((goal): RunStep => {
    const way = mode === 'incremental' ? continuationOf(stack, goal) : undefined;
    const keep = way?.keep ?? 0;
    const push = goal.hashes.slice(keep).map((hash, i) => {
      return texts.has(hash) ? { hash } : { hash, text: goal.chunks[keep + i] as string };
    });
    // A worker keeps all texts but the last, which only this goal has.
    for (const { hash } of push.slice(0, -1)) texts.add(hash);
    stack = stackOf(goal);
    const to = way === undefined ? {} : { to: way.to };
    return { key: goal.key, keep, ...to, push, depths: goal.depths.slice(keep), check: goal.check };
  });
  return {
    type: 'run',
    engine,
    mode,
    key: first.key,
    settings: first.settings,
    options: first.options,
    ...(first.logic === undefined ? {} : { logic: first.logic }),
    base: steps[0]?.to === undefined ? [] : base,
    limits,
    model,
    ...(twin && mode === 'clean' ? { twin } : {}),
    steps,
  };
}

/** Reports the verdict on one goal of a run. */
export function useRunFeedback(feedback: RunFeedback, task: RunTask): void {
  const { index, verdict, rlimit, model, refused } = feedback;
  const goal = task.goals[index] as Goal;
  task.onResult({
    verdict,
    ...(rlimit === undefined ? {} : { rlimit }),
    ...(model === undefined ? {} : { model }),
    ...(refused === undefined ? {} : { warnings: refused.map((each) => warningOf(goal, each)) }),
    ...vitalsOf(feedback),
  });
}

/** Returns the verdict on the end of a run. */
export function useRan(status: Status, task: RunTask, response: SessionResponse): ProofVerdict {
  const { engine = 'z3-wasm', goals, mode } = task;
  const known = status.type === 'old' ? status.competence.texts : [];
  const unknown: ProofCompetence = {
    engine,
    settings: undefined,
    stack: emptyStack,
    texts: known,
    goal: undefined,
    oneShot: false,
  };
  if (response.type !== 'ran') {
    task.onStop(undefined);
    return { type: 'stay', competence: { ...unknown, texts: [] }, result: null };
  }
  const texts = response.texts ?? known;
  if (response.stop !== undefined) {
    const isOver = useStop(status, task, response);
    return isOver ? { type: 'stay', competence: { ...unknown, texts }, result: null } : { type: 'end', result: null };
  }
  if (isSpent(task, response)) return { type: 'end', result: null };
  const last = goals.at(-1) as Goal;
  const stack = mode === 'incremental' ? stackOf(last) : emptyStack;
  return { type: 'stay', competence: { ...unknown, settings: last.settings, texts, stack }, result: null };
}

/**
 * Reports the outcome that ended a run early as a check by itself would. Returns `false` if the next attempt needs a
 * fresh worker.
 */
function useStop(status: Status, task: RunTask, response: Ran): boolean {
  const { stop, stopWork, done, refused } = response;
  if (stop?.type === 'died') {
    task.onStop({ fresh: true, mismatches: 0 });
    return false;
  }
  if (stop?.type !== 'unknown') {
    task.onStop(undefined);
    return true;
  }
  const { reason, rlimit } = stop;
  const isStopped = reason === 'deadline' || reason === 'cancelled';
  // A new context may decide what an incremental context leaves unknown because of its history.
  const isHistorical = task.mode === 'incremental' && (status.type === 'old' || done > 0);
  if (isHistorical && !isStopped) {
    task.onStop({ fresh: true, mismatches: 0 });
    return false;
  }
  const goal = task.goals[done] as Goal;
  task.onResult({
    verdict: 'unknown',
    reason,
    ...(rlimit === undefined ? {} : { rlimit }),
    ...(refused === undefined ? {} : { warnings: refused.map((each) => warningOf(goal, each)) }),
    ...vitalsOf({ ...response, ...stopWork }),
  });
  task.onStop(undefined);
  return true;
}
