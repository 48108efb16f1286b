import { type StalledError, UsageError } from '../errors/errors.ts';
import { didYouMean } from '../errors/legal-names.ts';
import type { TaskOutcome } from '../tasks/settlement.ts';
import type { WorkerInfo } from './pool-types.ts';

/** The events of a pool, each with the arguments of its listeners. */
export interface PoolEvents<T = unknown, C = unknown, F = unknown> {
  /** A worker's machine has changed its state. */
  worker: [worker: WorkerInfo<C>];
  /** A task has settled, a follow-up too. */
  task: [outcome: TaskOutcome];
  /** A worker has sent a feedback while it performs a task. */
  feedback: [feedback: { readonly feedback: F; readonly task: T; readonly worker: string }];
  /** No worker takes the waiting tasks, and nothing under way can change that. */
  stalled: [error: StalledError];
  /** The queue is empty and no worker is busy. */
  idle: [];
  /** Workers cannot be started: every task fails. */
  degraded: [error: Error];
}

const EVENTS: readonly (keyof PoolEvents)[] = ['worker', 'task', 'feedback', 'stalled', 'idle', 'degraded'];

/** Checks the name of an event. @throws {UsageError} naming the nearest known event */
export function checkEvent(event: unknown): asserts event is keyof PoolEvents {
  if ((EVENTS as readonly unknown[]).includes(event)) return;
  const name = String(event);
  throw new UsageError(`a pool has no event ${name}${didYouMean(name, EVENTS)}; its events are ${EVENTS.join(', ')}`);
}
