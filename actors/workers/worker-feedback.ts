import { answeredBy, type Seat } from '../../machines/state/seat.ts';
import { warn } from '../core/hook-warning.ts';
import { emit, type PoolCore } from '../core/pool-core.ts';
import { refusePromise } from '../kind-module/check-kind.ts';
import type { TaskEntry } from '../tasks/task-entry.ts';

/**
 * Forwards a feedback that a worker has sent about its request of that number, counted from 1. A feedback on an
 * answered request is dropped.
 */
export function forwardFeedback(core: PoolCore, seat: Seat, feedback: unknown, number: number): void {
  const entry = seat.held[number - answeredBy(seat) - 1] as TaskEntry | undefined;
  if (entry === undefined || entry.place === 'settled') return;
  const { kind } = core;
  try {
    entry.runInAsyncScope(() => {
      refusePromise(kind, 'forwardFeedback', kind.forwardFeedback?.(feedback, entry.task));
      entry.options?.onFeedback?.(feedback);
    });
  } catch (error) {
    warn(core, 'forwardFeedback', error);
  }
  emit(core, 'feedback', { feedback, task: entry.task, worker: seat.id });
}
