/** Takes tasks from a Redis, in one of the modes of the fleet's rows, and says when it is ready. */
import { fileURLToPath } from 'node:url';
import { builtUrl } from '../built.js';
import kind from '../workers/kind.js';
import perform from '../workers/perform.cjs';

const [mode, port] = process.argv.slice(2);

/** The tasks that a node of quick tasks pulls beyond its workers, and the requests that one of its workers holds. */
const AHEAD = 62;
const WINDOW = 64;

/** The modes: the workers of a consumer, and how many jobs a plain worker holds at a time. */
const MODES = {
  plain: { concurrency: 4 },
  'plain, one': { concurrency: 1 },
  sandboxed: { concurrency: 2 },
  threads: { concurrency: 2 },
  fleet: { size: 2, ahead: 0 },
  'fleet, one': { size: 1, ahead: 0 },
  'fleet, one ahead': { size: 1, ahead: 1 },
  'fleet ahead': { size: 2, ahead: AHEAD },
};

const { concurrency, size, ahead } = MODES[mode];
await (size === undefined ? bullmq() : node());
process.send('ready');

async function bullmq() {
  const { Worker } = await import('bullmq');
  const file = fileURLToPath(new URL('../workers/sandboxed.cjs', import.meta.url));
  const worker = new Worker('bench', mode.startsWith('plain') ? async ({ data }) => perform(data) : file, {
    connection: { host: '127.0.0.1', port: Number(port) },
    concurrency,
    useWorkerThreads: mode === 'threads',
  });
  await worker.waitUntilReady();
}

async function node() {
  const { serve } = await import(builtUrl('statepool/fleet'));
  await serve(ahead > 1 ? { ...kind, window: WINDOW, idempotent: true } : kind, {
    broker: `redis://127.0.0.1:${port}`,
    size,
    ahead,
    host: 'process',
  });
}
