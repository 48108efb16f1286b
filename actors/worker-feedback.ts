import type { Seat } from '../machines/seat.ts';
import { refusePromise } from './any-kind.ts';
import { type Core, emit } from './core.ts';
import { warn } from './settlement.ts';
import type { TaskEntry } from './task-entry.ts';

/**
 * Hands on a feedback that a worker has sent about the request of that number, counted from 1. One whose request was answered
 * before has nobody to go to.
 */
export function forwardFeedback(core: Core, seat: Seat, feedback: unknown, number: number): void {
  const { held, tasks } = seat;
  const entry = held[number - (tasks - held.length) - 1] as TaskEntry | undefined;
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
