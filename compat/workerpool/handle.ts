import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Kind, PoolOf, RunOptions, WorkerDiedError } from '../../actors/index.ts';
import { CancellationError, type Resolver, TimeoutError } from '../shared/cancellable.ts';
import calls, { type CallTypes, type Order } from './kind.ts';
import { type FilledOptions, poolOptions, type WorkerArg } from './options.ts';

/** The options of a task. */
export interface ExecOptions {
  /** Gets what the task emits; with `emitStdStreams` also its output, as `{ stdout }` and `{ stderr }`. */
  // biome-ignore lint/suspicious/noExplicitAny: each program knows what its workers send.
  readonly on?: (payload: any) => unknown;
  readonly transfer?: NonNullable<RunOptions['transfer']>;
  /** Data for a queue of the program. */
  readonly metadata?: unknown;
}

/** A task that waits or runs; `retries`: how many workers may still die with it. */
export interface PoolTask {
  readonly method: string;
  readonly params: unknown;
  readonly options: ExecOptions | undefined;
  readonly resolver: Resolver;
  timeout: number | null;
  retries: number;
}

/** The error of a task whose worker is gone. */
export class TerminateError extends Error {
  constructor(message = 'worker terminated', cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** The listeners of a worker. `free`: before its task settles. `gone`: once, with the task that it leaves, and why. */
export interface HandleEvents {
  free(): void;
  gone(handle: WorkerHandle, task?: PoolTask, error?: Error): void;
}

let ids = 0;

/** A worker: a pool of one, so that each worker has options of its own. */
export class WorkerHandle {
  readonly arg: WorkerArg;
  /** Is true if the program has ended the worker. */
  isEnded = false;
  readonly #options: FilledOptions;
  readonly #events: HandleEvents;
  readonly #core: PoolOf<CallTypes>;
  readonly #isThread: boolean;
  #task: PoolTask | undefined;
  /** Settles when the task is over for the worker. */
  #run: Promise<void> | undefined;
  #leaving: Promise<void> | undefined;

  constructor(arg: WorkerArg, options: FilledOptions, isEager: boolean, events: HandleEvents) {
    this.arg = arg;
    this.#options = options;
    this.#events = events;
    this.#isThread = options.workerType !== 'process';
    const own = poolOptions(arg, this.#isThread, isEager);
    // Not imported: the scripts of workers load this module, and make no pool.
    const { createPool } = createRequire(import.meta.url)('statepool') as typeof import('../../actors/index.ts');
    // A text of its own: a loader may compile the kind here in another way than in its workers, and texts are compared.
    const kind: Kind<CallTypes> = { ...calls, requestOfTask: (_status, call) => call };
    this.#core = createPool(kind, {
      ...own,
      onChunk: ({ stream, text }) =>
        void (options.emitStdStreams ? this.#task?.options?.on?.({ [stream]: text }) : process[stream].write(text)),
    });
    this.#core.on('worker', ({ state }) => {
      if (state === 'dead' && this.#task === undefined) void this.#leave();
    });
  }

  /** The parts of a Worker or a ChildProcess that programs use. */
  get worker() {
    const { pid, threadId } = this.#core.workers[0] ?? {};
    const kind = this.#isThread ? { isWorkerThread: true } : { isChildProcess: true };
    const { resourceLimits = {} } = this.arg.workerThreadOpts ?? {};
    return { ...kind, pid, threadId, resourceLimits, kill: () => void this.#core.destroy() };
  }

  /** Returns whether the worker has a task, or ends. */
  busy(): boolean {
    return (this.#run ?? this.#leaving) !== undefined;
  }

  /** Performs a task. */
  exec(task: PoolTask): void {
    const { method, params, options: { on = () => {}, transfer = [] } = {}, resolver } = task;
    const id = ++ids;
    const run = this.#core.run(
      { id, method, params },
      { onFeedback: on, ...(transfer.length > 0 ? { transfer } : {}) },
    );
    this.#task = task;
    this.#run = run.then(
      async (answer) => {
        // The task's output has been written: it is read in this turn.
        if (this.#options.emitStdStreams) await new Promise(setImmediate);
        if ('isClean' in answer && !answer.isClean) return void this.#leave();
        this.#release();
        if ('value' in answer) resolver.resolve(answer.value);
      },
      (error) => this.#failed(task, error),
    );
    resolver.promise.catch((error) => {
      if (error instanceof CancellationError || error instanceof TimeoutError) this.#order({ abort: id });
    });
    if (task.timeout !== null) resolver.promise.timeout(task.timeout);
  }

  /** Ends the worker after its task; `isForced`: now. */
  async end(isForced: boolean): Promise<void> {
    this.isEnded = true;
    if (isForced && this.#task !== undefined) {
      this.#task.resolver.reject(new Error('Worker terminated'));
      this.#order({ end: true });
    }
    await this.#run;
    await this.#leave();
  }

  #failed(task: PoolTask, error: Error & Partial<Omit<WorkerDiedError, 'code'>> & { readonly code?: string }): void {
    const { code = '', cause, exitCode, signal, reason } = error;
    if (code === 'PERFORM' || code === 'MARSHAL_REQUEST') {
      this.#release();
      return task.resolver.reject(code === 'PERFORM' ? cause : error);
    }
    const facts = { exitCode, signalCode: signal, 'workerpool.script': this.arg.script ?? fileURLToPath(calls.url) };
    const lines = Object.entries(facts).map(([name, value]) => `\n    ${name}: \`${value}\``);
    const what = reason === 'uncaught' ? `error: ${(cause as Error)?.message}` : 'terminated Unexpectedly';
    this.#leaving = this.#core.destroy();
    this.#events.gone(this, task, new TerminateError(`Workerpool Worker ${what}${lines.join('')}\n`, error));
  }

  #release(): void {
    this.#task = undefined;
    this.#run = undefined;
    if (this.isEnded) void this.#leave();
    else this.#events.free();
  }

  /** Sends an order to the worker, and kills it if its task is not over in time. */
  #order(order: Order): void {
    this.#core.forwardFeedback(order);
    const timer = setTimeout(() => this.#core.destroy(), this.#options.workerTerminateTimeout);
    void this.#run?.finally(() => clearTimeout(timer));
  }

  /** Ends the worker, which has no task. Not in this turn: a death by that is heard of here. */
  #leave(): Promise<void> {
    this.#leaving ??= Promise.resolve()
      .then(() => this.#core.close({ timeout: this.#options.workerTerminateTimeout }))
      // The last messages of the worker's ports come first.
      .then(() => new Promise(setImmediate))
      .then(() => this.#events.gone(this));
    return this.#leaving;
  }
}
