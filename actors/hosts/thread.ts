import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { WorkerExit } from '../../machines/pool-state.ts';
import type { Host, HostEvents } from './host.ts';

/** Starts each worker as a thread of this process: lighter than a process, and felled with it by a native crash. */
export const threadHost: Host = (options, events) => {
  // Rung after each message, for a worker that sleeps on it instead of in its event loop.
  const bell = new Int32Array(new SharedArrayBuffer(4));
  const worker = startThread({
    workerData: { bell, url: String(options.kind.url), workerId: options.workerId },
    env: { ...process.env, ...options.env },
    ...(options.execArgv === undefined ? {} : { execArgv: [...options.execArgv] }),
    resourceLimits: { ...options.resourceLimits },
    name: options.workerId,
  } as WorkerOptions);
  let reason: WorkerExit['reason'] | undefined;
  let cause: unknown;

  worker.on('message', (message: Parameters<HostEvents['message']>[0]) => events.message(message));
  worker.on('messageerror', (error) => {
    // What it sent cannot be read here: an answer is lost, and nobody can say which.
    cause = error;
    void worker.terminate();
  });
  worker.on('error', (error: Error & { code?: string }) => {
    reason ??= error?.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'oom' : 'uncaught';
    cause ??= error;
  });
  worker.on('exit', (exitCode) => {
    events.exit({ exitCode, signal: null, reason: reason ?? 'exit', ...(cause === undefined ? {} : { cause }) });
  });
  const { threadId } = worker;
  return {
    threadId,
    send(message, transfer) {
      worker.postMessage(message, transfer as readonly ArrayBuffer[] | undefined);
      Atomics.add(bell, 0, 1);
      Atomics.notify(bell, 0);
    },
    kill(why = 'killed') {
      reason ??= why;
      void worker.terminate();
    },
    ref: (isNeeded) => void worker[isNeeded ? 'ref' : 'unref'](),
  };
};

/** A thread does not inherit the loader that runs its parent from TypeScript sources: it registers it first. */
function startThread(options: WorkerOptions): Worker {
  const entry = new URL(`./entry${import.meta.url.slice(-3)}`, import.meta.url);
  if (!entry.pathname.endsWith('.ts')) return new Worker(entry, options);
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const bootstrap = `import(${loader}).then(({ register }) => { register(); return import(${JSON.stringify(entry.href)}); });`;
  return new Worker(bootstrap, { ...options, eval: true });
}
