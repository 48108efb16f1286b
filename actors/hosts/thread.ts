import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
  type WorkerOptions,
} from 'node:worker_threads';
import type { WorkerExit } from '../../machines/state/pool-state.ts';
import { wordsOf } from '../errors/error-codec.ts';
import { isLack } from '../errors/remedies.ts';
import { clearTimeout, queueMicrotask, setTimeout } from '../platform/platform.ts';
import { hasPreloads } from '../platform/preloads.ts';
import { allow, begunOn, close, createCounters, sent, waitedIn, wake } from '../protocol/claim-counter.ts';
import { toMasterCodec, toWorkerCodec } from '../protocol/codec.ts';
import { type MessageToMaster, type MessageToWorker, ToWorker, unreadAnswer } from '../protocol/messages.ts';
import { keepFreed } from '../protocol/payloads/freed-memory.ts';
import { hasLarge } from '../protocol/payloads/large-buffers.ts';
import { AdaptiveSpin, canSpin } from '../protocol/spin.ts';
import type { ThreadData } from '../serve/channel.ts';
import { FairPort } from './fair-port.ts';
import type { Connection, Host, HostEvents, Transferable } from './host.ts';
import { entryUrl, environmentOf, noConnection, startError } from './start.ts';

/** The token that all threads of this process share: only its holder busy-waits for its next request. */
const spinToken = canSpin ? new Int32Array(new SharedArrayBuffer(4)) : undefined;

/** One of so many requests is searched for large buffers. Where many have one, it is found soon. */
const SEARCHED = 16;

/**
 * The longest time that an ended thread may continue to load its modules, in ms. If it is ended sooner, Node never
 * closes the file that it was reading.
 */
const LOADING = 2000;

/** Is true if the program runs from source: the entry is TypeScript. */
const isSource = entryUrl.pathname.endsWith('.ts');

/** Starts each worker as a thread of this process: lighter than a process, but a native crash ends both. */
export const threadHost: Host = (options, events) => {
  // The pool has a channel of its own, because the kind's code may send messages on the thread's `parentPort`.
  const { port1: port, port2 } = new MessageChannel();
  const counters = createCounters();
  const data: ThreadData = { port: port2, counters, spinToken };
  try {
    const env = environmentOf(options);
    // The workers' entry sends what is printed as messages. For what is printed before it, Node makes the streams of this
    // program, which may never use them.
    const isEarly = isSource || hasPreloads(options.execArgv, env.NODE_OPTIONS);
    const worker = startThread({
      // Node reads options that are not given from Object.prototype.
      __proto__: null,
      workerData: { ...data, url: String(options.kind.url), workerId: options.workerId, given: options.workerData },
      transferList: [port2],
      env,
      ...(options.execArgv === undefined ? {} : { execArgv: [...options.execArgv] }),
      resourceLimits: { ...options.resourceLimits },
      name: options.workerId,
      stdout: !isEarly,
      stderr: !isEarly,
    } as WorkerOptions);
    return new ThreadConnection(worker, port, counters, options.workerId, events);
  } catch (error) {
    port.close();
    const cause = startError(options.workerId, error);
    queueMicrotask(() => events.exit({ exitCode: null, signal: null, reason: 'spawn', cause }));
    return noConnection;
  }
};

/** The master's end of one thread. */
class ThreadConnection implements Connection {
  readonly threadId: number;
  readonly transfers = true;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #fair: FairPort;
  readonly #counters: Int32Array;
  readonly #waited: Float64Array;
  readonly #workerId: string;
  readonly #events: HostEvents;
  readonly #spin = new AdaptiveSpin();
  /** The number of messages with one request that were sent. */
  #requests = 0;
  #reason: WorkerExit['reason'] | undefined;
  #cause: unknown;
  /** Is true until the first message, which comes when the modules have been loaded. */
  #isLoading = true;
  #loading: NodeJS.Timeout | undefined;

  constructor(worker: Worker, port: MessagePort, counters: Int32Array, workerId: string, events: HostEvents) {
    this.threadId = worker.threadId;
    this.#worker = worker;
    this.#port = port;
    this.#counters = counters;
    this.#waited = waitedIn(counters);
    this.#workerId = workerId;
    this.#events = events;
    this.#fair = new FairPort(port, (message) => this.#receive(message));
    port.on('messageerror', (error) => this.#receive(unreadAnswer(error)));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', (exitCode) => this.#exit(exitCode));
  }

  send(message: MessageToWorker, transfer?: readonly Transferable[]): void {
    if (message[0] === ToWorker.Request && this.#requests++ % SEARCHED === 0 && hasLarge(message)) keepFreed();
    this.#port.postMessage(toWorkerCodec.toPort(message), transfer as readonly ArrayBuffer[] | undefined);
    sent(this.#counters);
    if (message[0] === ToWorker.Request || message[0] === ToWorker.Requests) this.#spin.sent();
  }

  begun(known: number): number {
    return begunOn(this.#counters, known);
  }

  close(): void {
    close(this.#counters);
  }

  allow(number: number, isWaiting: boolean): void {
    allow(this.#counters, number);
    if (!isWaiting) return;
    if (wake(this.#counters)) this.send([ToWorker.Go]);
    this.#spin.sent();
  }

  utilization(): number {
    const { active, idle } = this.#worker.performance.eventLoopUtilization();
    const waited = this.#waited[0] ?? 0;
    return active + idle === 0 ? 0 : Math.min(1, Math.max(0, active - waited) / (active + idle));
  }

  kill(reason: WorkerExit['reason'] = 'killed'): void {
    this.#reason ??= reason;
    if (this.#isLoading) this.#loading ??= setTimeout(() => void this.#worker.terminate(), LOADING);
    else void this.#worker.terminate();
  }

  ref(isNeeded: boolean): void {
    if (isNeeded) this.#worker.ref();
    else this.#worker.unref();
    this.#fair.ref(isNeeded);
  }

  #receive(message: unknown): void {
    this.#isLoading = false;
    if (this.#loading !== undefined) void this.#worker.terminate();
    this.#spin.received();
    let read: MessageToMaster;
    try {
      read = toMasterCodec.fromPort(message);
    } catch (error) {
      // The code of the kind has found the port.
      this.#cause ??= error;
      return this.kill('garbled');
    }
    this.#events.message(read);
  }

  #fail(error: Error & { code?: string }): void {
    // The system has no room for another event loop, no file for the modules, or no folder to start in.
    const isUnstarted = this.#isLoading && (error?.code === 'ERR_WORKER_INIT_FAILED' || isLack(wordsOf(error)));
    this.#reason ??= isUnstarted ? 'spawn' : error?.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'oom' : 'uncaught';
    this.#cause ??= isUnstarted ? startError(this.#workerId, error) : error;
    // The thread ends by itself, unless the kind's code has replaced `process.exit`.
    this.kill('uncaught');
  }

  #exit(exitCode: number): void {
    clearTimeout(this.#loading);
    this.#receiveAll();
    this.#fair.close();
    if (spinToken !== undefined) Atomics.compareExchange(spinToken, 0, this.threadId, 0);
    const cause = this.#cause === undefined ? {} : { cause: this.#cause };
    this.#events.exit({ exitCode, signal: null, reason: this.#reason ?? 'exit', ...cause });
  }

  #receiveAll(): void {
    for (;;) {
      let next: { message: unknown } | undefined;
      try {
        next = receiveMessageOnPort(this.#port);
      } catch (error) {
        next = { message: unreadAnswer(error) };
      }
      if (next === undefined) return;
      this.#receive(next.message);
    }
  }
}

/**
 * Starts a thread. A thread does not inherit the loader that runs its parent from TypeScript sources, so it registers
 * the loader first.
 */
function startThread(options: WorkerOptions): Worker {
  if (!isSource) return new Worker(entryUrl, options);
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const bootstrap = `import(${loader}).then(({ register }) => { register(); return import(${JSON.stringify(entryUrl.href)}); });`;
  return new Worker(bootstrap, { ...options, eval: true });
}
