import type { Entry } from '../queue/entry.ts';
import { createMatchCursor, type MatchCursor } from '../queue/match-cursor.ts';
import type { Queue } from '../queue/queue.ts';
import { FRESH, type Seat } from './seat.ts';

/** The kind's part in the decisions, with its throws caught. */
export interface Rules {
  /** The request of a task for a status; `undefined`: expired; FAULTY: the hook threw, and the fault is noted. */
  requestOf(cursor: MatchCursor, entry: Entry): unknown;
  /** Why a task's caller wants it no more, where the event that says so is still on its way. */
  reasonToStop(entry: Entry): { readonly reason: unknown } | undefined;
  /**
   * The worker of this task has died: tells the kind's hook, once, and answers whether the task is to be tried again.
   * `told` is what the hook was given.
   */
  onDeath(entry: Entry, worker: string, exit: WorkerExit): { readonly isRetried: boolean; readonly told: unknown };
  /** The affinity key of a competence. */
  keyOf(competence: unknown): string | undefined;
  /** Requests that one worker may hold at most. */
  readonly window: number;
  /** May a request be performed again that was begun and never answered? */
  readonly isIdempotent: boolean;
  /** How many of the requests that a worker holds it has begun; `undefined` where nobody can say. */
  begunOf(seat: Seat): number | undefined;
  /**
   * Keeps a worker from beginning more of what it holds, beyond the first `least`, and answers how many stay with it;
   * `undefined` where it can only be asked.
   */
  recall(seat: Seat, least: number): number | undefined;
}

/** Stands for the request of a task on which `requestOfTask` threw. */
export const FAULTY: unique symbol = Symbol('faulty');

/** A hook of the kind that threw on a task. */
export interface Fault {
  readonly entry: Entry;
  readonly hook: string;
  readonly error: unknown;
}

/** The limits on how often, and after which waits, workers that cannot start are tried again. Durations in ms. */
export interface RestartLimits {
  /** The most failed starts in a row, a slot. */
  readonly limit: number;
  /** The wait after the first failed start; it doubles with each. */
  readonly delay: number;
  /** The longest wait. */
  readonly maxDelay: number;
}

/** How a process or thread came to its end. */
export interface WorkerExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** What is known of the cause. */
  readonly reason:
    | 'exit'
    | 'signal'
    | 'oom'
    | 'uncaught'
    | 'disconnect'
    | 'spawn'
    | 'handshake'
    | 'killed'
    | 'garbled'
    | 'unresponsive';
  /** The number of the request that ended the worker, where it could say so. */
  readonly begun?: number;
  /** How many requests it had begun, where the master keeps count. */
  readonly started?: number;
  readonly stderrTail?: string;
  readonly cause?: unknown;
}

/** Everything the supervisor decides on. Held by reference: a copy a task would be the cost of the pool. */
export interface PoolState {
  readonly kind: string;
  readonly rules: Rules;
  readonly queue: Queue;
  readonly seats: Map<string, Seat>;
  /** The free workers: fresh ones first, then old ones, the least recently used first. */
  readonly free: Seat[];
  /** How often each slot was filled. */
  readonly serials: number[];
  /** Slots that wait for another try to start a worker. */
  readonly waiting: Set<number>;
  /** Queued tasks that a verdict made: the only ones that can be stranded. */
  readonly followUps: Set<Entry>;
  readonly faults: Fault[];
  readonly freshCursor: MatchCursor;
  readonly restart: RestartLimits;
  /** How many workers there may be. */
  size: number;
  /** How many there are at least; more only as long as they have work. `undefined`: as many as there may be. */
  readonly minSize: number | undefined;
  phase: 'open' | 'closing' | 'destroying';
  /** How many callers have asked for a pause. */
  holds: number;
  busy: number;
  clock: number;
  /** Failed spawns in a row, a slot. */
  readonly failures: number[];
  degraded: WorkerExit | undefined;
  isStalled: boolean;
  isIdle: boolean;
}

/** What a pool's state starts from. */
export interface PoolStateOptions {
  readonly kind: string;
  readonly size: number;
  readonly minSize?: number | undefined;
  readonly rules: Rules;
  readonly queue: Queue;
  readonly faults: Fault[];
  readonly restart: RestartLimits;
}

/** How many workers a pool keeps, whether they have work or not. */
export function leastOf(pool: Pick<PoolState, 'size' | 'minSize'>): number {
  return Math.min(pool.minSize ?? pool.size, pool.size);
}

/** A pool with an empty queue and no worker yet. */
export function createPoolState(options: PoolStateOptions): PoolState {
  const freshCursor = createMatchCursor(FRESH);
  options.queue.watch(freshCursor);
  return {
    ...options,
    minSize: options.minSize,
    seats: new Map(),
    free: [],
    serials: [],
    waiting: new Set(),
    followUps: new Set(),
    freshCursor,
    phase: 'open',
    holds: 0,
    busy: 0,
    clock: 0,
    failures: [],
    degraded: undefined,
    isStalled: false,
    isIdle: true,
  };
}
