import type { Readable } from 'node:stream';
import { fillMapOptions, type MapOptions, mapTasks } from '../batches/map.ts';
import { runAll } from '../batches/run-all.ts';
import type { PoolCore } from '../core/pool-core.ts';
import { PoolClosedError, QueueFullError, UsageError } from '../errors/errors.ts';
import { checkSize } from '../options/pool-options.ts';
import { checkWaitOptions, type RunAllOptions, type RunOptions } from '../options/run-options.ts';
import { sharedScope } from '../platform/async-context.ts';
import { eventLoopUtilization } from '../platform/platform.ts';
import { safeOrder } from '../supervision/queue-order.ts';
import type { SupervisorActor } from '../supervision/supervisor.ts';
import { isFarFromItsTurn, prepare } from '../tasks/admission.ts';
import { type Submission, submit, submitTask } from '../tasks/durable-run.ts';
import { type RunningTask, runWithMessages } from '../tasks/task-messages.ts';
import { checkEvent, type PoolEvents } from './pool-events.ts';
import type { Life } from './pool-life.ts';
import type { CloseOptions, CloseReport, Stats, WorkerInfo } from './pool-types.ts';
import { statsOf } from './stats.ts';
import { join, snapshot } from './waits.ts';
import { infoOf, watchWorkers } from './worker-info.ts';

const NO_JOURNAL = 'the pool has no journal: name a file with the option journal';

/**
 * A pool of workers of one kind, made by `createPool`. `T` is the type of its tasks, `C` of its workers' competences, `R` of
 * its tasks' results, `F` of its feedbacks. OCaml: `MakeQueue(T)` (stm/asyncTaskQueue.mli).
 */
export class Pool<T, C = unknown, R = unknown, F = unknown> implements AsyncDisposable {
  readonly #core: PoolCore;
  readonly #life: Life;
  readonly #start = eventLoopUtilization();

  /** @internal */
  constructor(life: Life) {
    this.#life = life;
    this.#core = life.core;
  }

  /** The unique id: the kind's name and a random part. */
  get id(): string {
    return this.#life.core.id;
  }

  /** The running supervisor: an XState actor whose children are the workers' actors. */
  get actor(): SupervisorActor {
    return this.#life.actor;
  }

  /** The number of workers that the pool keeps. */
  get size(): number {
    return this.#core.state.size;
  }

  /** The number of tasks that wait. */
  get queued(): number {
    return this.#life.backpressure.queued;
  }

  /** The workers; dead ones stay until their process has exited. */
  get workers(): readonly WorkerInfo<C>[] {
    const seats = [...this.#core.state.seats.values()];
    return seats.map((seat) => infoOf(this.#core, this.actor, seat) as WorkerInfo<C>);
  }

  /** The pool's counters, from its beginning to now. */
  get stats(): Stats {
    return statsOf(this.#core, this.#start);
  }

  /** The text that workers write to stdout from now on, until the pool has ended. The first use stops the printing of lines. */
  get stdout(): Readable {
    return this.#core.sinks.stream('stdout');
  }

  /** The text that workers write to stderr, as `stdout`. */
  get stderr(): Readable {
    return this.#core.sinks.stream('stderr');
  }

  /** Lets the pool keep the program alive while it has something to do: the way of every pool until `unref`. */
  ref(): this {
    this.#life.ref(true);
    return this;
  }

  /** Lets the program end while tasks are queued or running. */
  unref(): this {
    this.#life.ref(false);
    return this;
  }

  /**
   * Runs a task: resolves with its verdict's result, or rejects with its error. Never throws at the call. OCaml: `enqueue_task`.
   * @example
   * const result = await pool.run(task, { priority: 1, timeout: 5000, signal: AbortSignal.timeout(60_000) });
   */
  run(task: T, options: RunOptions<F> & { readonly messages: true }): RunningTask<R>;
  run(task: T, options?: RunOptions<F>): Promise<R>;
  run(task: T, options?: RunOptions<F>): Promise<R> {
    if (options?.messages === true) return runWithMessages(this.#life, task, options as RunOptions) as Promise<R>;
    const refusal = this.#life.refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    const [core, { recording }] = [this.#core, this.#life];
    if (recording !== undefined) return submitTask(recording, task, options as RunOptions | undefined) as Promise<R>;
    if (options?.id !== undefined) return Promise.reject(new UsageError(NO_JOURNAL));
    if (!this.#life.backpressure.hasRoomFor(task)) return Promise.reject(new QueueFullError(core.options.maxQueue));
    const isUnmade = options === undefined && isFarFromItsTurn(core);
    return new Promise((resolve) => {
      if (isUnmade) return this.#life.enterLate(task, resolve as (result: unknown) => void, sharedScope());
      const entry = prepare(core, task, options as RunOptions | undefined);
      entry.resolve = resolve as (result: unknown) => void;
      this.#life.enterAlone(entry);
    });
  }

  /**
   * Submits a task to a pool with a journal: resolves when the task is recorded there, and so outlives this process. `result`
   * settles as `run` does. A caller that does not wait for it finds the outcome at the next start, under the task's `id`.
   * @throws {UsageError} if the pool has no journal
   * @example
   * const { id, result } = await pool.submit(task, { id: 'invoice 17' });
   */
  submit(task: T, options?: RunOptions<F>): Promise<Submission<R>> {
    const refusal = this.#life.refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    const { recording } = this.#life;
    if (recording === undefined) return Promise.reject(new UsageError(NO_JOURNAL));
    return submit(recording, task, options as RunOptions | undefined) as Promise<Submission<R>>;
  }

  /**
   * Runs all tasks: resolves with their results, in order. The first error rejects, and cancels the others. With `maxQueue`,
   * tasks wait for room. Takes less memory than `Promise.all` of `run`, and more than `map`. Never throws at the call.
   * @example
   * const results = await pool.runAll(tasks, { timeout: 5000, signal: AbortSignal.timeout(60_000) });
   */
  runAll(tasks: Iterable<T>, options?: RunAllOptions<F>): Promise<R[]> {
    return runAll(this.#life, tasks, options as RunAllOptions | undefined) as Promise<R[]>;
  }

  /**
   * Runs a task for each item and yields the results, in order unless `ordered` is false. Takes items no faster than the
   * consumer takes results. The first failure is thrown, and cancels the running tasks.
   * @example
   * for await (const result of pool.map(tasks, { inFlight: 100 })) console.log(result);
   */
  map(tasks: Iterable<T> | AsyncIterable<T>, options: MapOptions = {}): AsyncIterable<R> {
    return mapTasks(this.#life, tasks, fillMapOptions(options, this.#core.state)) as AsyncIterable<R>;
  }

  /** Resolves when the queue is empty and no worker is busy. Rejects with STALLED, naming the tasks, when nothing can go on. OCaml: `join`. */
  async join(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    checkWaitOptions('join', options);
    await join(this.#life, options.signal);
  }

  /**
   * Sorts the queue, stably, by a comparison of tasks, which also orders later tasks; without one, by priority and
   * arrival. OCaml: `set_order`. @throws the error of the comparison; the order is then unchanged
   * @example
   * pool.setOrder((a, b) => a.size - b.size);
   */
  setOrder(compare?: (a: T, b: T) => number): void {
    const order = compare && safeOrder(this.#core, compare as (a: unknown, b: unknown) => number);
    this.#core.send({ type: 'setOrder', compare: order });
  }

  /** Matches the whole queue again for every free worker, after an outside change that `taskMatch` depends on. OCaml: `broadcast`. */
  broadcast(): void {
    this.#core.send({ type: 'broadcast' });
  }

  /** Resolves with the queued tasks in order, and those that wait for another attempt, once no worker is busy. The tasks stay. Meanwhile nothing is dispatched. OCaml: `snapshot`. */
  async snapshot(): Promise<readonly T[]> {
    return (await snapshot(this, this.#life)) as readonly T[];
  }

  /** Cancels all queued tasks. OCaml: `clear`. @throws {UsageError} if the pool has workers */
  clear(): void {
    const workers = this.#core.state.seats.size;
    if (workers > 0)
      throw new UsageError(`clear is legal only in a pool without workers; this one has ${workers}: use cancelAll`);
    this.#core.send({ type: 'clear', reason: new Error('the queue was cleared') });
  }

  /** Sends tasks to free and starting workers now, before the program blocks its event loop. `run` does so for idle threads. */
  flush(): void {
    this.#core.flushEarly();
  }

  /** Stops the dispatch of tasks until `resume` is called as often as `pause`. Running tasks continue. */
  pause(): void {
    this.#core.send({ type: 'pause' });
  }

  /** Takes back one `pause`: tasks are dispatched again when every `pause` is taken back. */
  resume(): void {
    this.#core.send({ type: 'resume' });
  }

  /** Kills a worker, busy or free, and replaces it; its task is cancelled. Returns false if no worker has that id. OCaml: `cancel_worker`. */
  cancelWorker(id: string, reason?: unknown): boolean {
    const seat = this.#core.state.seats.get(id);
    if (seat === undefined || seat.phase === 'ending') return false;
    this.#core.send({ type: 'cancelWorker', worker: id, reason });
    return true;
  }

  /** Cancels all tasks, queued and running, and replaces every worker. OCaml: `cancel_all`. */
  cancelAll(reason?: unknown): void {
    this.#core.send({ type: 'cancelAll', reason });
  }

  /** Sends a feedback to all workers, and to later ones within `keepFeedbacks`. OCaml: `forward_feedback`. @throws if the feedback cannot be cloned */
  forwardFeedback(feedback: F): void {
    const { feedbacks, links, options } = this.#core;
    const copy = this.#core.copyForWorkers(feedback);
    feedbacks.push(copy);
    if (feedbacks.length > options.keepFeedbacks) feedbacks.shift();
    for (const [seat, link] of links) if (seat.phase === 'free' || seat.phase === 'busy') link.feedback(copy);
  }

  /** Forgets the feedbacks sent so far: workers that start later do not get them. */
  forgetFeedbacks(): void {
    this.#core.feedbacks.length = 0;
  }

  /** Resolves when every worker has started. Rejects with DEGRADED if they cannot start. */
  async ready(): Promise<void> {
    const refusal = this.#life.refusal();
    if (refusal !== undefined) throw refusal;
    if (!this.#life.isReady) await this.#life.hold(this.#life.ready.wait());
  }

  /** Resolves when the queue has room for another task under `maxQueue`, or a worker is free for it. */
  async slot(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    checkWaitOptions('slot', options);
    if (this.#life.isClosed) throw new PoolClosedError();
    await this.#life.hold(this.#life.backpressure.enter(options.signal));
  }

  /**
   * Changes the number of workers, 0 to 4096; surplus workers end when they are free. @throws {UsageError} for another number
   * @example
   * pool.resize(2 * pool.size);
   */
  resize(size: number): void {
    this.#core.send({ type: 'resize', size: checkSize(size) });
    this.#core.onReady();
  }

  /**
   * Accepts no more tasks, finishes or cancels those it has, ends the workers, and returns a report. Free workers run the
   * kind's `end` first; a worker whose task is cancelled is killed.
   * @example
   * const { completed, failed } = await pool.close({ tasks: 'finish-running', timeout: 10_000 });
   */
  async close(options: CloseOptions = {}): Promise<CloseReport> {
    return this.#life.close(options);
  }

  /** Kills every worker, also those that run the kind's `end`, and cancels every task; resolves when the last process has exited. OCaml: `destroy`. */
  async destroy(): Promise<void> {
    this.#life.end();
    await this.#life.untilEnded();
  }

  /** Destroys the pool at the end of an `await using` block. OCaml: `with_n_workers`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.destroy();
  }

  /**
   * Calls a listener at each event of that name. @throws {UsageError} for an unknown event
   * @example
   * pool.on('task', ({ status, worker }) => console.log(status, worker));
   */
  on<Name extends keyof PoolEvents>(event: Name, listener: (...args: PoolEvents<T, C, F>[Name]) => void): this {
    checkEvent(event);
    this.#core.emitter.on(event, listener as (...args: unknown[]) => void);
    if (event === 'worker') watchWorkers(this.#core, this.actor);
    return this;
  }

  /** Removes a listener. @throws {UsageError} for an unknown event */
  off<Name extends keyof PoolEvents>(event: Name, listener: (...args: PoolEvents<T, C, F>[Name]) => void): this {
    checkEvent(event);
    this.#core.emitter.off(event, listener as (...args: unknown[]) => void);
    return this;
  }
}
