import type { RocqRunner } from '../proving/run-task.ts';
import type { RocqTask } from '../proving/tasks.ts';

/** The part of a pool that a session needs. */
export interface SessionPool extends RocqRunner {
  setOrder(compare: (a: RocqTask, b: RocqTask) => number): void;
  broadcast(): void;
}

/** The rank of each task of a session, now: the lowest one runs first. */
const ranks = new WeakMap<RocqTask, () => number>();

/** Gives a task its rank; it is asked for again whenever the queue is sorted. */
export function giveRank(task: RocqTask, rank: () => number): void {
  ranks.set(task, rank);
}

/**
 * Sorts the queue by the ranks, for all sessions of the pool. A task without a rank, such as the follow-up of a proof,
 * comes first.
 */
export function sortByRank(pool: SessionPool): void {
  pool.setOrder((a, b) => rankOf(a) - rankOf(b));
  pool.broadcast();
}

function rankOf(task: RocqTask): number {
  return ranks.get(task)?.() ?? -1;
}
