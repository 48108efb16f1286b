import { MessageChannel, receiveMessageOnPort, Worker, type WorkerOptions } from 'node:worker_threads';
import type { WorkerExit } from '../../machines/state/pool-state.ts';
import { wordsOf } from '../errors/error-codec.ts';
import { isLack } from '../errors/remedies.ts';
import { clearTimeout, queueMicrotask, setTimeout } from '../platform/platform.ts';
import { begunOn, Counter, close, createCounters } from '../protocol/claim-counter.ts';
import { toMasterCodec, toWorkerCodec } from '../protocol/codec.ts';
import { type MessageToMaster, ToWorker, unreadAnswer } from '../protocol/messages.ts';
import { canSpin } from '../protocol/spin.ts';
import type { ThreadData } from '../serve/channel.ts';
import { AdaptiveSpin } from './adaptive-spin.ts';
import type { Host } from './host.ts';
import { entryUrl, noConnection, startError } from './start.ts';

/** The token that all threads of this process share: only its holder busy-waits for its next request. */
const spinToken = canSpin ? new Int32Array(new SharedArrayBuffer(4)) : undefined;

/**
 * The longest time that an ended thread may continue to load its modules, in ms. If it is ended sooner, Node never
 * closes the file that it was reading.
 */
const LOADING = 2000;

/** Starts each worker as a thread of this process: lighter than a process, but a native crash ends both. */
export const threadHost: Host = (options, events) => {
  // The pool has a channel of its own, because the kind's code may send messages on the thread's `parentPort`.
  const { port1: port, port2 } = new MessageChannel();
  const counters = createCounters();
  const data: ThreadData = { port: port2, counters, spinToken };
  let worker: Worker;
  try {
    worker = startThread({
      workerData: { ...data, url: String(options.kind.url), workerId: options.workerId },
      transferList: [port2],
      env: { ...process.env, ...options.env },
      ...(options.execArgv === undefined ? {} : { execArgv: [...options.execArgv] }),
      resourceLimits: { ...options.resourceLimits },
      name: options.workerId,
    } as WorkerOptions);
  } catch (error) {
    port.close();
    const cause = startError(options.workerId, error);
    queueMicrotask(() => events.exit({ exitCode: null, signal: null, reason: 'spawn', cause }));
    return noConnection;
  }
  const { threadId } = worker;
  let reason: WorkerExit['reason'] | undefined;
  let cause: unknown;
  /** Is true until the first message, which comes when the modules have been loaded. */
  let isLoading = true;
  let loading: NodeJS.Timeout | undefined;

  function receive(message: unknown): void {
    isLoading = false;
    if (loading !== undefined) void worker.terminate();
    spin.answered();
    let read: MessageToMaster;
    try {
      read = toMasterCodec.fromPort(message);
    } catch (error) {
      // The code of the kind has found the port.
      cause ??= error;
      return kill('garbled');
    }
    events.message(read);
  }

  function kill(why: WorkerExit['reason']): void {
    reason ??= why;
    if (isLoading) loading ??= setTimeout(() => void worker.terminate(), LOADING);
    else void worker.terminate();
  }

  function receiveAll(): void {
    for (;;) {
      let next: { message: unknown } | undefined;
      try {
        next = receiveMessageOnPort(port);
      } catch (error) {
        next = { message: unreadAnswer(error) };
      }
      if (next === undefined) return;
      receive(next.message);
    }
  }

  const spin = new AdaptiveSpin();
  port.on('message', receive);
  port.on('messageerror', (error) => receive(unreadAnswer(error)));
  worker.on('error', (error: Error & { code?: string }) => {
    // The system has no room for another event loop, no file for the modules, or no folder to start in.
    const isUnstarted = isLoading && (error?.code === 'ERR_WORKER_INIT_FAILED' || isLack(wordsOf(error)));
    reason ??= isUnstarted ? 'spawn' : error?.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'oom' : 'uncaught';
    cause ??= isUnstarted ? startError(options.workerId, error) : error;
    // The thread ends by itself, unless the kind's code has replaced `process.exit`.
    kill('uncaught');
  });
  worker.on('exit', (exitCode) => {
    clearTimeout(loading);
    receiveAll();
    port.close();
    if (spinToken !== undefined) Atomics.compareExchange(spinToken, 0, threadId, 0);
    events.exit({ exitCode, signal: null, reason: reason ?? 'exit', ...(cause === undefined ? {} : { cause }) });
  });
  return {
    threadId,
    transfers: true,
    send(message, transfer) {
      port.postMessage(toWorkerCodec.toPort(message), transfer as readonly ArrayBuffer[] | undefined);
      Atomics.add(counters, Counter.Sent, 1);
      Atomics.notify(counters, Counter.Sent);
      if (message[0] === ToWorker.Request || message[0] === ToWorker.Requests) spin.sent();
    },
    begun: (known) => begunOn(counters, known),
    close: () => close(counters),
    utilization: () => worker.performance.eventLoopUtilization().utilization,
    kill: (why = 'killed') => kill(why),
    ref(isNeeded) {
      const verb = isNeeded ? 'ref' : 'unref';
      worker[verb]();
      port[verb]();
    },
  };
};

/**
 * Starts a thread. A thread does not inherit the loader that runs its parent from TypeScript sources, so it registers
 * the loader first.
 */
function startThread(options: WorkerOptions): Worker {
  if (!entryUrl.pathname.endsWith('.ts')) return new Worker(entryUrl, options);
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const bootstrap = `import(${loader}).then(({ register }) => { register(); return import(${JSON.stringify(entryUrl.href)}); });`;
  return new Worker(bootstrap, { ...options, eval: true });
}
