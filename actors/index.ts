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
  WorkerPlace,
  WorkerStatus,
} from '../kinds/kind.ts';
export type { MapOptions } from './batches/map.ts';
export * from './errors/errors.ts';
export type { JournalOptions } from './journal/journal.ts';
export type { JournalStats } from './ledger/ledger.ts';
export type { Timings } from './observing/histograms.ts';
export type { TaskTrace } from './observing/task-trace.ts';
export type { WorkerNotice } from './observing/worker-channels.ts';
export type { Backoff } from './options/backoff.ts';
export type {
  HostName,
  MakeRoomOptions,
  OutputChunk,
  OutputLine,
  RecycleLimits,
  RestartOptions,
} from './options/option-types.ts';
export type { PoolOptions } from './options/pool-options.ts';
export type { RunAllOptions, RunOptions } from './options/run-options.ts';
export { createPool, type PoolOf } from './pool/create-pool.ts';
export { Pool } from './pool/pool.ts';
export type { PoolEvents } from './pool/pool-events.ts';
export type { CloseOptions, CloseReport, CompetenceStats, Stats, WorkerInfo } from './pool/pool-types.ts';
export { serveKind } from './serve/serve-kind.ts';
export type { Submission } from './tasks/durable-run.ts';
export type { TaskOutcome } from './tasks/settlement.ts';
export type { RunningTask } from './tasks/task-messages.ts';
