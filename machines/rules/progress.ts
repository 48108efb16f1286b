import type { Effect } from '../state/effects.ts';
import { freshTakes, type PoolState } from '../state/pool-state.ts';
import { balanceTokens, waitsWithTask } from '../tokens/asking.ts';
import { settle } from './ending.ts';
import { watch } from './patience.ts';
import { makeRooms } from './rooms.ts';
import { leave } from './take.ts';

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
