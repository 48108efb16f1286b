import { fileURLToPath } from 'node:url';

const file = (name) => fileURLToPath(new URL(`./workers/${name}`, import.meta.url));

/**
 * The subjects that may fail: for each pool and host its package, the options that its callers `can` use, and `load`,
 * which imports the package and returns `open({ size, heap, retries, heartbeat })`. That makes a pool `{ run, close,
 * destroy }`. `run` takes a task and `{ signal, timeout, transfer, onFeedback }`; `heap` is in MB, times in ms. All
 * other options keep their defaults.
 */
export const subjects = {
  'statepool process': {
    peer: 'statepool',
    host: 'process',
    can: { ...all(), transfer: false },
    load: () => statepool('process'),
  },
  'statepool thread': { peer: 'statepool', host: 'thread', can: all(), load: () => statepool('thread') },
  piscina: { peer: 'piscina', host: 'thread', can: { abort: true, signal: true, transfer: true }, load: piscina },
  'tinypool thread': {
    peer: 'tinypool',
    host: 'thread',
    can: { abort: true, signal: true, transfer: true },
    load: () => tinypool('worker_threads'),
  },
  'tinypool process': {
    peer: 'tinypool',
    host: 'process',
    can: { abort: true, signal: true },
    load: () => tinypool('child_process'),
  },
  'workerpool thread': {
    peer: 'workerpool',
    host: 'thread',
    can: { abort: true, transfer: true, feedback: true },
    load: () => workerpool('thread'),
  },
  'workerpool process': {
    peer: 'workerpool',
    host: 'process',
    can: { abort: true, feedback: true },
    load: () => workerpool('process'),
  },
  'poolifier thread': {
    peer: 'poolifier',
    host: 'thread',
    can: { abort: true, signal: true, transfer: true },
    load: () => poolifier('thread'),
  },
  'poolifier cluster': {
    peer: 'poolifier',
    host: 'process',
    can: { abort: true, signal: true },
    load: () => poolifier('process'),
  },
  'jest-worker thread': {
    peer: 'jest-worker',
    host: 'thread',
    can: { retry: true, feedback: true },
    load: () => jest(true),
  },
  'jest-worker process': {
    peer: 'jest-worker',
    host: 'process',
    can: { retry: true, feedback: true },
    load: () => jest(false),
  },
};

function all() {
  return { abort: true, signal: true, retry: true, heartbeat: true, transfer: true, feedback: true };
}

const nodeFlags = (heap) => (heap === undefined ? [] : [`--max-old-space-size=${heap}`]);
const limits = (heap) => (heap === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heap } });

/** Makes the signal of a run with a time limit, for pools that accept only a signal. */
const signalOf = ({ signal, timeout } = {}) => (timeout === undefined ? signal : AbortSignal.timeout(timeout));

async function statepool(host) {
  const { createPool } = await import('../../dist/actors/index.js');
  const { default: kind } = await import('./workers/kind.js');
  return ({ size = 1, heap, retries, heartbeat }) => {
    const retrying = { ...kind, onTaskCancellationOrExpirationOrWorkerDeath: () => 'retry' };
    const pool = createPool(retries === undefined ? kind : retrying, {
      host,
      size,
      ...limits(heap),
      ...(retries === undefined ? {} : { retries }),
      ...(heartbeat === undefined ? {} : { heartbeat }),
    });
    return {
      run: (task, options) => pool.run(task, options),
      close: () => pool.close(),
      destroy: () => pool.destroy(),
      // The error that the task threw is the cause of the rejection.
      thrownOf: (error) => error.cause,
    };
  };
}

async function piscina() {
  const { Piscina } = await import('piscina');
  return ({ size = 1, heap }) => {
    const pool = new Piscina({ filename: file('module.mjs'), minThreads: size, maxThreads: size, ...limits(heap) });
    pool.on('error', () => {});
    return {
      run: (task, options) => pool.run(task, { signal: signalOf(options), transferList: options?.transfer }),
      close: () => pool.close(),
      destroy: () => pool.destroy(),
    };
  };
}

async function tinypool(runtime) {
  const { Tinypool } = await import('tinypool');
  return ({ size = 1, heap }) => {
    const isProcess = runtime === 'child_process';
    const pool = new Tinypool({
      filename: file('module.mjs'),
      runtime,
      minThreads: size,
      maxThreads: size,
      // Its processes get only these variables.
      ...(isProcess ? { env: { ...process.env }, execArgv: nodeFlags(heap) } : limits(heap)),
    });
    pool.on('error', () => {});
    return {
      run: (task, options) => pool.run(task, { signal: signalOf(options), transferList: options?.transfer }),
      close: () => pool.destroy(),
      destroy: () => pool.destroy(),
    };
  };
}

async function workerpool(workerType) {
  const { default: peer } = await import('workerpool');
  return ({ size = 1, heap }) => {
    const pool = peer.pool(file('workerpool.cjs'), {
      workerType,
      minWorkers: size,
      maxWorkers: size,
      ...(workerType === 'process' ? { forkOpts: { execArgv: nodeFlags(heap) } } : { workerThreadOpts: limits(heap) }),
    });
    return {
      run(task, { signal, timeout, transfer, onFeedback } = {}) {
        const promise = pool.exec('perform', [task], { transfer, on: onFeedback });
        signal?.addEventListener('abort', () => {
          // Do not return the promise: Node reports a promise that a listener returns as unhandled.
          promise.cancel();
        });
        return timeout === undefined ? promise : promise.timeout(timeout);
      },
      close: () => pool.terminate(),
      destroy: () => pool.terminate(true),
    };
  };
}

async function poolifier(host) {
  const { FixedClusterPool, FixedThreadPool } = await import('poolifier');
  return ({ size = 1, heap }) => {
    const errorHandler = () => {};
    const pool =
      host === 'thread'
        ? new FixedThreadPool(size, file('poolifier-thread.mjs'), { errorHandler, workerOptions: limits(heap) })
        : new FixedClusterPool(size, file('poolifier-cluster.cjs'), {
            errorHandler,
            settings: { execArgv: nodeFlags(heap) },
          });
    pool.emitter?.on('error', () => {});
    return {
      run: (task, options) => pool.execute(task, undefined, signalOf(options), options?.transfer),
      close: () => pool.destroy(),
      destroy: () => pool.destroy(),
    };
  };
}

async function jest(enableWorkerThreads) {
  const { Worker: Farm } = await import('jest-worker');
  return ({ size = 1, heap, retries }) => {
    const farm = new Farm(file('jest.cjs'), {
      numWorkers: size,
      enableWorkerThreads,
      exposedMethods: ['perform'],
      ...(enableWorkerThreads ? limits(heap) : { forkOptions: { execArgv: nodeFlags(heap) } }),
      ...(retries === undefined ? {} : { maxRetries: retries }),
    });
    // The caller must forward the output of its workers.
    farm.getStdout().pipe(process.stdout);
    farm.getStderr().pipe(process.stderr);
    return {
      run(task, { onFeedback } = {}) {
        const promise = farm.perform(task);
        if (onFeedback !== undefined) promise.UNSTABLE_onCustomMessage(onFeedback);
        return promise;
      },
      close: () => farm.end(),
      destroy: () => farm.end(),
    };
  };
}
