import type { Entry } from '../../machines/queue/entry.ts';
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
  const entry = seat.held[indexOf(core, seat, number)] as TaskEntry | undefined;
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

/** Returns the place of a request of that number among those that a worker holds; one that is not there has none. */
function indexOf({ state }: PoolCore, { held, tasks }: Seat, number: number): number {
  if (state.rules.concurrency === 1) return number - answeredBy({ held, tasks }) - 1;
  return held.findIndex((entry) => (entry as TaskEntry).number === number);
}

/** Returns the number of a request that a worker holds. */
export function numberOf({ state }: PoolCore, seat: Seat, entry: TaskEntry): number {
  return state.rules.concurrency === 1 ? answeredBy(seat) + seat.held.indexOf(entry) + 1 : entry.number;
}

/** Takes the request of that number out of those that a worker holds; returns none if it is not there. */
export function takeOut(core: PoolCore, seat: Seat, number: number): Entry | undefined {
  const index = indexOf(core, seat, number);
  return index < 0 ? undefined : seat.held.splice(index, 1)[0];
}
