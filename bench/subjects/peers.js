const file = (name) => new URL(`../workers/peers/${name}`, import.meta.url).pathname;

/** The names of the other pools. */
export const PEERS = ['piscina', 'tinypool', 'workerpool', 'poolifier', 'jest-worker'];

/** The other pools, with their defaults and in their best modes. */
export const peers = {
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

  'piscina reading, 8 a worker': (workers) => piscina(workers, { concurrentTasksPerWorker: 8 }, '../read.mjs'),
  'tinypool reading, 8 a worker': (workers) => tinypool(workers, { concurrentTasksPerWorker: 8 }, '../read.mjs'),

  'piscina proving': (workers) => proving(piscina(workers, {}, 'prove.mjs')),
  'tinypool proving': (workers) => proving(tinypool(workers, {}, 'prove.mjs')),
  'jest-worker proving': (workers) => proving(jest(workers, true, 'jest-prove.cjs', 'prove')),
};

/** Loads the module of a subject, if it is another pool. */
export async function loadPeer(subject) {
  const name = subject.split(' ')[0];
  if (PEERS.includes(name)) await import(name);
}

/** Makes a subject whose tasks are made from those of the workload. */
export async function taking(taskOf, making) {
  const subject = await making;
  return { ...subject, run: (task) => subject.run(taskOf(task)) };
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
  const { requestOf } = await import('../workloads/proving.js');
  return taking(requestOf, making);
}
