import type { AsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { leastOf } from '../../machines/state/pool-state.ts';
import type { SupervisorEvent } from '../../machines/state/supervisor-events.ts';
import type { Announcement } from '../../machines/supervisor.ts';
import { openToInspection } from '../core/inspected-pool.ts';
import { emit, PoolCore } from '../core/pool-core.ts';
import { DegradedError, PoolClosedError, StalledError } from '../errors/errors.ts';
import type { openJournal } from '../journal/journal.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { nameTask } from '../observing/task-name.ts';
import { illegal, type OptionTable, oneOf, option, readOptions } from '../options/option-rules.ts';
import { inNeutralContext } from '../platform/async-context.ts';
import { Waiters } from '../platform/waiters.ts';
import type { Spares } from '../starting/spare-workers.ts';
import type { Origin } from '../starting/start-worker.ts';
import { IdleTimeout } from '../supervision/idle-timeout.ts';
import { KeepAlive } from '../supervision/keep-alive.ts';
import { createState } from '../supervision/kind-rules.ts';
import { carryOut, createSupervisor, type SupervisorActor } from '../supervision/supervisor.ts';
import { canGoAlone, enqueue, enqueueUnmade } from '../tasks/admission.ts';
import { Backpressure } from '../tasks/backpressure.ts';
import { clientOf, type Recording, resume } from '../tasks/durable-run.ts';
import { askForRetry } from '../tasks/settlement.ts';
import type { Caller, TaskEntry } from '../tasks/task-entry.ts';
import { endSpare } from '../workers/worker-exit.ts';
import type { CloseOptions, CloseReport } from './pool-types.ts';

/** The most tasks that an error names. */
const NAMED = 10;
const MAX_TIMER = 2 ** 31 - 1;

/** The rule and the default of each option of `close`. */
const CLOSE = {
  tasks: option(oneOf('finish', 'finish-running', 'cancel'), 'finish'),
  timeout: option(anyTime, Number.POSITIVE_INFINITY),
} satisfies OptionTable<CloseOptions>;

/** The parts of a pool whose first workers start already. */
interface Beginning extends Origin {
  readonly spares: Spares;
  readonly opened: ReturnType<typeof openJournal> | undefined;
  readonly ledger: Ledger | undefined;
}

/** Begins the life of a pool. */
export function beginLife(beginning: Beginning): Life {
  return new Life(beginning);
}

/** The life of one pool: its supervisor, the callers that wait for its events, its hold on the program, its end. */
export class Life {
  readonly core: PoolCore;
  readonly actor: SupervisorActor;
  readonly #spares: Spares;
  readonly #idleTimeout: IdleTimeout;
  readonly idle = new Waiters();
  readonly quiet = new Waiters();
  readonly ready = new Waiters();
  readonly backpressure: Backpressure;
  /** The parts needed to submit tasks with a journal; only in a pool with one. */
  readonly recording: Recording | undefined;
  isClosed = false;
  #isEnded = false;
  readonly #ended = new Waiters();
  readonly #keepAlive: KeepAlive;

  constructor({ kind, options, spares, opened, ledger }: Beginning) {
    const emitter = new EventEmitter();
    emitter.setMaxListeners(0);
    const state = createState(
      kind,
      options,
      (seat) => this.core.links.get(seat),
      (entry, worker, exit) => askForRetry(this.core, entry as TaskEntry, worker, exit),
    );
    this.core = new PoolCore(kind, options, emitter, state, (event) => this.actor.send(event));
    this.#keepAlive = new KeepAlive(this.core);
    this.#spares = spares;
    this.#idleTimeout = new IdleTimeout(this.core);
    this.core.journal = opened?.journal ?? ledger;
    this.core.onReady = () => {
      if (!this.isClosed && this.core.state.size > 0) this.#spares.fill(options.spares);
      if (this.ready.size > 0 && this.isReady) this.ready.resolve();
      this.#idleTimeout.watch();
    };
    this.backpressure = new Backpressure(this.core);
    this.core.onRoom = () => this.backpressure.offer();
    this.actor = createSupervisor(this.core, this.#spares, (announcement) => this.#onAnnouncement(announcement));
    openToInspection(this.actor, this.core);
    this.actor.subscribe({ complete: () => this.#onEnded() });
    this.actor.start();
    this.core.send({ type: 'enqueue' });
    const { journal } = this.core;
    if (journal === undefined) return;
    const { core, backpressure } = this;
    const recording: Recording = { core, journal, enter: (entry) => this.enter(entry), backpressure };
    this.recording = recording;
    journal.client = clientOf(recording);
    if (opened === undefined) return;
    try {
      inNeutralContext(() => resume(recording, opened.journal, opened.found));
    } catch (error) {
      this.end();
      throw error;
    }
  }

  /** Returns the error that refuses new tasks; `undefined` while the pool accepts them. */
  refusal(): Error | undefined {
    if (this.isClosed) return new PoolClosedError();
    const { degraded } = this.core.state;
    return degraded === undefined ? undefined : new DegradedError(degraded);
  }

  /** Puts a task into the queue; during a step, after that step. */
  enter(entry: TaskEntry): void {
    const { core } = this;
    if (!core.turn.isUnderWay) return this.#enter(entry);
    core.entering++;
    core.turn.after(() => {
      core.entering--;
      this.#enter(entry);
    });
  }

  /**
   * Puts a task into the queue. The only one there goes to an idle thread at once: the program may block its event loop
   * before the end of the tick. Where workers choose among the tasks of a tick, or hold several of them, it waits for the
   * others.
   */
  enterAlone(entry: TaskEntry): void {
    const { core } = this;
    if (!canGoAlone(core)) return this.enter(entry);
    this.#enter(entry, false);
    // An aborted signal may have cancelled it, and who heard of it may have submitted more, which were announced.
    if (core.state.queue.length === 1) core.flushEarly();
  }

  /** Puts a task into a deep queue, outside of any step. */
  enterLate(task: unknown, caller: Caller, scope: AsyncResource | number): void {
    this.core.state.isIdle = false;
    this.#keepAlive.reference();
    enqueueUnmade(this.core, task, caller, scope);
  }

  #enter(entry: TaskEntry, isAnnounced = true): void {
    this.core.state.isIdle = false;
    this.#keepAlive.reference();
    enqueue(this.core, entry, isAnnounced);
  }

  /** Is true if as many workers have started as the pool keeps. */
  get isReady(): boolean {
    const { seats } = this.core.state;
    let started = 0;
    for (const { phase, hasStarted } of seats.values()) if (hasStarted && phase !== 'ending') started++;
    return started >= leastOf(this.core.state);
  }

  /** Sets whether the pool may keep the program alive. */
  ref(isAllowed: boolean): void {
    this.#keepAlive.allow(isAllowed);
  }

  /** Keeps the program alive until the promise has settled. */
  hold<T>(promise: Promise<T>): Promise<T> {
    return this.#keepAlive.hold(promise);
  }

  stalledError(): StalledError {
    const { queue, size } = this.core.state;
    const names: string[] = [];
    for (const entry of queue) {
      if (names.length === NAMED) break;
      names.push(nameTask(this.core.kind, entry.task));
    }
    return new StalledError(names, queue.length, size);
  }

  /** Closes the pool, as `Pool.close` says. */
  async close(options: CloseOptions): Promise<CloseReport> {
    const { tasks, timeout } = readOptions('close', options, CLOSE, 0, 'close.');
    const before = { ...this.core.counts };
    let isForced = false;
    let timer: NodeJS.Timeout | undefined;
    this.isClosed = true;
    this.backpressure.end(new PoolClosedError());
    if (tasks === 'cancel') this.#rejectWaiting();
    else {
      // Tasks that were submitted before this call are accepted before the pool closes.
      if (this.core.journal !== undefined) await this.core.journal.written();
      this.core.flush();
    }
    const reason = new Error('the pool is closing');
    this.core.ending = reason;
    this.core.send({ type: 'close', tasks, reason });
    if (timeout <= MAX_TIMER) {
      const force = () => {
        isForced = true;
        this.end();
      };
      timer = this.core.timers.after(timeout, force, 'always');
    }
    await this.untilEnded();
    this.core.timers.clear(timer);
    const { completed, failed, cancelled } = this.core.counts;
    return {
      completed: completed - before.completed,
      failed: failed - before.failed - (cancelled - before.cancelled),
      cancelled: cancelled - before.cancelled,
      isForced,
    };
  }

  /** Kills every worker and cancels every task. */
  end(): void {
    this.isClosed = true;
    void this.#spares.end();
    this.core.limits?.end();
    this.#idleTimeout.end();
    this.core.timers.end();
    const reason = new Error('the pool was destroyed');
    this.core.ending = reason;
    this.#rejectWaiting();
    this.core.send({ type: 'destroy', reason });
  }

  #rejectWaiting(): void {
    for (const waiters of [this.quiet, this.ready]) waiters.reject(new PoolClosedError());
    this.backpressure.end(new PoolClosedError());
  }

  async untilEnded(): Promise<void> {
    if (!this.#isEnded) await this.hold(this.#ended.wait());
  }

  #onEnded(): void {
    this.#rejectWaiting();
    this.idle.resolve();
    this.#idleTimeout.end();
    void Promise.all([
      this.#spares.end((id, connection, hello) => endSpare(this.core, id, connection, hello)),
      this.core.journal?.close(),
    ]).then(() => {
      this.#isEnded = true;
      this.core.sinks.end();
      this.core.timers.end();
      for (const watcher of this.core.watchers) watcher.ended();
      this.#ended.resolve();
    });
  }

  #onAnnouncement(announcement: Announcement): void {
    if (carryOut(this.core, announcement)) return;
    switch (announcement.type) {
      case 'announce':
        if (announcement.what === 'quiet') this.quiet.resolve();
        else if (announcement.what === 'stalled') this.#reportStalled();
        else {
          this.idle.resolve();
          emit(this.core, 'idle');
          this.#keepAlive.release();
        }
        return;
      case 'watch':
        return this.#sendAfter(announcement.ms, { type: 'impatient', timer: announcement.timer }, 'never');
      case 'check':
        return this.core.checkAfter(announcement.ms);
      case 'wait':
        return this.#sendAfter(announcement.ms, { type: 'respawn', slot: announcement.slot }, 'pool');
      case 'degrade': {
        const error = new DegradedError(announcement.exit);
        this.ready.reject(error);
        emit(this.core, 'degraded', error);
      }
    }
  }

  #reportStalled(): void {
    const error = this.stalledError();
    this.idle.reject(error);
    if (this.core.emitter.listenerCount('stalled') > 0) emit(this.core, 'stalled', error);
    else if (this.core.state.size > 0) process.emitWarning(error.message, { code: 'STATEPOOL_STALLED' });
  }

  #sendAfter(ms: number, event: SupervisorEvent, holds: 'never' | 'pool'): void {
    this.core.timers.after(ms, () => this.core.send(event), holds);
  }
}

/** Reads a time in ms of any length. A time beyond the longest timer means no limit. */
function anyTime(name: string, value: number): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw illegal(name, value, 'a number of ms, at least 0');
}
