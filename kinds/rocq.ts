import type { Kind, WorkerStatus } from './kind.ts';
import { rocqExamples } from './rocq/proving/examples.ts';
import { requestOf } from './rocq/proving/requests.ts';
import {
  isAboutHeld,
  type ProveTask,
  type RocqCompetence,
  type RocqTask,
  type RocqTypes,
} from './rocq/proving/tasks.ts';
import { settleLost, useRocqResponse } from './rocq/proving/verdicts.ts';
import { rocqSessionOf } from './rocq/session/sessions.ts';

export { RocqError, type RocqErrorCode } from './rocq/engine/errors.ts';
export type { SessionPool } from './rocq/live/order.ts';
export type { Position, Range } from './rocq/live/positions.ts';
export { createSession, Session } from './rocq/live/session.ts';
export type {
  SessionEvents,
  SessionGoals,
  SessionOptions,
  SessionProblem,
  SessionVerdict,
  TextProgress,
  Viewport,
} from './rocq/live/types.ts';
export { checkDocument, type RocqCheckOptions } from './rocq/proving/check-document.ts';
export { RocqMemory, type RocqStore } from './rocq/proving/memory.ts';
export type { RocqProblem, RocqProof, RocqReport } from './rocq/proving/report.ts';
export type { RocqRunner } from './rocq/proving/run-task.ts';
export type { RocqCompetence, RocqResult, RocqTask, RocqTypes } from './rocq/proving/tasks.ts';
export type { RocqGoal, RocqGoals } from './rocq/session/messages.ts';
export { type RocqDocument, type RocqOptions, readRocq } from './rocq/text/document.ts';
export type { RocqPlace } from './rocq/text/places.ts';

type Status = WorkerStatus<RocqCompetence>;

// The proofs whose worker has already died once: on a retry the pool puts the same object back into its queue.
const hit = new WeakSet<ProveTask>();

/**
 * Checks the proofs of Rocq files. Each worker runs one engine (`coqidetop`), which has executed a part of a file: its
 * competence is the chain of hashes of that part. A request has only what the engine lacks. A proof that can be
 * delegated runs alone; everybody else sees it as admitted.
 *
 * A worker that finds an error can hold the broken proof: it answers `states` with the goals at the last good state, and
 * `repair` from there, in the same engine. `query` asks a question in a state, `try` tries scripts on a goal.
 *
 * OCaml: `ProofTask`, `QueryTask` and `TacTask` (stm/stm.ml).
 *
 * @example
 * import { readFileSync } from 'node:fs';
 * import { createPool } from 'statepool';
 * import { checkDocument, readRocq, rocq } from 'statepool/kinds';
 *
 * await using pool = createPool(rocq, { size: 2 });
 * const { errors } = await checkDocument(pool, readRocq(readFileSync('a.v', 'latin1'), { file: 'a.v' }));
 * for (const { place, message } of errors) console.log(place?.line, message);
 */
const rocq: Kind<RocqTypes> = {
  name: 'rocq',
  url: import.meta.url,

  taskMatch(status: Status, task: RocqTask): boolean {
    if (isAboutHeld(task)) return status.type === 'old' && status.competence.holds === task.key;
    if (status.type === 'fresh') return true;
    const { chain, holds } = status.competence;
    if (holds !== undefined) return false;
    return task.type === 'compile' || chain.length === 0 || chain[0] === task.document.chain[0];
  },

  affinity: (task) => (isAboutHeld(task) ? task.key : undefined),
  affinityOfCompetence: (competence) => competence.holds,

  requestOfTask: requestOf,
  useResponse: useRocqResponse,

  /** Ends the worker of an engine that died, since no state is left. */
  onPerformError(_status: Status, task: RocqTask, error: Error) {
    if (task.type !== 'states' || !task.of) return { type: 'end', error };
    settleLost(task.of.task, task.of.result);
    return { type: 'end', error };
  },

  onTaskCancellationOrExpirationOrWorkerDeath(task, reason): void | 'retry' {
    if (task?.type === 'states' && task.of) return settleLost(task.of.task, task.of.result);
    if (task?.type !== 'prove' || reason.code !== 'WORKER_DIED' || hit.has(task)) return;
    hit.add(task);
    return 'retry';
  },

  perform: (request, { workerId, signal }) => rocqSessionOf(workerId).perform(request, signal),

  nameOfTask(task: RocqTask): string {
    if (isAboutHeld(task)) return `${task.type} ${task.key}`;
    if (task.type === 'compile') return `compile ${task.file}`;
    return `${task.type} ${task.document.segments[task.segment]?.name ?? `segment ${task.segment}`}`;
  },

  viewOfCompetence: ({ chain, holds }) => ({ segments: chain.length - 1, ...(holds === undefined ? {} : { holds }) }),

  nameOfRequest: (request) => ('key' in request ? `${request.type} ${request.key}` : request.type),

  examples: rocqExamples,
};

export default rocq;
