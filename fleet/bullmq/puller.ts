import type { Job, JobJson, Worker } from 'bullmq';
import type { BullEngine } from './connection/engine.ts';
import { jobIdOf } from './connection/names.ts';
import type { JobData } from './jobs.ts';

/** The signs of life in the time of a lease, and the looks for leases of others that are over. */
export const SIGNS = 6;

/** A worker of BullMQ that runs no loop of its own: tasks are fetched from it one by one. */
export interface Puller {
  readonly worker: Worker<JobData>;
  /** Returns the job that came with the end of another one, if there is one. */
  jobIn(answer: readonly unknown[], token: string): Promise<Job<JobData> | undefined>;
}

/** Makes a puller, when it is ready. `redeliver`: how often a job may be lost before it is given up. */
export async function makePuller(engine: BullEngine, queue: string, redeliver: number): Promise<Puller> {
  const { packages, driver, lease } = engine.parts;
  const { Worker } = packages.bullmq;
  const seconds = engine.block / 1000;

  class PullWorker extends Worker<JobData> {
    /** The longest wait of a fetch: with parked tasks, BullMQ's own is 10 s, longer than a connection may be silent. */
    override get maximumBlockTimeout(): number {
      return seconds;
    }

    async jobIn(answer: readonly unknown[], token: string): Promise<Job<JobData> | undefined> {
      const [job, id] = answer as [JobJson | undefined, string | undefined];
      return this.nextJobFromJobData(job, id, token);
    }
  }

  const worker = new PullWorker(
    jobIdOf(queue),
    undefined,
    {
      ...engine.base,
      autorun: false,
      lockDuration: lease,
      stalledInterval: Math.max(1, Math.floor(lease / SIGNS)),
      maxStalledCount: redeliver,
      drainDelay: seconds,
      runRetryDelay: 300,
    },
    driver.backend as never,
  );
  worker.on('error', () => {});
  try {
    await worker.waitUntilReady();
  } catch (error) {
    worker.close(true).catch(() => {});
    throw error;
  }
  return { worker, jobIn: (answer, token) => worker.jobIn(answer, token) };
}
