import { createPostgresBackend, withBackend } from 'bullmq';
import type { TestEngine } from '../../../tests/support/engines/engine.ts';
import { pause } from '../faults/trial.ts';

/** Counts the results that arrive by events, of jobs of a plain queue on Postgres. */
export async function countResults(
  { url }: TestEngine,
  count: number,
  concurrency: number,
  patience: number,
): Promise<number> {
  const { Queue, Worker, QueueEvents } = withBackend(createPostgresBackend);
  const connection = { connectionString: url, migrate: true };
  const queue = new Queue('plain', { connection });
  await queue.waitUntilReady();
  const events = new QueueEvents('plain', { connection });
  const worker = new Worker('plain', async ({ data }) => data.i, { connection, concurrency });
  const all = [queue, events, worker];
  queue.on('error', () => {});
  events.on('error', () => {});
  worker.on('error', () => {});
  await Promise.all(all.map((each) => each.waitUntilReady()));
  const got = new Set<string>();
  const end = new Promise<void>((resolve) => {
    events.on('completed', ({ jobId }) => {
      if (got.add(jobId).size === count) resolve();
    });
  });
  await queue.addBulk(
    Array.from({ length: count }, (_, i) => ({ name: 'job', data: { i }, opts: { jobId: `j${i}` } })),
  );
  await Promise.race([end, pause(patience)]);
  await Promise.race([Promise.allSettled(all.map((each) => each.close())), pause(3000)]);
  return got.size;
}
