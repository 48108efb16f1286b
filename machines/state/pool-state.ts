import type { WorkerPlace } from '../../kinds/kind.ts';
import type { Entry } from '../queue/entry.ts';
import { createMatchCursor, type MatchCursor } from '../queue/match-cursor.ts';
import type { Queue } from '../queue/queue.ts';
import type { Matching } from './matching.ts';
import { createScheduling, type Scheduling } from './scheduling.ts';
import { FRESH, type Seat } from './seat.ts';
import { createTokens, type Tokens } from './tokens.ts';

/** The kind's part in the decisions. Errors of its hooks are caught. */
export interface Rules {
  /** Makes the request of a task for a status. `undefined`: expired. FAULTY: the hook threw, and the fault is noted. */
  requestOf(cursor: MatchCursor, entry: Entry, worker: WorkerPlace): unknown;
  /** Returns why the caller no longer wants a task, if the event that says so is still on its way. */
  reasonToStop(entry: Entry): { readonly reason: unknown } | undefined;
  /**
   * Decides about a task whose worker died: the task is tried again if it has attempts left, or if the kind's hook, which
   * gets `error`, wants that. `delay`: the time before the next attempt, in ms; without it the task is queued at once.
   */
  onDeath(entry: Entry, worker: string, exit: WorkerExit): DeathAnswer;
  /** Returns the affinity key of a competence. */
  keyOf(competence: unknown): string | undefined;
  /** The part of a worker's status in the choice of its tasks. */
  readonly matching: Matching;
  /** The most requests that one worker may hold. */
  readonly window: number;
  /** The most requests that one worker performs at the same time. With more than one, each counts as begun once it is sent. */
  readonly concurrency: number;
  /** Is true if a request that was begun and never answered may be performed again. */
  readonly isIdempotent: boolean;
  /** Returns how many of its held requests a worker has begun; `undefined` if that is not known. */
  begunOf(seat: Seat): number | undefined;
  /**
   * Keeps a worker from beginning more than its first `least` held requests, and returns how many stay with it;
   * `undefined` if that is not certain at once.
   */
  recall(seat: Seat, least: number): number | undefined;
}

/** The decision about a task whose worker died. */
export interface DeathAnswer {
  readonly isRetried: boolean;
  readonly error: unknown;
  readonly delay?: number | undefined;
}

/** Stands for the request of a task on which `requestOfTask` threw. */
export const FAULTY: unique symbol = Symbol('faulty');

/** An error that a hook of the kind threw on a task. */
export interface Fault {
  readonly entry: Entry;
  readonly hook: string;
  readonly error: unknown;
}

/** The limits on retries of failed starts, and the waits between. Durations in ms. */
export interface RestartLimits {
  /** The most failed starts in a row, for each slot. */
  readonly limit: number;
  /** The wait after the first failed start; doubles with each further one. */
  readonly delay: number;
  /** The longest wait. */
  readonly maxDelay: number;
}

/** The end of a process or thread. */
export interface WorkerExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The known cause. */
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
  /** The number of the request that ended the worker, if the worker could report it. */
  readonly begun?: number;
  /** The number of requests that the worker had begun, if the master keeps count. */
  readonly started?: number;
  readonly stderrTail?: string;
  readonly cause?: unknown;
}

/**
 * The state that the supervisor decides on. Held by reference: one copy for each task would be the main cost of the
 * pool.
 */
export interface PoolState {
  readonly kind: string;
  readonly rules: Rules;
  readonly queue: Queue;
  readonly seats: Map<string, Seat>;
  /** The free workers: fresh ones first, then old ones, the least recently used first. */
  readonly free: Seat[];
  /** The number of workers that each slot has had. */
  readonly serials: number[];
  /** The slots that wait for another try to start a worker. */
  readonly waiting: Set<number>;
  /** The queued tasks that a verdict made: while the pool is open, only these can be stranded. */
  readonly followUps: Set<Entry>;
  /** The tasks that wait for another attempt. */
  readonly delayed: Set<Entry>;
  readonly faults: Fault[];
  readonly freshCursor: MatchCursor;
  /** The fresh status of each slot; only if the kind's answers depend on the slot. */
  readonly freshBySlot: MatchCursor[];
  readonly scheduling: Scheduling;
  readonly restart: RestartLimits;
  /** The pool's part in a budget of tokens; `undefined` in a pool without one. */
  readonly tokens: Tokens | undefined;
  /** The most workers that the pool may have. */
  size: number;
  /** The least number of workers; more exist only while they have work. `undefined`: the same as `size`. */
  readonly minSize: number | undefined;
  phase: 'open' | 'closing' | 'destroying';
  /** The number of pauses in force. */
  holds: number;
  busy: number;
  clock: number;
  /** The number of failed spawns in a row, for each slot. */
  readonly failures: number[];
  degraded: WorkerExit | undefined;
  isStalled: boolean;
  isIdle: boolean;
  /** The number of processors that the workers may use. */
  readonly processors: number;
  /** The time until the awaited event `check`, in ms; 0 if none is awaited. */
  check: number;
}

/** The inputs of a new pool's state. */
export interface PoolStateOptions {
  readonly kind: string;
  readonly size: number;
  readonly minSize?: number | undefined;
  readonly rules: Rules;
  readonly queue: Queue;
  readonly faults: Fault[];
  readonly restart: RestartLimits;
  /** See `Scheduling`. */
  readonly patience?: number | undefined;
  readonly age?: number | undefined;
  /** See `Tokens`; only for a pool with a budget. */
  readonly isContended?: (() => boolean) | undefined;
  /** @default Infinity */
  readonly processors?: number;
}

/** Returns how many workers a pool keeps, with or without work. */
export function leastOf(pool: Pick<PoolState, 'size' | 'minSize'>): number {
  return Math.min(pool.minSize ?? pool.size, pool.size);
}

/** Makes the state of a pool with an empty queue and no worker yet. */
export function createPoolState(options: PoolStateOptions): PoolState {
  const freshCursor = createMatchCursor(FRESH);
  options.queue.watch(freshCursor);
  const { patience, age, isContended, ...given } = options;
  return {
    ...given,
    minSize: options.minSize,
    processors: options.processors ?? Number.POSITIVE_INFINITY,
    scheduling: createScheduling(patience, age),
    tokens: isContended === undefined ? undefined : createTokens(isContended),
    freshBySlot: [],
    seats: new Map(),
    free: [],
    serials: [],
    waiting: new Set(),
    followUps: new Set(),
    delayed: new Set(),
    freshCursor,
    phase: 'open',
    holds: 0,
    busy: 0,
    clock: 0,
    failures: [],
    degraded: undefined,
    isStalled: false,
    isIdle: true,
    check: 0,
  };
}

/** Returns the cursor of a fresh worker in a slot: of the worker that is there, or of the next one. */
export function freshCursorIn(pool: PoolState, slot: number): MatchCursor {
  const { rules, queue, freshBySlot, freshCursor } = pool;
  if (!rules.matching.isBySlot) return freshCursor;
  const id = `${pool.kind}:${slot}:${nextSerialIn(pool, slot)}`;
  const known = freshBySlot[slot];
  if (known?.worker?.id === id) return known;
  if (known !== undefined) queue.unwatch(known);
  const cursor = createMatchCursor(FRESH, undefined, { id, slot, tasks: 0 });
  queue.watch(cursor);
  freshBySlot[slot] = cursor;
  return cursor;
}

/** Returns whether a fresh worker in this slot takes an entry. */
export function freshTakesIn(pool: PoolState, slot: number, entry: Entry): boolean {
  return pool.queue.accepts(freshCursorIn(pool, slot), entry);
}

/** Returns whether a fresh worker in any slot takes an entry. */
export function freshTakes(pool: PoolState, entry: Entry): boolean {
  if (!pool.rules.matching.isBySlot) return pool.queue.accepts(pool.freshCursor, entry);
  for (let slot = 0; slot < pool.size; slot++) if (freshTakesIn(pool, slot, entry)) return true;
  return false;
}

/** Returns whether a fresh worker in any slot takes a queued task. */
export function hasTaskForFresh(pool: PoolState): boolean {
  if (!pool.rules.matching.isBySlot) return pool.queue.first(pool.freshCursor) !== undefined;
  for (let slot = 0; slot < pool.size; slot++) {
    if (pool.queue.first(freshCursorIn(pool, slot)) !== undefined) return true;
  }
  return false;
}

/** Returns the serial of the fresh worker in a slot, or of the next one there. */
function nextSerialIn({ seats, serials, kind }: PoolState, slot: number): number {
  const serial = serials[slot] ?? 0;
  const status = seats.get(`${kind}:${slot}:${serial}`)?.status;
  return status?.type === 'fresh' ? serial : serial + 1;
}
