import type { EventEmitter } from 'node:events';
import type { WorkerStatus } from '../kinds/kind.ts';
import type { Look } from '../machines/look.ts';
import {
  createPoolState,
  FAULTY,
  type Fault,
  type PoolState,
  type Rules,
  type WorkerExit,
} from '../machines/pool-state.ts';
import { type Accept, TaskQueue } from '../machines/queue.ts';
import type { Seat } from '../machines/seat.ts';
import type { SupervisorEvent } from '../machines/supervisor-events.ts';
import type { AnyKind } from './any-kind.ts';
import { Histograms } from './histograms.ts';
import type { Journal } from './journal/journal.ts';
import { checkTimes, type Limits, limitWait } from './limits.ts';
import type { Link } from './link.ts';
import type { FullOptions } from './options.ts';
import { Retirement } from './retirement.ts';
import { askForRetry } from './settlement.ts';
import { Spares } from './spares.ts';
import { createTaskEntry, type RunOptions, type TaskEntry } from './task-entry.ts';
import { traceTask } from './trace.ts';

/** What a pool counts, from its beginning. */
export interface Counts {
  accepted: number;
  completed: number;
  failed: number;
  cancelled: number;
  /** Tasks whose time was over. */
  timedOut: number;
  retried: number;
  /** Workers that had served long enough. */
  recycled: number;
  spawned: number;
  died: number;
}

/** Somebody who looks at a pool from outside, and is told what no snapshot keeps. */
export interface Watcher {
  /** A worker's process or thread has come to its end. */
  exited(seat: Seat, exit: WorkerExit): void;
  /** No worker is left, and none will come. */
  ended(): void;
}

/** What the parts of one pool share: the rules' state, the kind, the way to the supervisor. */
export interface Core {
  /** The id of the pool. */
  readonly id: string;
  readonly kind: AnyKind;
  readonly options: FullOptions;
  readonly state: PoolState;
  readonly emitter: EventEmitter;
  readonly counts: Counts;
  readonly links: Map<Seat, Link>;
  /** Workers that were started ahead. */
  readonly spares: Spares;
  /** Ends the workers that have had nothing to do for long. */
  readonly retirement: Retirement;
  /** Every feedback sent to all workers, for those that start later. */
  readonly feedbacks: unknown[];
  /** The time that cancelled tasks have to stop by themselves. */
  readonly overdue: Set<NodeJS.Timeout>;
  /** When workers died that nobody had ended, the last ones. */
  readonly deaths: number[];
  /** The times that tasks have; made with the first task that has one. */
  limits: Limits | undefined;
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
  /** Whether workers keep the program alive just now. */
  isReferenced: boolean;
  /** Those who look at the pool; empty where nobody does. */
  readonly watchers: Set<Watcher>;
  /** A worker's actor was made; set only while somebody watches. */
  onSpawn: ((seat: Seat) => void) | undefined;
  /** A worker has started. */
  onReady: () => void;
  /** A task has left the queue. */
  onRoom: () => void;
  send(event: SupervisorEvent): void;
  /** Tells the supervisor, once a tick, that the queue has grown. */
  announce(): void;
  /** Tells it at once, where it has not been told. */
  flush(): void;
}

/** The rules' state of a pool of this kind. */
function createState(
  kind: AnyKind,
  options: FullOptions,
  linkOf: (seat: Seat) => Link | undefined,
  onDeath: Rules['onDeath'],
): PoolState {
  const faults: Fault[] = [];
  return createPoolState({
    kind: kind.name,
    size: options.size,
    minSize: options.minSize,
    rules: rulesOf(kind, faults, linkOf, onDeath),
    queue: new TaskQueue(acceptOf(kind, faults), kind.affinity !== undefined),
    faults,
    restart: options.restart,
  });
}

/** Makes the core of a pool; `send` reaches its supervisor. */
export function createCore(
  id: string,
  kind: AnyKind,
  options: FullOptions,
  emitter: EventEmitter,
  send: (event: SupervisorEvent) => void,
): Core {
  const state = createState(
    kind,
    options,
    (seat) => core.links.get(seat),
    (entry, worker, exit) => askForRetry(core, entry as TaskEntry, worker, exit),
  );
  let isAnnounced = false;
  function tell(): void {
    if (!isAnnounced) return;
    isAnnounced = false;
    send({ type: 'enqueue' });
  }
  const core: Core = {
    get spares() {
      return spares;
    },
    get retirement() {
      return retirement;
    },
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
    feedbacks: [],
    overdue: new Set(),
    deaths: [],
    limits: undefined,
    timings: options.timings ? new Histograms() : undefined,
    journal: undefined,
    ending: undefined,
    traced: 0,
    pending: 0,
    isReferenced: false,
    watchers: new Set(),
    onSpawn: undefined,
    onReady: () => {},
    onRoom: () => {},
    send,
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
  const spares = new Spares(core);
  const retirement = new Retirement(core);
  return core;
}

/** May the pool start another worker for what waits? */
function canGrow({ minSize, seats, waiting, size }: PoolState): boolean {
  return minSize !== undefined && seats.size + waiting.size < size;
}

/** Tells the pool's listeners. What one of them throws is thrown where it harms nobody but its program. */
export function emit(core: Core, event: string, ...args: readonly unknown[]): void {
  try {
    core.emitter.emit(event, ...args);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/**
 * Puts a task into the queue and listens to its signal. Answers its entry. @throws what the kind's `affinity` or the
 * order's comparison throws, or {UsageError} for a wrong time; then nothing has happened
 */
export function admit(core: Core, task: unknown, options: RunOptions | undefined, origin?: string): TaskEntry {
  if (options !== undefined) checkTimes(options);
  const entry = createTaskEntry(core.kind, task, options, origin);
  enqueue(core, entry);
  return entry;
}

/** Puts an entry into the queue and listens to its signal. */
export function enqueue(core: Core, entry: TaskEntry): void {
  const { origin, options } = entry;
  core.state.queue.push(entry);
  if (origin !== undefined) core.state.followUps.add(entry);
  core.pending++;
  core.counts.accepted++;
  traceTask(core, entry);
  if (options?.signal !== undefined) listen(core, entry, options.signal);
  limitWait(core, entry);
  core.announce();
}

/** Cancels a task when this signal is aborted. */
export function listen(core: Core, entry: TaskEntry, signal: AbortSignal): void {
  const onAbort = () => {
    core.send({ type: 'cancelTask', entry, reason: signal.reason, grace: core.options.killGrace > 0 });
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const forgetOthers = entry.forgetSignal;
  entry.forgetSignal = () => {
    forgetOthers?.();
    signal.removeEventListener('abort', onAbort);
  };
}

function rulesOf(
  kind: AnyKind,
  faults: Fault[],
  linkOf: (seat: Seat) => Link | undefined,
  onDeath: Rules['onDeath'],
): Rules {
  return {
    onDeath,
    window: kind.window ?? 1,
    isIdempotent: kind.idempotent ?? false,
    begunOf: (seat) => linkOf(seat)?.ahead?.begun,
    recall: (seat, least) => linkOf(seat)?.ahead?.recall(least),
    requestOf(look, entry) {
      try {
        return kind.requestOfTask(look.status, entry.task);
      } catch (error) {
        faults.push({ entry, hook: 'requestOfTask', error });
        return FAULTY;
      }
    },
    keyOf(competence) {
      try {
        return kind.affinityOfCompetence?.(competence);
      } catch {
        // The verdict that gave this competence has failed its task for it already.
        return undefined;
      }
    },
  };
}

function acceptOf(kind: AnyKind, faults: Fault[]): Accept | undefined {
  if (kind.taskMatch === undefined && kind.affinity === undefined) return undefined;
  const match = (status: WorkerStatus, task: unknown) => kind.taskMatch?.(status, task) ?? true;
  return (look: Look, entry) => {
    if (look.status.type === 'old' && entry.key !== undefined && entry.key !== look.key) return false;
    try {
      return match(look.status, entry.task);
    } catch (error) {
      if (!faults.some((fault) => fault.entry === entry)) faults.push({ entry, hook: 'taskMatch', error });
      return false;
    }
  };
}
