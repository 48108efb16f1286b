import type { Verdict, WorkerStatus } from '../../kind.ts';
import { RocqError } from '../engine/errors.ts';
import type { RocqResponse } from '../session/messages.ts';
import { isAboutHeld, type ProveTask, type RocqCompetence, type RocqResult, type RocqTask } from './tasks.ts';

type Status = WorkerStatus<RocqCompetence>;
type RocqVerdict = Verdict<RocqTask, RocqCompetence, RocqResult>;
type ErrorResponse = Extract<RocqResponse, { type: 'error' }>;

const MAX_RSS = 1.5e9;

/** Returns the verdict on a response. */
export function useRocqResponse(_status: Status, task: RocqTask, response: RocqResponse): RocqVerdict {
  if (response.type === 'mismatch') return useMismatch(task, response);
  if (response.type === 'error') return useError(task, response);
  if (response.type === 'states') return useStates(task, response);
  // A document's later tasks expire: behind this segment nothing can be reached.
  if (response.type === 'spineError' && 'document' in task) {
    task.document.limit = Math.min(task.document.limit, response.segment);
  }
  const maxRss = 'maxRss' in task ? (task.maxRss ?? MAX_RSS) : MAX_RSS;
  if (response.rss > maxRss) return { type: 'end', result: response };
  return { type: 'stay', competence: { chain: response.chain }, result: response };
}

/** Returns the verdict on a response that does not fit: the worker is taken for what it is, or ends. The task may run again. */
function useMismatch(task: RocqTask, response: Extract<RocqResponse, { type: 'mismatch' }>): RocqVerdict {
  const error = new RocqError('ROCQ_LOST', `the worker has not the state for this task: ${response.problem}`);
  if (task.type === 'states' && task.of) {
    task.of.task.settle?.(withoutPending(task.of.result));
    return { type: 'end', result: withoutPending(task.of.result) };
  }
  if (isAboutHeld(task)) return { type: 'end', error };
  // After a task that was cancelled the pool does not know what its engine has executed: now it does.
  return { type: 'stay', competence: { chain: response.chain }, error };
}

function useError(task: RocqTask, response: ErrorResponse): RocqVerdict {
  const { held, dead, ...rest } = response;
  const result: RocqResult = dead ? { ...rest, timeout: true } : rest;
  if (dead) return { type: 'end', result };
  const competence: RocqCompetence = { chain: response.chain };
  if (!held) return { type: 'stay', competence, result };
  const key = isAboutHeld(task) || task.type === 'prove' ? task.key : '';
  const holder = { ...competence, holds: key };
  if (task.type !== 'prove' || !task.goals) return { type: 'stay', competence: holder, result };
  const pending: RocqResult = { ...result, pending: 'goals' };
  const states: RocqTask = { type: 'states', key, release: !task.hold, of: { task, result } };
  return { type: 'stay', competence: holder, tasks: [states], result: pending };
}

function useStates(task: RocqTask, response: Extract<RocqResponse, { type: 'states' }>): RocqVerdict {
  const isKept = task.type === 'states' && !task.release;
  const competence: RocqCompetence = { chain: response.chain, ...(isKept ? { holds: task.key } : {}) };
  if (task.type === 'states' && task.of?.result.type === 'error') {
    task.of.task.settle?.({ ...task.of.result, goals: response.goals });
  }
  return { type: 'stay', competence, result: response };
}

/** Sends the outcome of a proof whose goals are lost. In the master. */
export function settleLost(task: ProveTask, result: RocqResult): void {
  task.settle?.(withoutPending(result));
}

function withoutPending(result: RocqResult): RocqResult {
  if (result.type !== 'error') return result;
  const { pending: _, ...rest } = result;
  return rest;
}
