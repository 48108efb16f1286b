/**
 * Makes pools of workers of one kind and gives them tasks.
 *
 * @module statepool
 */

export type {
  EndReason,
  Kind,
  KindExamples,
  KindTypes,
  PerformContext,
  Verdict,
  WorkerStatus,
} from '../kinds/kind.ts';
export { createPool, type PoolOf } from './create-pool.ts';
export * from './errors.ts';
export type { Timings } from './histograms.ts';
export type { JournalOptions, JournalStats } from './journal/journal.ts';
export type { MapOptions } from './map.ts';
export type { HostName, OutputLine, PoolOptions, RecycleLimits, RestartOptions } from './options.ts';
export { Pool } from './pool.ts';
export type { PoolEvents } from './pool-events.ts';
export type { CloseOptions, CloseReport, Stats, WorkerInfo } from './pool-types.ts';
export type { RunOptions } from './run-options.ts';
export { serveKind } from './serve-kind.ts';
export type { TaskOutcome } from './settlement.ts';
export type { Submission } from './submission.ts';
export type { TaskTrace, WorkerNotice } from './trace.ts';
