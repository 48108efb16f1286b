import type { Effect } from '../state/effects.ts';
import { freshTakes, type PoolState } from '../state/pool-state.ts';
import type { Seat } from '../state/seat.ts';
import { balanceTokens, offerInTurn, waitsWithTask } from '../tokens/asking.ts';
import { mayTake } from '../tokens/holding.ts';
import { hasOwn } from './choice.ts';
import { settle } from './ending.ts';
import { watch } from './patience.ts';
import { makeRooms } from './rooms.ts';
import { isServed, leave, take } from './take.ts';

/** Returns whether something is under way that may change what the queued tasks match. */
function isMoving(pool: PoolState): boolean {
  if (
    pool.holds > 0 ||
    pool.busy > 0 ||
    pool.delayed.size > 0 ||
    pool.free.length < pool.seats.size ||
    pool.waiting.size > 0 ||
    (pool.tokens !== undefined && pool.tokens.asked > 0)
  )
    return true;
  // A recalled worker gets no task until it has reported what it has dropped: it does not refuse any.
  return pool.free.some((seat) => seat.isRecalled);
}

/**
 * Ensures that no task waits for ever unseen. Acts if the queue is not empty, no live worker takes any of its tasks,
 * and nothing under way could change that: makes room for a fresh worker, or fails the stranded follow-ups, or emits
 * `stalled`. While something is under way, makes room for the tasks that no busy worker takes soon.
 */
export function makeProgress(pool: PoolState, effects: Effect[]): void {
  const wasStalled = pool.isStalled;
  pool.isStalled = false;
  balanceTokens(pool, effects);
  if (pool.queue.length === 0) {
    if (!pool.isIdle && pool.busy === 0 && pool.delayed.size === 0) {
      pool.isIdle = true;
      effects.push({ type: 'announce', what: 'idle' });
    }
    return;
  }
  pool.isIdle = false;
  if (pool.degraded !== undefined) return;
  if (pool.holds === 0) makeRooms(pool, !isMoving(pool), effects, (seat) => waitsWithTask(pool, seat));
  watch(pool, effects);
  if (isMoving(pool)) return;
  failStranded(pool, effects);
  if (pool.queue.length === 0) return makeProgress(pool, effects);
  pool.isStalled = true;
  if (!wasStalled) effects.push({ type: 'announce', what: 'stalled' });
}

/**
 * Fails each follow-up whose maker is gone and that a fresh worker would not take: no worker will ever take it. Fails
 * every queued task once the pool is closing: nothing can come that would change what the workers match.
 */
function failStranded(pool: PoolState, effects: Effect[]): void {
  const isClosing = pool.phase === 'closing';
  for (const entry of isClosing ? [...pool.queue] : [...pool.followUps]) {
    if (!isClosing && entry.origin !== undefined && pool.seats.has(entry.origin)) continue;
    if (!isClosing && freshTakes(pool, entry)) continue;
    leave(pool, entry);
    settle(entry, { type: 'stranded' }, effects);
  }
}

/**
 * Offers the queue to the free workers: old ones first, the most recently used first, so that their competence is used.
 * With a preference, each is offered what it prefers; then the others are offered the rest: fresh ones first, then the
 * least recently used. Busy workers that perform several requests at a time get what is left.
 */
export function offer(pool: PoolState, effects: Effect[]): void {
  if (pool.tokens !== undefined) offerInTurn(pool, (seat) => offerTo(pool, seat, effects));
  else offerFree(pool, effects);
  if (pool.rules.concurrency > 1) offerBeside(pool, effects);
}

function offerFree(pool: PoolState, effects: Effect[]): void {
  const { free, queue, rules } = pool;
  if (queue.length === 0) return;
  const { preference, isStrict } = rules.matching;
  const hasPreference = preference !== 'none';
  for (const seat of free.toReversed()) {
    if (!hasPreference || hasOwn(pool, seat, seat.cursor)) offerTo(pool, seat, effects);
  }
  if (hasPreference) {
    const isFresh = ({ status }: Seat) => status.type === 'fresh';
    for (const seat of free.filter(isFresh).reverse()) offerTo(pool, seat, effects);
    for (const seat of [...free]) if (!isFresh(seat)) offerTo(pool, seat, effects);
  }
  if (!isStrict) return;
  // A worker that made way for a task need not do so once another worker has taken that task.
  for (const seat of [...free]) if (seat.status.type === 'old') offerTo(pool, seat, effects);
}

/** Returns whether a free worker has nothing to do. */
export function hasIdle(pool: PoolState): boolean {
  return (
    pool.queue.length === 0 && pool.busy > 0 && pool.free.some((seat) => isServed(pool, seat) && mayTake(pool, seat))
  );
}

/** Gives a free worker what it takes. */
function offerTo(pool: PoolState, seat: Seat, effects: Effect[]): void {
  if (pool.queue.length === 0) return;
  // Of several requests at a time each worker gets one first, so that the work is spread.
  const requests = take(pool, seat, effects, pool.rules.concurrency > 1 ? 1 : undefined);
  if (requests.length === 0) return;
  if (pool.free.at(-1) === seat) pool.free.pop();
  else pool.free.splice(pool.free.indexOf(seat), 1);
  occupy(pool, seat, requests, effects);
}

/**
 * Gives each starting worker a task, or as many as it performs together, one at a time to each. It begins them once it
 * has started, even if the program cannot answer its hello. A task whose buffers move waits: they would be lost with a
 * worker that never starts.
 */
export function offerToStarting(pool: PoolState, effects: Effect[]): void {
  for (let most = 1; most <= pool.rules.concurrency && pool.queue.length > 0; most++) {
    for (const seat of pool.seats.values()) {
      const { phase, hasStarted, held } = seat;
      // One that has just started is about to be free, and a busy one without a request is about to start again.
      if (hasStarted || (phase !== 'starting' && (phase !== 'busy' || held.length === 0))) continue;
      if (pool.queue.first(seat.cursor)?.transfers !== false) continue;
      const requests = take(pool, seat, effects, most);
      if (requests.length === 0) continue;
      if (phase === 'starting') occupy(pool, seat, requests, effects);
      else dispatch(seat, requests, effects);
    }
  }
}

/** Makes a worker busy with requests that it has just taken. */
function occupy(pool: PoolState, seat: Seat, requests: readonly unknown[], effects: Effect[]): void {
  seat.phase = 'busy';
  pool.busy++;
  pool.isIdle = false;
  effects.push({ type: 'dispatch', seat, requests });
}

/** Returns whether the supervisor may give a busy worker another request beside those that it performs. */
function hasRoom(pool: PoolState, seat: Seat): boolean {
  const { phase, held, isJudged, hasStarted } = seat;
  const isBeside =
    phase === 'busy' && hasStarted && !isJudged && held.length > 0 && held.length < pool.rules.concurrency;
  return isBeside && isServed(pool, seat);
}

/** Returns whether any busy worker may get another request beside those that it performs. */
export function hasRoomBeside(pool: PoolState): boolean {
  if (pool.rules.concurrency === 1) return false;
  for (const seat of pool.seats.values()) if (hasRoom(pool, seat)) return true;
  return false;
}

/** Gives the busy workers with room what they take of the queue: one task at a time to the one that performs the fewest. */
function offerBeside(pool: PoolState, effects: Effect[]): void {
  const refused = new Set<Seat>();
  while (pool.queue.length > 0) {
    let best: Seat | undefined;
    for (const seat of pool.seats.values()) {
      const isBetter = best === undefined || seat.held.length < best.held.length;
      if (isBetter && !refused.has(seat) && hasRoom(pool, seat)) best = seat;
    }
    if (best === undefined) return;
    const requests = take(pool, best, effects, best.held.length + 1);
    if (requests.length === 0) refused.add(best);
    else dispatch(best, requests, effects);
  }
}

/** Sends requests to a worker, together with those that it is sent in the same decision. */
function dispatch(seat: Seat, requests: readonly unknown[], effects: Effect[]): void {
  const index = effects.findIndex((effect) => effect.type === 'dispatch' && effect.seat === seat);
  const before = effects[index];
  if (before?.type !== 'dispatch') effects.push({ type: 'dispatch', seat, requests });
  else effects[index] = { ...before, requests: [...before.requests, ...requests] };
}
