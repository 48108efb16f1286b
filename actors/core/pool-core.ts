import type { EventEmitter } from 'node:events';
import type { Entry } from '../../machines/queue/entry.ts';
import type { Effect } from '../../machines/state/effects.ts';
import type { PoolState, WorkerExit } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { SupervisorEvent } from '../../machines/state/supervisor-events.ts';
import type { Journal } from '../journal/journal.ts';
import type { AnyKind } from '../kind-module/check-kind.ts';
import { Histograms } from '../observing/histograms.ts';
import type { FullOptions } from '../options/pool-options.ts';
import { inNeutralContext } from '../platform/async-context.ts';
import type { Deadlines } from '../platform/deadlines.ts';
import { queueMicrotask } from '../platform/platform.ts';
import { Timers } from '../platform/timers.ts';
import { Turn } from './turn.ts';

/** What a pool counts, from its beginning. */
export interface Counts {
  /** Tasks that entered the queue, follow-ups too. */
  accepted: number;
  /** Tasks that settled with a result. */
  completed: number;
  /** Tasks that settled with an error, cancelled ones too. */
  failed: number;
  /** Tasks that were cancelled. */
  cancelled: number;
  /** Tasks whose time was over. */
  timedOut: number;
  /** Tasks that went back to the queue after a death of their worker. */
  retried: number;
  /** Workers that had served long enough. */
  recycled: number;
  /** Workers that were started. */
  spawned: number;
  /** Workers whose process or thread has exited, for whatever reason. */
  died: number;
}

/** Somebody who looks at a pool from outside, and is told what no snapshot keeps. */
export interface Watcher {
  /** A worker's process or thread has come to its end. */
  exited(seat: Seat, exit: WorkerExit): void;
  /** No worker is left, and none will come. */
  ended(): void;
}

/** The master's side of one worker, as the other parts of its pool use it. */
export interface WorkerHandle {
  readonly pid: number | undefined;
  readonly threadId: number | undefined;
  readonly utilization: number | undefined;
  readonly prefetch:
    | { readonly begun: number | undefined; recall(least: number): number | undefined; takeBack(): void }
    | undefined;
  send(requests: readonly unknown[]): void;
  abort(entry: Entry, reason: unknown): void;
  feedback(feedback: unknown): void;
  kill(): void;
  ref(isNeeded: boolean): void;
}

/** The times of a pool's tasks. */
export interface TimeLimits {
  readonly waits: Deadlines<Entry>;
  readonly runs: Deadlines<Entry>;
  forget(entry: Entry): void;
  end(): void;
}

/** What the parts of one pool share: the rules' state, the kind, the way to the supervisor. */
export interface PoolCore {
  /** The id of the pool. */
  readonly id: string;
  readonly kind: AnyKind;
  readonly options: FullOptions;
  readonly state: PoolState;
  readonly emitter: EventEmitter;
  readonly counts: Counts;
  readonly links: Map<Seat, WorkerHandle>;
  /** The steps of the pool, one at a time. */
  readonly turn: Turn;
  /** The feedbacks sent to all workers, for those that start later: the latest, as many as are kept. */
  readonly feedbacks: unknown[];
  /** The timers of the pool: none is left when it was destroyed. */
  readonly timers: Timers;
  /** When workers died that nobody had ended, the last ones. */
  readonly deaths: number[];
  /** The times that tasks have; made with the first task that has one. */
  limits: TimeLimits | undefined;
  /** Where durations are recorded; only with the option `timings`. */
  readonly timings: Histograms | undefined;
  /** Where what is accepted and settled is written down; only with the option `journal`. */
  journal: Journal | undefined;
  /** Why the pool ends, once it does: what this ends is not settled for its journal. */
  ending: Error | undefined;
  /** How many tasks that have not settled have a trace. */
  traced: number;
  /** Accepted and not settled. */
  pending: number;
  /** Handed over in the midst of a step: they enter the queue when it is over. */
  entering: number;
  /** Whether workers keep the program alive just now. */
  isReferenced: boolean;
  /** Those who look at the pool; empty where nobody does. */
  readonly watchers: Set<Watcher>;
  /** A worker's actor was made; set only while somebody watches. */
  onSpawn: ((seat: Seat) => void) | undefined;
  /** A worker has started. */
  onReady: () => void;
  /** The queue may have room, or a worker be free. */
  onRoom: () => void;
  /** Tells the supervisor; in the midst of a step, when that is over. */
  send(event: SupervisorEvent): void;
  /** Carries out what the rules want of the world. */
  carryOut(effects: readonly Effect[]): void;
  /** Tells the supervisor, once a tick, that the queue has grown. */
  announce(): void;
  /** Tells it at once, where it has not been told. */
  flush(): void;
}

/** Makes the core of a pool; `deliver` reaches its supervisor. */
export function createPoolCore(
  id: string,
  kind: AnyKind,
  options: FullOptions,
  emitter: EventEmitter,
  state: PoolState,
  deliver: (event: SupervisorEvent) => void,
): PoolCore {
  let isAnnounced = false;
  function tell(): void {
    if (!isAnnounced) return;
    isAnnounced = false;
    core.send({ type: 'enqueue' });
  }
  const core: PoolCore = {
    id,
    kind,
    options,
    state,
    emitter,
    counts: {
      accepted: 0,
      completed: 0,
      failed: 0,
      cancelled: 0,
      timedOut: 0,
      retried: 0,
      recycled: 0,
      spawned: 0,
      died: 0,
    },
    links: new Map(),
    turn: new Turn(() => core.onRoom()),
    feedbacks: [],
    timers: new Timers(),
    deaths: [],
    limits: undefined,
    timings: options.timings ? new Histograms() : undefined,
    journal: undefined,
    ending: undefined,
    traced: 0,
    pending: 0,
    entering: 0,
    isReferenced: false,
    watchers: new Set(),
    onSpawn: undefined,
    onReady: () => {},
    onRoom: () => {},
    send(event) {
      if (core.turn.isUnderWay) return core.turn.after(() => core.send(event));
      core.turn.begin();
      try {
        inNeutralContext(deliver, undefined, event);
      } finally {
        core.turn.end();
      }
    },
    carryOut: () => {},
    announce() {
      // Busy workers take from the queue by themselves: the supervisor is needed only where somebody is free, or nobody is.
      if (isAnnounced || (state.busy > 0 && state.free.length === 0 && !canGrow(state))) return;
      isAnnounced = true;
      queueMicrotask(tell);
    },
    flush() {
      core.journal?.commit();
      tell();
    },
  };
  return core;
}

/** May the pool start another worker for what waits? */
function canGrow({ minSize, seats, waiting, size }: PoolState): boolean {
  return minSize !== undefined && seats.size + waiting.size < size;
}

/** Tells the pool's listeners. What one of them throws is thrown where it harms nobody but its program. */
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
