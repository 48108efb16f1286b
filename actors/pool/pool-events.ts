import { type StalledError, UsageError } from '../errors/errors.ts';
import { didYouMean } from '../errors/legal-names.ts';
import type { TaskOutcome } from '../tasks/settlement.ts';
import type { WorkerInfo } from './pool-types.ts';

/** The events of a pool, each with what its listeners get. */
export interface PoolEvents<T = unknown, C = unknown, F = unknown> {
  /** A worker's machine has gone to another state. */
  worker: [worker: WorkerInfo<C>];
  /** A task has settled, a follow-up too. */
  task: [outcome: TaskOutcome];
  /** A worker has sent a feedback while it performs a task. */
  feedback: [feedback: { readonly feedback: F; readonly task: T; readonly worker: string }];
  /** Tasks wait that no worker takes, and nothing is under way that could change it. */
  stalled: [error: StalledError];
  /** The queue is empty and no worker is busy. */
  idle: [];
  /** Workers cannot be started: every task fails. */
  degraded: [error: Error];
}

const EVENTS: readonly (keyof PoolEvents)[] = ['worker', 'task', 'feedback', 'stalled', 'idle', 'degraded'];

/** Checks the name of an event. @throws {UsageError} naming the nearest that there is */
export function checkEvent(event: unknown): asserts event is keyof PoolEvents {
  if ((EVENTS as readonly unknown[]).includes(event)) return;
  const name = String(event);
  throw new UsageError(`a pool has no event ${name}${didYouMean(name, EVENTS)}; its events are ${EVENTS.join(', ')}`);
}
