import { EventEmitter } from 'node:events';
import { nanoid } from 'nanoid';
import { leastOf } from '../../machines/state/pool-state.ts';
import type { Announcement } from '../../machines/supervisor.ts';
import { openToInspection } from '../core/inspected-pool.ts';
import { createPoolCore, emit, type PoolCore } from '../core/pool-core.ts';
import { DegradedError, PoolClosedError, StalledError, UsageError } from '../errors/errors.ts';
import { checkOptionNames } from '../errors/legal-names.ts';
import { quoted } from '../errors/quoted.ts';
import { Journal } from '../journal/journal.ts';
import type { AnyKind } from '../kind-module/check-kind.ts';
import { nameTask } from '../observing/task-name.ts';
import type { FullOptions } from '../options/pool-options.ts';
import { inNeutralContext } from '../platform/async-context.ts';
import { clearTimeout, setTimeout } from '../platform/platform.ts';
import { Retirement } from '../supervision/idle-timeout.ts';
import { createState } from '../supervision/kind-rules.ts';
import { carryOut, createSupervisor, type SupervisorActor } from '../supervision/supervisor.ts';
import { enqueue } from '../tasks/admission.ts';
import { Room } from '../tasks/backpressure.ts';
import { type Recording, resume } from '../tasks/durable-run.ts';
import { askForRetry } from '../tasks/settlement.ts';
import type { TaskEntry } from '../tasks/task-entry.ts';
import { Spares } from '../workers/spare-workers.ts';
import type { CloseOptions, CloseReport } from './pool-types.ts';
import { Waiters } from './waiters.ts';

/** How many tasks an error names. */
const NAMED = 10;
const MAX_TIMER = 2 ** 31 - 1;

/** The life of one pool: its supervisor, those who wait for its moments, what keeps the program alive, its end. */
export class Life {
  /** Tells this pool from others of its kind: in logs, and as the id of its supervisor's actor. */
  readonly id: string;
  readonly core: PoolCore;
  readonly actor: SupervisorActor;
  readonly #spares: Spares;
  readonly #retirement: Retirement;
  readonly idle = new Waiters();
  readonly quiet = new Waiters();
  readonly ready = new Waiters();
  readonly room: Room;
  /** How tasks come into a pool with a journal. */
  readonly recording: Recording | undefined;
  isClosed = false;
  #isEnded = false;
  readonly #ended = new Waiters();
  readonly #timers = new Map<number, NodeJS.Timeout>();
  /** Callers that wait, beside the tasks: each keeps the program alive. */
  #holds = 0;

  constructor(kind: AnyKind, options: FullOptions) {
    this.id = `${kind.name}-${nanoid(8)}`;
    const emitter = new EventEmitter();
    emitter.setMaxListeners(0);
    const state = createState(
      kind,
      options,
      (seat) => this.core.links.get(seat),
      (entry, worker, exit) => askForRetry(this.core, entry as TaskEntry, worker, exit),
    );
    this.core = createPoolCore(this.id, kind, options, emitter, state, (event) => this.actor.send(event));
    this.#spares = new Spares(this.core);
    this.#retirement = new Retirement(this.core);
    const opened = options.journal === undefined ? undefined : Journal.open(options.journal, kind.name);
    this.core.journal = opened?.journal;
    // The first workers start while the machines are made.
    inNeutralContext(() => this.#spares.fill(leastOf(this.core.state)));
    this.core.onReady = () => {
      if (!this.isClosed && this.core.state.size > 0) this.#spares.fill(options.spares);
      if (this.ready.size > 0 && this.isReady) this.ready.resolve();
      this.#retirement.watch();
    };
    this.room = new Room(this.core);
    this.core.onRoom = () => this.room.offer();
    this.actor = createSupervisor(this.core, this.#spares, this.id, (announcement) =>
      this.#onAnnouncement(announcement),
    );
    openToInspection(this.actor, this.core);
    this.actor.subscribe({ complete: () => this.#onEnded() });
    this.actor.start();
    this.core.send({ type: 'enqueue' });
    if (opened === undefined) return;
    const recording: Recording = {
      core: this.core,
      journal: opened.journal,
      enter: (entry) => this.enter(entry),
      room: this.room,
    };
    this.recording = recording;
    try {
      inNeutralContext(() => resume(recording, opened.found));
    } catch (error) {
      this.end();
      throw error;
    }
  }

  /** Why no task is taken any more. */
  refusal(): Error | undefined {
    if (this.isClosed) return new PoolClosedError();
    const { degraded } = this.core.state;
    return degraded === undefined ? undefined : new DegradedError(degraded);
  }

  /** Puts a task into the queue; in the midst of a step, when that is over. */
  enter(entry: TaskEntry): void {
    const { core } = this;
    if (!core.turn.isUnderWay) return this.#enter(entry);
    core.entering++;
    core.turn.after(() => {
      core.entering--;
      this.#enter(entry);
    });
  }

  #enter(entry: TaskEntry): void {
    this.core.state.isIdle = false;
    if (!this.core.isReferenced) this.reference();
    enqueue(this.core, entry);
  }

  /** Whether as many workers have started as the pool keeps. */
  get isReady(): boolean {
    const { seats } = this.core.state;
    let started = 0;
    for (const seat of seats.values()) if (seat.phase === 'free' || seat.phase === 'busy') started++;
    return started >= leastOf(this.core.state);
  }

  /** Keeps the program alive until this has settled. */
  async hold<T>(promise: Promise<T>): Promise<T> {
    this.#holds++;
    this.reference();
    try {
      return await promise;
    } finally {
      this.#holds--;
      this.#release();
    }
  }

  /** Workers keep the program alive from now on. */
  reference(): void {
    if (this.core.isReferenced) return;
    this.core.isReferenced = true;
    for (const link of this.core.links.values()) link.ref(true);
    for (const timer of this.#timers.values()) timer.ref();
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

  /** See Pool.close. */
  async close(options: CloseOptions): Promise<CloseReport> {
    checkOptionNames('close', options, ['tasks', 'timeout']);
    const { tasks = 'finish', timeout = Number.POSITIVE_INFINITY } = options;
    if (!['finish', 'finish-running', 'cancel'].includes(tasks)) {
      throw new UsageError(`close({ tasks: ${quoted(tasks)} }): it must be 'finish', 'finish-running' or 'cancel'`);
    }
    if (typeof timeout !== 'number' || !(timeout >= 0)) {
      throw new UsageError(`close({ timeout: ${quoted(timeout)} }): it must be a number of ms, at least 0`);
    }
    const before = { ...this.core.counts };
    let isForced = false;
    let timer: NodeJS.Timeout | undefined;
    if (tasks === 'cancel') this.end();
    else {
      this.isClosed = true;
      this.room.end(new PoolClosedError());
      // What was handed over before is accepted before.
      if (this.core.journal !== undefined) await this.core.journal.written();
      this.core.flush();
      const reason = new Error('the pool is closing');
      this.core.ending = reason;
      this.core.send({ type: 'close', isQueueKept: tasks === 'finish', reason });
      if (timeout <= MAX_TIMER) {
        timer = setTimeout(() => {
          isForced = true;
          this.end();
        }, timeout);
      }
    }
    await this.untilEnded();
    clearTimeout(timer);
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
    for (const timer of [...this.#timers.values(), ...this.core.overdue]) clearTimeout(timer);
    this.#timers.clear();
    this.core.limits?.end();
    this.#retirement.end();
    const reason = new Error('the pool was destroyed');
    this.core.ending = reason;
    this.#turnAway();
    this.core.send({ type: 'destroy', reason });
  }

  #turnAway(): void {
    for (const waiters of [this.quiet, this.ready]) waiters.reject(new PoolClosedError());
    this.room.end(new PoolClosedError());
  }

  async untilEnded(): Promise<void> {
    if (!this.#isEnded) await this.hold(this.#ended.wait());
  }

  #onEnded(): void {
    this.#turnAway();
    this.idle.resolve();
    void Promise.all([this.#spares.end(), this.core.journal?.close()]).then(() => {
      this.#isEnded = true;
      for (const watcher of this.core.watchers) watcher.ended();
      this.#ended.resolve();
    });
  }

  #release(): void {
    const { core } = this;
    if (!core.isReferenced || this.#holds > 0 || core.pending > 0) return;
    core.isReferenced = false;
    for (const link of core.links.values()) link.ref(false);
    for (const timer of this.#timers.values()) timer.unref();
  }

  #onAnnouncement(announcement: Announcement): void {
    if (carryOut(this.core, announcement)) return;
    switch (announcement.type) {
      case 'tell':
        if (announcement.what === 'quiet') this.quiet.resolve();
        else if (announcement.what === 'stalled') this.#tellStalled();
        else {
          this.idle.resolve();
          emit(this.core, 'idle');
          this.#release();
        }
        return;
      case 'wait':
        this.#wait(announcement.slot, announcement.ms);
        return;
      case 'degrade': {
        const error = new DegradedError(announcement.exit);
        this.ready.reject(error);
        emit(this.core, 'degraded', error);
      }
    }
  }

  #tellStalled(): void {
    const error = this.stalledError();
    this.idle.reject(error);
    if (this.core.emitter.listenerCount('stalled') > 0) emit(this.core, 'stalled', error);
    else if (this.core.state.size > 0) process.emitWarning(error.message, { code: 'STATEPOOL_STALLED' });
  }

  #wait(slot: number, ms: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(slot);
      this.core.send({ type: 'respawn', slot });
    }, ms);
    if (!this.core.isReferenced) timer.unref();
    this.#timers.set(slot, timer);
  }
}
