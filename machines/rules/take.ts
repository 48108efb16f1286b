import type { WorkerStatus } from '../../kinds/kind.ts';
import { type Entry, move } from '../queue/entry.ts';
import { createMatchCursor, type MatchCursor } from '../queue/match-cursor.ts';
import type { Effect } from '../state/effects.ts';
import { FAULTY, type PoolState } from '../state/pool-state.ts';
import { answeredBy, type Seat } from '../state/seat.ts';
import { mayTake, takeToken } from '../tokens/holding.ts';
import { choose, hasOwn, isOwn } from './choice.ts';
import { settle } from './ending.ts';

/** The time after which a worker that has begun and answered nothing counts as silent, in ms. */
const SILENCE = 2;

/** The same for a worker that may hold so many requests: each of them takes a thirtieth of a ms at most. */
const QUICK = { requests: 32, silence: 0.25 } as const;

/** Returns whether this worker may get any task at all. */
export function isServed(pool: PoolState, seat: Seat): boolean {
  if (pool.holds > 0 || pool.phase === 'destroying' || pool.degraded !== undefined) return false;
  return seat.slot < pool.size && !seat.isRecalled;
}

/** Returns the cursor of a worker after it learns a competence: the present cursor if the competence is the same. */
function cursorAfter(pool: PoolState, seat: Seat, competence: unknown): MatchCursor {
  const { status } = seat.cursor;
  if (status.type === 'old' && Object.is(status.competence, competence)) return seat.cursor;
  const next = seat.nextCursor?.status;
  if (next?.type === 'old' && Object.is(next.competence, competence)) return seat.nextCursor as MatchCursor;
  const learnt: WorkerStatus = { type: 'old', competence };
  seat.nextCursor = createMatchCursor(learnt, pool.rules.keyOf(competence), seat.place);
  return seat.nextCursor;
}

/**
 * Returns whether a worker that learns this competence stays busy: it holds more requests, or the queue has a task for
 * it.
 */
export function hasNextWith(pool: PoolState, seat: Seat, competence: unknown): boolean {
  if (seat.held.length > 0) return true;
  if (!isServed(pool, seat) || !mayTake(pool, seat)) return false;
  return choose(pool, seat, cursorAfter(pool, seat, competence)) !== undefined;
}

/**
 * Returns whether the queue has a task that costs a worker with this competence nothing new. If not, a task that comes
 * at once may be a better one than any that waits.
 */
export function hasOwnWith(pool: PoolState, seat: Seat, competence: unknown): boolean {
  return hasOwn(pool, seat, cursorAfter(pool, seat, competence));
}

/** Returns whether a worker whose status is unchanged stays busy. */
export function hasNext(pool: PoolState, seat: Seat): boolean {
  if (seat.held.length > 0) return true;
  return isServed(pool, seat) && mayTake(pool, seat) && choose(pool, seat, seat.cursor) !== undefined;
}

/** Gives the worker the competence of its last verdict; returns whether the competence has changed. */
export function learn(pool: PoolState, seat: Seat, competence: unknown): boolean {
  const cursor = cursorAfter(pool, seat, competence);
  if (cursor === seat.cursor) return false;
  if (seat.status.type === 'old') pool.queue.unwatch(seat.cursor);
  pool.queue.watch(cursor);
  seat.cursor = cursor;
  seat.nextCursor = undefined;
  seat.status = cursor.status;
  if (pool.rules.matching.hasKeyOfCompetence) seat.key = cursor.key;
  // The prefetched requests were chosen for the old status.
  seat.window = 1;
  return true;
}

/**
 * Takes from the queue what this worker may hold in addition to its present requests, and returns the requests to send.
 * This is the one place where a task meets a worker: the supervisor calls it for a free worker; a worker that has just
 * answered calls it for itself, without a trip through the supervisor's mailbox.
 */
export function take(pool: PoolState, seat: Seat, effects: Effect[], share = shareOf(pool, seat)): unknown[] {
  const { rules } = pool;
  const requests: unknown[] = [];
  if (!isServed(pool, seat) || !mayTake(pool, seat)) return requests;
  while (seat.held.length < share && !isAlone(pool, seat.held[0])) {
    const entry = choose(pool, seat, seat.cursor);
    if (entry === undefined || (isAlone(pool, entry) && seat.held.length > 0)) break;
    leave(pool, entry);
    const request = rules.requestOf(seat.cursor, entry, seat.place);
    if (request === FAULTY) continue;
    // The hook may have cancelled its own task: no worker has to end for that.
    const stop = rules.reasonToStop(entry);
    if (stop !== undefined || request === undefined) {
      settle(entry, stop === undefined ? { type: 'expired' } : { type: 'cancelled', reason: stop.reason }, effects);
      continue;
    }
    takeToken(pool, seat);
    note(pool, seat, entry);
    entry.holder = seat.id;
    seat.held.push(entry);
    seat.tasks++;
    requests.push(request);
  }
  if (pool.faults.length > 0) settleFaults(pool, effects);
  if (seat.held.length > 1) checkLater(pool, effects);
  return requests;
}

/** Returns how many requests a worker may hold: a share of the queue, so that the first one does not leave others idle. */
function shareOf({ rules, queue, seats }: PoolState, { window, held }: Seat): number {
  const share = Math.ceil(queue.length / seats.size);
  if (rules.concurrency > 1) return Math.min(rules.concurrency, held.length + share);
  return window === 1 ? 1 : Math.min(window, share);
}

/** Asks for a check of what workers hold and have not begun, if another worker could perform it. */
function checkLater(pool: PoolState, effects: Effect[]): void {
  // A task of a picky kind stays with the worker that knows it, and one that is performed with others has begun.
  if (pool.check > 0 || pool.seats.size < 2 || pool.rules.matching.isPicky || pool.rules.concurrency > 1) return;
  pool.check = SILENCE;
  for (const seat of pool.seats.values()) pool.check = Math.min(pool.check, silenceOf(pool, seat));
  effects.push({ type: 'check', ms: pool.check });
}

/** Returns a number that grows whenever a worker answers a request, or begins one, as far as that is known. */
export function progressOf({ rules }: PoolState, seat: Seat): number {
  // A request that is answered counts twice: it had begun.
  return 2 * answeredBy(seat) + (rules.begunOf(seat) ?? 0);
}

/**
 * Returns the time after which a worker counts as silent, in ms. Where begun requests are not counted, a batch may take
 * long; where workers share processors, each of them waits for its turn.
 */
function silenceOf({ rules, seats, processors }: PoolState, seat: Seat): number {
  const isQuick = seat.window >= QUICK.requests && seats.size <= processors && rules.begunOf(seat) !== undefined;
  return isQuick ? QUICK.silence : SILENCE;
}

/** Takes back what silent workers have not begun: their running request may take long. */
export function onCheck(pool: PoolState, effects: Effect[]): void {
  const ms = pool.check;
  pool.check = 0;
  for (const seat of pool.seats.values()) {
    if (seat.held.length < 2) continue;
    const progress = progressOf(pool, seat);
    seat.silence = seat.checked === progress ? seat.silence + ms : 0;
    seat.checked = progress;
    if (seat.silence >= silenceOf(pool, seat)) {
      seat.window = 1;
      recall(pool, seat, 1, effects);
    }
    if (seat.held.length > 1) checkLater(pool, effects);
  }
}

/** Takes back what the workers have not begun, where that is certain at once. */
export function recallAll(pool: PoolState, effects: Effect[]): void {
  for (const seat of pool.seats.values()) recall(pool, seat, 1, effects);
}

/**
 * Takes back half of what the busy worker with the most requests has not begun; returns whether there was any. Only for
 * kinds that leave the number of requests to the pool.
 */
export function recallHalf(pool: PoolState, effects: Effect[]): boolean {
  if (pool.rules.window > 1 || pool.rules.concurrency > 1) return false;
  let fullest: Seat | undefined;
  for (const seat of pool.seats.values()) {
    if (seat.held.length > Math.max(1, fullest?.held.length ?? 0)) fullest = seat;
  }
  if (fullest === undefined) return false;
  const before = fullest.held.length;
  recall(pool, fullest, Math.ceil(before / 2), effects);
  return fullest.held.length < before;
}

/** Returns how many tasks wait at busy workers. Only of kinds that leave the number of requests to the pool. */
export function sentEarly({ rules, seats }: PoolState): number {
  if (rules.window > 1 || rules.concurrency > 1) return 0;
  let early = 0;
  for (const { held } of seats.values()) if (held.length > 1) early += held.length - 1;
  return early;
}

/** Counts a task by what its worker knows, and notes the key that the worker holds from now on. */
function note(pool: PoolState, seat: Seat, entry: Entry): void {
  const { scheduling, rules } = pool;
  const how = seat.status.type === 'fresh' ? 'fresh' : isOwn(pool, seat, entry) ? 'hits' : 'switches';
  scheduling.counts[how]++;
  if (!rules.matching.isPicky) return;
  seat.isLoading = how !== 'hits';
  if (seat.isLoading) seat.since = scheduling.ticks;
  if (entry.key !== undefined) seat.key = entry.key;
}

/**
 * Returns whether a task is sent alone: a retried one, so that it harms no other task if it was the cause of its
 * worker's death; and one that moves buffers, because a prefetched request may have to come back. No request comes back
 * from a worker that performs several.
 */
function isAlone({ rules }: PoolState, entry: Entry | undefined): boolean {
  return entry !== undefined && (entry.retries > 0 || (entry.transfers && rules.concurrency === 1));
}

/** Takes an entry out of the queue, or out of its wait for another attempt: for good, or for a worker. */
export function leave(pool: PoolState, entry: Entry): void {
  if (pool.delayed.delete(entry)) return;
  pool.queue.remove(entry);
  if (entry.origin !== undefined) pool.followUps.delete(entry);
}

/** Puts entries back at the head of the queue, in their order. An entry whose buffers have moved ends instead. */
export function giveBack(pool: PoolState, entries: readonly Entry[], effects: Effect[]): void {
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i] as Entry;
    if (entry.place !== 'held') continue;
    if (entry.isSpent) settle(entry, { type: 'spent' }, effects);
    else putBack(pool, entry);
  }
}

/** Puts a task at the head of the queue, or at its place in the order: before its equals. */
export function putBack(pool: PoolState, entry: Entry): void {
  entry.holder = undefined;
  pool.queue.unshift(entry);
  if (entry.origin !== undefined) pool.followUps.add(entry);
}

/** Lets a task wait before its next attempt. */
export function delay(pool: PoolState, entry: Entry, ms: number, effects: Effect[]): void {
  move(entry, 'delayed');
  entry.holder = undefined;
  pool.delayed.add(entry);
  effects.push({ type: 'delay', entry, ms });
}

/**
 * Takes back the requests that a worker holds and has not begun, beyond its first `least` ones. They go to the head of
 * the queue, in order. Returns false if that cannot be done at once.
 */
export function recall(pool: PoolState, seat: Seat, least: number, effects: Effect[]): boolean {
  if (seat.held.length <= least) return true;
  const begun = pool.rules.recall(seat, least);
  if (begun === undefined) return false;
  returnFrom(pool, seat, begun, effects);
  return true;
}

/** Puts back all requests of a worker beyond the first `begun` ones: the worker will not begin them. */
export function returnFrom(pool: PoolState, seat: Seat, begun: number, effects: Effect[]): void {
  const entries = seat.held.splice(begun);
  seat.tasks -= entries.length;
  giveBack(pool, entries, effects);
}

/** Ends the tasks on which a hook of the kind threw. */
export function settleFaults(pool: PoolState, effects: Effect[]): void {
  if (pool.faults.length === 0) return;
  for (const fault of pool.faults.splice(0)) {
    if (fault.entry.place === 'queued') leave(pool, fault.entry);
    settle(fault.entry, { type: 'fault', fault }, effects);
  }
}
