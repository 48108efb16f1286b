import { Worker } from 'node:worker_threads';
import { createPool } from '../dist/actors/index.js';
import echo from './workers/kind.js';

/** What is measured: each makes `{ run, destroy }` over `workers` workers. */
export const subjects = {
  async piscina(workers) {
    const { Piscina } = await import('piscina');
    const filename = new URL('./workers/echo.js', import.meta.url).href;
    const pool = new Piscina({ filename, minThreads: workers, maxThreads: workers });
    return { run: (task) => pool.run(task), destroy: () => pool.destroy() };
  },
  statepool: (workers) => statepool(workers, 'thread', 1),
  'statepool plans off': (workers) => statepool(workers, 'thread', 1, { plans: false }),
  'statepool window 64': (workers) => statepool(workers, 'thread', 64),
  'statepool processes': (workers) => statepool(workers, 'process', 1),
  'statepool processes window 64': (workers) => statepool(workers, 'process', 64),
  'raw channel': rawChannel,
};

async function statepool(size, host, window, options = {}) {
  const pool = createPool({ ...echo, window }, { size, host, ...options });
  await pool.ready();
  return { run: (task) => pool.run(task), destroy: () => pool.destroy() };
}

/** MessagePorts and a promise a message, with nothing between. */
async function rawChannel(count) {
  const channels = Array.from({ length: count }, () => {
    const worker = new Worker(new URL('./workers/raw.js', import.meta.url));
    const waiting = [];
    let first = 0;
    worker.on('message', (message) => {
      const resolve = waiting[first];
      waiting[first++] = undefined;
      if (first === waiting.length) {
        waiting.length = 0;
        first = 0;
      }
      resolve(message);
    });
    return { worker, waiting };
  });
  let next = 0;
  return {
    run(task) {
      const { worker, waiting } = channels[next];
      next = (next + 1) % count;
      return new Promise((resolve) => {
        waiting.push(resolve);
        worker.postMessage(task);
      });
    },
    destroy: () => Promise.all(channels.map(({ worker }) => worker.terminate())),
  };
}
