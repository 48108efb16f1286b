import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createPool } from '../dist/actors/index.js';
import { inspect } from '../dist/inspect/index.js';
import asyncKind from './workers/async-kind.js';
import kind from './workers/kind.js';
import oneShot from './workers/one-shot-kind.js';
import picky from './workers/picky-kind.js';

const file = (name) => new URL(`./workers/${name}`, import.meta.url).pathname;

/** The most requests of a worker, in the rows with a window. */
const WINDOW = 256;

/** The measured subjects: each makes `{ run, destroy }` over `workers` workers. Peers run in their best modes. */
export const subjects = {
  statepool: (workers) => statepool(kind, workers, { host: 'thread' }),
  'statepool plans off': (workers) => statepool(kind, workers, { host: 'thread', plans: false }),
  'statepool async': (workers) => statepool(asyncKind, workers, { host: 'thread' }),
  'statepool async plans off': (workers) => statepool(asyncKind, workers, { host: 'thread', plans: false }),
  'statepool window': (workers) => statepool({ ...kind, window: WINDOW }, workers, { host: 'thread' }),
  'statepool window plans off': (workers) =>
    statepool({ ...kind, window: WINDOW }, workers, { host: 'thread', plans: false }),
  'statepool processes': (workers) => statepool(kind, workers, { host: 'process' }),
  'statepool processes window': (workers) =>
    statepool({ ...kind, window: WINDOW, idempotent: true }, workers, { host: 'process' }),
  'statepool viewed': (workers) => viewed(statepool(kind, workers, { host: 'thread' })),
  'statepool window viewed': (workers) => viewed(statepool({ ...kind, window: WINDOW }, workers, { host: 'thread' })),
  'statepool journal': (workers) => journaled({ ...kind }, workers, 'process'),
  'statepool window journal': (workers) => journaled({ ...kind, window: WINDOW }, workers, 'process'),
  'statepool power': (workers) => journaled({ ...kind }, workers, 'power'),
  'statepool picky': (workers) => statepool(picky, workers, { host: 'thread' }),
  'statepool one-shot': (workers) => statepool(oneShot, workers, { host: 'process' }),
  'statepool one-shot with spares': (workers) => statepool(oneShot, workers, { host: 'process', spares: workers }),

  piscina: (workers) => piscina(workers, {}),
  'piscina 100 a worker': async (workers) => {
    const { FixedQueue } = await import('piscina');
    return piscina(workers, { concurrentTasksPerWorker: 100, taskQueue: new FixedQueue(), recordTiming: false });
  },
  tinypool: (workers) => tinypool(workers, {}),
  'tinypool 100 a worker': (workers) => tinypool(workers, { concurrentTasksPerWorker: 100 }),
  'tinypool processes': (workers) => tinypool(workers, { runtime: 'child_process' }),
  'tinypool one-shot': (workers) => tinypool(workers, { runtime: 'child_process', isolateWorkers: true }),
  workerpool: (workers) => workerpool(workers, 'thread'),
  'workerpool processes': (workers) => workerpool(workers, 'process'),
  async poolifier(workers) {
    const { FixedThreadPool } = await import('poolifier');
    const pool = new FixedThreadPool(workers, file('poolifier-thread.mjs'));
    return { run: (task) => pool.execute(task), destroy: () => pool.destroy() };
  },
  async 'poolifier processes'(workers) {
    const { FixedClusterPool } = await import('poolifier');
    const pool = new FixedClusterPool(workers, file('poolifier-cluster.cjs'));
    return { run: (task) => pool.execute(task), destroy: () => pool.destroy() };
  },
  'jest-worker': (workers) => jest(workers, true),
  'jest-worker processes': (workers) => jest(workers, false),
  'raw channel': rawChannel,

  async 'statepool proving'(workers) {
    const { kind: proof, taskOf } = await import('./proving.js');
    return taking(taskOf, statepool(proof, workers, { host: 'thread' }));
  },
  'piscina proving': (workers) => proving(piscina(workers, {}, 'prove.mjs')),
  'tinypool proving': (workers) => proving(tinypool(workers, {}, 'prove.mjs')),
  'jest-worker proving': (workers) => proving(jest(workers, true, 'jest-prove.cjs', 'prove')),

  // The queue alone, without a pool.
  'queue by cursor': () => ({ hasKeys: false }),
  'queue by keys': () => ({ hasKeys: true }),
};

/** Loads a peer's module, as statepool's is loaded: a measured start is then only the pool's start. */
export async function load(subject) {
  const name = subject.split(' ')[0];
  if (['piscina', 'tinypool', 'workerpool', 'poolifier', 'jest-worker'].includes(name)) await import(name);
}

function statepool(of, size, options) {
  const pool = createPool(of, { size, ...options });
  return { run: (task, more) => pool.run(task, more), destroy: () => pool.destroy(), pool };
}

/** Makes a subject with a journal of its accepted and settled tasks. */
function journaled(of, size, durability) {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return statepool(of, size, { host: 'thread', journal: { path: join(folder, 'journal'), durability } });
}

/** Makes a subject with a viewer in another process: `toggleView` connects it, the next call disconnects it. */
async function viewed(subject) {
  const view = await inspect(subject.pool);
  const viewer = spawn(process.execPath, [file('../viewer.js'), view.url], { stdio: ['pipe', 'pipe', 'ignore'] });
  return {
    ...subject,
    toggleView() {
      viewer.stdin.write('\n');
      return once(viewer.stdout, 'data');
    },
    async destroy() {
      await subject.destroy();
      viewer.kill();
    },
  };
}

async function piscina(workers, options, worker) {
  const { Piscina } = await import('piscina');
  return poolOf(Piscina, workers, options, worker);
}

async function tinypool(workers, options, worker) {
  const { Tinypool } = await import('tinypool');
  return poolOf(Tinypool, workers, options, worker);
}

/** Makes a pool of either peer: the two have one interface. */
function poolOf(Peer, workers, options, worker = 'echo.mjs') {
  const pool = new Peer({ filename: file(worker), minThreads: workers, maxThreads: workers, ...options });
  return {
    run: (task, more) => pool.run(task, more && { transferList: more.transfer }),
    destroy: () => pool.destroy(),
  };
}

async function workerpool(workers, workerType) {
  const { default: peer } = await import('workerpool');
  const pool = peer.pool(file('workerpool.cjs'), { workerType, minWorkers: workers, maxWorkers: workers });
  return { run: (task) => pool.exec('perform', [task]), destroy: () => pool.terminate() };
}

async function jest(numWorkers, enableWorkerThreads, worker = 'jest.cjs', method = 'perform') {
  const { Worker: Farm } = await import('jest-worker');
  const farm = new Farm(file(worker), { numWorkers, enableWorkerThreads, exposedMethods: [method] });
  return { run: (task) => farm[method](task), destroy: () => farm.end() };
}

/** Makes a peer that gets goals. */
async function proving(making) {
  const { requestOf } = await import('./proving.js');
  return taking(requestOf, making);
}

/** Makes a subject whose tasks are made from those of the workload. */
async function taking(taskOf, making) {
  const subject = await making;
  return { ...subject, run: (task) => subject.run(taskOf(task)) };
}

/** Makes MessagePorts and a promise for each message, without anything else. */
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
    run(task, more) {
      const { worker, waiting } = channels[next];
      next = (next + 1) % count;
      return new Promise((resolve) => {
        waiting.push(resolve);
        worker.postMessage(task, more?.transfer);
      });
    },
    destroy: () => Promise.all(channels.map(({ worker }) => worker.terminate())),
  };
}
