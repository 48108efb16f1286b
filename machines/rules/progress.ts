import type { Effect } from '../state/effects.ts';
import type { PoolState } from '../state/pool-state.ts';
import { end, settle } from './ending.ts';
import { leave } from './take.ts';

/** Returns whether something is under way that may change what the queued tasks match. */
function isMoving(pool: PoolState): boolean {
  if (pool.holds > 0 || pool.busy > 0 || pool.free.length < pool.seats.size || pool.waiting.size > 0) return true;
  // A recalled worker gets no task until it has reported what it has dropped: it does not refuse any.
  return pool.free.some((seat) => seat.isRecalled);
}

/**
 * Ensures that no task waits for ever unseen. Acts if the queue is not empty, no live worker takes any of its tasks,
 * and nothing under way could change that: makes room for a fresh worker, or fails the stranded follow-ups, or emits
 * `stalled`.
 */
export function makeProgress(pool: PoolState, effects: Effect[]): void {
  const wasStalled = pool.isStalled;
  pool.isStalled = false;
  if (pool.queue.length === 0) {
    if (!pool.isIdle && pool.busy === 0) {
      pool.isIdle = true;
      effects.push({ type: 'announce', what: 'idle' });
    }
    return;
  }
  pool.isIdle = false;
  if (isMoving(pool) || pool.degraded !== undefined || makeRoom(pool, effects)) return;
  failStranded(pool, effects);
  if (pool.queue.length === 0) return makeProgress(pool, effects);
  pool.isStalled = true;
  if (!wasStalled) effects.push({ type: 'announce', what: 'stalled' });
}

/**
 * Ends the least recently used free old worker if a fresh one would take a queued task. With affinity keys, ends one
 * for each key that waits: tasks of different keys need different workers.
 */
function makeRoom(pool: PoolState, effects: Effect[]): boolean {
  if (pool.size === 0 || pool.queue.first(pool.freshCursor) === undefined) return false;
  const old = pool.free.filter((seat) => seat.status.type === 'old');
  let keys = 0;
  for (const _ of pool.queue.keys()) if (++keys >= old.length) break;
  const rooms = old.slice(0, Math.max(1, keys));
  for (const seat of rooms) end(pool, seat, effects);
  return rooms.length > 0;
}

/**
 * Fails each follow-up whose maker is gone and that a fresh worker would not take: no worker will ever take it. Fails
 * every queued task once the pool is closing: nothing can come that would change what the workers match.
 */
function failStranded(pool: PoolState, effects: Effect[]): void {
  const isClosing = pool.phase === 'closing';
  for (const entry of isClosing ? [...pool.queue] : [...pool.followUps]) {
    if (!isClosing && entry.origin !== undefined && pool.seats.has(entry.origin)) continue;
    if (!isClosing && pool.queue.accepts(pool.freshCursor, entry)) continue;
    leave(pool, entry);
    settle(entry, { type: 'stranded' }, effects);
  }
}
