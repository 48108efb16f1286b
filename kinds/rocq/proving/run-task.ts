import { type RocqErrorCode, rocqCodeOf } from '../engine/errors.ts';
import type { RocqResult, RocqTask } from './tasks.ts';

/** The part of a pool that checks documents. */
export interface RocqRunner {
  run(task: RocqTask, options?: { readonly signal?: AbortSignal }): Promise<RocqResult>;
}

/** The attempts at a task whose engine or worker dies, or has lost its state. */
const ATTEMPTS = 4;
const AGAIN: readonly (RocqErrorCode | 'WORKER_DIED')[] = ['ROCQ_DIED', 'ROCQ_LOST', 'WORKER_DIED'];

/**
 * Runs a task, and again on another worker if its engine or worker dies. Resolves with `undefined` if the task expired:
 * an error before it keeps it from being reached. Rejects as `pool.run`.
 */
export async function runTask(
  pool: RocqRunner,
  task: RocqTask,
  signal: AbortSignal | undefined,
): Promise<RocqResult | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await pool.run(task, signal ? { signal } : {});
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'EXPIRED') return undefined;
      const cause = rocqCodeOf(error) ?? code;
      if (attempt >= ATTEMPTS || signal?.aborted || !AGAIN.some((each) => each === cause)) throw error;
    }
  }
}
