import type { BulkJobOptions, Job } from 'bullmq';
import type { Ended, Envelope, Flags, Found, Keep, State } from '../broker.ts';
import { idOf, jobIdOf } from './connection/names.ts';

/** The data of a job of the fleet: the body, the submitter, and the flags that submitters set. */
export interface JobData {
  readonly b: string;
  readonly t?: string;
  readonly f?: Flags;
}

/** The number of outcomes that are remembered by default, and the time. */
const KEEP: Keep = { named: 100_000, ms: 3_600_000 };

/** A job with no priority goes before every job that has one: so each has one. */
const FIRST_PRIORITY = 1;

/** Returns the priority of a rank. */
export function priorityOf(rank = 0): number {
  return FIRST_PRIORITY + rank;
}

/** Returns a task as a job that can be added. */
export function jobOf(
  { id, body, to, rank, flags }: Envelope,
  keep: Keep = KEEP,
): { name: string; data: JobData; opts: BulkJobOptions } {
  const kept = { age: Math.ceil(keep.ms / 1000), count: keep.named };
  return {
    name: 'task',
    data: { b: body, ...(to === undefined ? {} : { t: to }), ...(flags === undefined ? {} : { f: flags }) },
    opts: {
      jobId: jobIdOf(id),
      priority: priorityOf(rank),
      attempts: 1,
      removeOnComplete: kept,
      removeOnFail: kept,
      stackTraceLimit: 0,
    },
  };
}

/** Returns the flags that the holders of a job have set: they stand where BullMQ keeps its progress. */
export function flagsOfHolder(job: Job): Flags {
  return typeof job.progress === 'object' ? (job.progress as Flags) : {};
}

/** Returns the task in a job. */
export function envelopeOf(job: Job<JobData>): Envelope {
  const { b, t, f } = job.data;
  const flags = { ...f, ...flagsOfHolder(job) };
  return {
    id: idOf(String(job.id)),
    body: b,
    ...(t === undefined ? {} : { to: t }),
    rank: Math.max(0, job.priority - FIRST_PRIORITY),
    ...(Object.keys(flags).length === 0 ? {} : { flags }),
    at: job.timestamp,
  };
}

/** Returns the end of a job that has ended. */
export function endedOf(job: Job<JobData>): Ended {
  const { t } = job.data;
  return {
    id: idOf(String(job.id)),
    ...(t === undefined ? {} : { to: t }),
    ...(job.failedReason === undefined || job.failedReason === ''
      ? { outcome: String(job.returnvalue) }
      : { died: `its holders lost it too often: ${job.failedReason}` }),
  };
}

/** Returns a job as the port shows it. */
export function foundOf(job: Job<JobData>, state: State): Found {
  const { id, to } = envelopeOf(job);
  const ended = state === 'ended' ? endedOf(job) : { id, ...(to === undefined ? {} : { to }) };
  return { ...ended, state, envelope: envelopeOf(job) };
}

/** Returns BullMQ's state as the port names it, or `undefined` if there is no such job. */
export function stateOf(state: string): State | undefined {
  switch (state) {
    case 'completed':
    case 'failed':
      return 'ended';
    case 'active':
      return 'active';
    case 'delayed':
      return 'parked';
    case 'waiting':
    case 'prioritized':
      return 'waiting';
    default:
      return undefined;
  }
}
