import type { EventEmitter } from 'node:events';
import { nanoid } from 'nanoid/non-secure';
import type { Entry } from '../../machines/queue/entry.ts';
import { needsWatch } from '../../machines/rules/patience.ts';
import { hasRoomBeside } from '../../machines/rules/progress.ts';
import type { Effect } from '../../machines/state/effects.ts';
import type { PoolState, WorkerExit } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { SupervisorEvent } from '../../machines/state/supervisor-events.ts';
import type { AnyKind } from '../kind-module/check-kind.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { Costs } from '../observing/costs.ts';
import { Histograms } from '../observing/histograms.ts';
import { OutputSinks } from '../observing/output-sinks.ts';
import { type FullOptions, nameOfHost } from '../options/pool-options.ts';
import { inNeutralContext } from '../platform/async-context.ts';
import type { Deadlines } from '../platform/deadlines.ts';
import { performanceNow, portableCopy, queueMicrotask, structuredClone } from '../platform/platform.ts';
import { Timers } from '../platform/timers.ts';
import { Turn } from './turn.ts';

/** The counters of a pool, from its beginning. */
export interface Counts {
  /** Tasks that entered the queue, follow-ups too. */
  accepted: number;
  /** Tasks that settled with a result. */
  completed: number;
  /** Tasks that settled with an error, cancelled ones too. */
  failed: number;
  /** Tasks that were cancelled. */
  cancelled: number;
  /** Tasks that exceeded a time limit. */
  timedOut: number;
  /** Retries of tasks after a death of their worker. */
  retried: number;
  /** Workers that ended at a limit of `recycle`. */
  recycled: number;
  /** Workers that were started. */
  spawned: number;
  /** Workers whose process or thread has exited, for any reason. */
  died: number;
}

/** An observer of a pool: gets the events that no snapshot keeps. */
export interface Watcher {
  /** The address of a page that shows the pool, with its token. */
  readonly address?: string;
  /** Called when a worker's process or thread has exited. */
  exited(seat: Seat, exit: WorkerExit): void;
  /** Called when no worker is left and none will start. */
  ended(): void;
}

/** The master's side of one worker, as the other parts of its pool use it. */
export interface WorkerHandle {
  readonly pid: number | undefined;
  readonly threadId: number | undefined;
  readonly utilization: number | undefined;
  readonly prefetch:
    | {
        readonly begun: number | undefined;
        recall(least: number): number | undefined;
        takeBack(): void;
        limitHeld(): void;
      }
    | undefined;
  send(requests: readonly unknown[]): void;
  abort(entry: Entry, reason: unknown): void;
  message(entry: Entry, message: unknown): void;
  feedback(feedback: unknown): void;
  retire(): void;
  kill(): void;
  ref(isNeeded: boolean): void;
}

/** The time limits of a pool's tasks. */
export interface TimeLimits {
  readonly waits: Deadlines<Entry>;
  readonly runs: Deadlines<Entry>;
  forget(entry: Entry): void;
  end(): void;
}

/** The shared context of a pool's parts: the state of the rules, the kind, the link to the supervisor. */
export class PoolCore {
  #id: string | undefined;
  readonly kind: AnyKind;
  readonly options: FullOptions;
  readonly state: PoolState;
  readonly emitter: EventEmitter;
  readonly counts: Counts = {
    accepted: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
    timedOut: 0,
    retried: 0,
    recycled: 0,
    spawned: 0,
    died: 0,
  };
  readonly links = new Map<Seat, WorkerHandle>();
  /** Runs the steps of the pool, one at a time. */
  readonly turn = new Turn(() => this.onRoom());
  /** The latest feedbacks to all workers, at most `keepFeedbacks`, for workers that start later. */
  readonly feedbacks: unknown[] = [];
  /** The places where the output of the workers goes. */
  readonly sinks: OutputSinks;
  /** The timers of the pool; none is left after the pool was destroyed. */
  readonly timers = new Timers();
  /** The times of the latest deaths of workers that the pool had not ended. */
  readonly deaths: number[] = [];
  /** The time limits of tasks; made with the first task that has one. */
  limits: TimeLimits | undefined = undefined;
  /** The histograms of durations; only with the option `timings`. */
  readonly timings: Histograms | undefined;
  /** The costs that decide whether a task waits for a busy worker. */
  readonly costs: Costs;
  /** The record of accepted tasks and their outcomes: the journal of the pool, or the leases of a node. */
  journal: Ledger | undefined = undefined;
  /** The reason of the pool's end, once it ends. A task that fails for this reason is not settled in the journal. */
  ending: Error | undefined = undefined;
  /** The number of traced tasks that have not settled. */
  traced = 0;
  /** Is true once a task was run with messages. */
  hasMessages = false;
  /** The number of accepted tasks that have not settled. */
  pending = 0;
  /** The number of tasks that were submitted during a step. They enter the queue after it. */
  entering = 0;
  /** Is true while workers keep the program alive. */
  isReferenced = false;
  /** The observers of the pool. */
  readonly watchers = new Set<Watcher>();
  /** Called when the actor of a worker was made; set only while a listener watches. */
  onSpawn: ((seat: Seat) => void) | undefined = undefined;
  /** Called when a worker has started. */
  onReady: () => void = () => {};
  /** Called when the queue may have room, or a worker may be free. */
  onRoom: () => void = () => {};
  /** The source of the pool's tokens, as the effects of the rules use it; only with the option `tokens`. */
  budget: { ask(n: number): void; give(n: number): void } | undefined = undefined;
  /** Carries out the effects that the rules ask for. */
  carryOut: (effects: readonly Effect[]) => void = () => {};
  readonly #deliver: (event: SupervisorEvent) => void;
  /** The event that gives waiting tasks to workers at once: to starting ones too on hosts that keep early messages. */
  readonly #flush: SupervisorEvent;
  #isAnnounced = false;
  /** Sends the awaited event `check`; `undefined` if none is awaited. */
  #check: (() => void) | undefined;
  /** The time from which an answer brings that event. */
  #checkAt = Number.POSITIVE_INFINITY;

  /** `deliver` passes an event to the pool's supervisor. */
  constructor(
    kind: AnyKind,
    options: FullOptions,
    emitter: EventEmitter,
    state: PoolState,
    deliver: (event: SupervisorEvent) => void,
  ) {
    this.kind = kind;
    this.options = options;
    this.emitter = emitter;
    this.state = state;
    this.sinks = new OutputSinks(options.onOutput, options.onChunk);
    this.timings = options.timings ? new Histograms() : undefined;
    this.costs = new Costs(state, (means) => this.send({ type: 'measured', means }));
    this.#deliver = deliver;
    const host = nameOfHost(options.host);
    this.#flush = { type: host === 'process' || host === 'thread' ? 'flush' : 'enqueue' };
  }

  /** The unique id of the pool. It is made when it is first asked for: the first worker starts before that. */
  get id(): string {
    this.#id ??= `${this.kind.name}-${nanoid(8)}`;
    return this.#id;
  }

  /** Sends an event to the supervisor; during a step, after that step. */
  send(event: SupervisorEvent): void {
    if (this.turn.isUnderWay) return this.turn.after(() => this.send(event));
    this.turn.begin();
    try {
      inNeutralContext(this.#deliver, undefined, event);
    } finally {
      this.turn.end();
    }
  }

  /** Notifies the supervisor, once a tick, that the queue has grown. */
  announce(): void {
    const { state } = this;
    if (this.#isAnnounced) return;
    // Busy workers take from the queue by themselves: the supervisor is needed only if a worker is free or has room, none
    // is busy, the pool can grow, or the wait of its tasks is to be watched.
    const isTaken = state.busy > 0 && state.free.length === 0 && !hasRoomBeside(state);
    if (isTaken && !canGrow(state) && !needsWatch(state)) return;
    this.#isAnnounced = true;
    queueMicrotask(this.#notify);
  }

  /** Writes the journal, and sends a waiting notification at once. */
  flush(): void {
    this.journal?.commit();
    this.#notify();
  }

  /** Copies a value as the workers would get it. @throws if they cannot */
  copyForWorkers<T>(value: T): T {
    const copy = structuredClone(value);
    return nameOfHost(this.options.host) === 'process' ? portableCopy(copy) : copy;
  }

  /** Gives waiting tasks to workers now: the program may block. */
  flushEarly(): void {
    this.#isAnnounced = false;
    this.send(this.#flush);
  }

  /** Sends the event `check` after `ms` ms. No timer is shorter than 1 ms: an answer brings such an event sooner. */
  checkAfter(ms: number): void {
    const check = () => {
      if (this.#check !== check) return;
      this.#check = undefined;
      this.send({ type: 'check' });
    };
    this.#check = check;
    this.#checkAt = ms < 1 ? performanceNow() + ms : Number.POSITIVE_INFINITY;
    this.timers.after(ms, check, 'never');
  }

  /** Sends the event `check` if an answer comes when it is due. */
  checkIfDue(): void {
    if (this.#check !== undefined && this.#checkAt < performanceNow()) this.#check();
  }

  readonly #notify = (): void => {
    if (!this.#isAnnounced) return;
    this.#isAnnounced = false;
    this.send({ type: 'enqueue' });
  };
}

/** Returns whether the pool may start another worker for waiting tasks. */
function canGrow({ minSize, seats, waiting, size }: PoolState): boolean {
  return minSize !== undefined && seats.size + waiting.size < size;
}

/** Emits an event to the listeners. A listener's error becomes an uncaught exception, and never disturbs the pool. */
export function emit(core: PoolCore, event: string, ...args: readonly unknown[]): void {
  if (core.emitter.listenerCount(event) === 0) return;
  try {
    inNeutralContext(() => core.emitter.emit(event, ...args));
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
