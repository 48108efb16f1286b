/** A plain worker of BullMQ, as its own documentation shows it: its processor runs in its own process. */
import { appendFileSync } from 'node:fs';
import { Worker } from 'bullmq';

const [queue, port, log, isPatient] = process.argv.slice(2);
const worker = new Worker(
  queue,
  async ({ id, data: { spin = 0, ms = 0 } }) => {
    appendFileSync(log, `${id} ${process.pid} ${Date.now()}\n`);
    const end = Date.now() + spin;
    while (Date.now() < end);
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    return 'done';
  },
  {
    connection: { host: '127.0.0.1', port: Number(port) },
    // The times of the fleet beside it; all else is the default.
    ...(isPatient === 'yes' ? {} : { lockDuration: 2000, stalledInterval: 1000 }),
  },
);
worker.on('error', () => {});
await worker.waitUntilReady();
process.on('SIGTERM', async () => {
  await worker.close(true);
  process.exit(0);
});
process.send('ready');
