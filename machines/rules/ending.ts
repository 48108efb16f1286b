import { type Entry, move } from '../queue/entry.ts';
import type { Cause, Effect } from '../state/effects.ts';
import { leastOf, type PoolState } from '../state/pool-state.ts';
import type { Seat } from '../state/seat.ts';

/** Ends a task without a verdict; does nothing if the task has settled. */
export function settle(entry: Entry, cause: Cause, effects: Effect[]): void {
  if (entry.place === 'settled') return;
  move(entry, 'settled');
  effects.push({ type: 'settle', entry, cause });
}

/**
 * Ends a free worker on purpose: the kind's `end` runs in it first. A worker that has not completed its start is
 * killed: it holds nothing yet.
 */
export function end(pool: PoolState, seat: Seat, effects: Effect[]): void {
  if (seat.phase !== 'free') return kill(pool, seat, effects);
  retire(pool, seat);
  effects.push({ type: 'retire', seat });
}

/** Notes that a worker is ended on purpose. */
export function retire(pool: PoolState, seat: Seat): void {
  seat.isExpected = true;
  seat.isRetired = true;
  stopCounting(pool, seat);
}

/** Kills a worker by the pool's decision: no task that it holds is to blame. */
export function kill(pool: PoolState, seat: Seat, effects: Effect[]): void {
  if (seat.phase === 'ending') return;
  seat.isExpected = true;
  stopCounting(pool, seat);
  effects.push({ type: 'cancel', seat });
}

/** Kills a worker that was ended on purpose, and may still run the kind's `end`. Does nothing to other workers. */
export function killRetired(seat: Seat, effects: Effect[]): void {
  if (!seat.isRetired) return;
  seat.isRetired = false;
  effects.push({ type: 'kill', seat });
}

/** Stops counting a worker as free or busy; its slot stays taken until its process has exited. */
export function stopCounting(pool: PoolState, seat: Seat): void {
  if (seat.phase === 'free') pool.free.splice(pool.free.indexOf(seat), 1);
  if (seat.phase === 'busy') pool.busy--;
  seat.phase = 'ending';
}

/** Sets the size of the pool: workers in slots beyond it end. */
export function resize(pool: PoolState, size: number, effects: Effect[]): void {
  pool.size = size;
  for (const slot of [...pool.waiting]) if (slot >= size) pool.waiting.delete(slot);
  for (const seat of [...pool.seats.values()]) {
    // A busy worker ends after its verdict.
    if (seat.slot >= size && seat.phase !== 'busy') end(pool, seat, effects);
  }
}

/** Ends a worker that has had no work for long, if the pool can do without it. */
export function onIdle(pool: PoolState, id: string, effects: Effect[]): void {
  const seat = pool.seats.get(id);
  // A worker that waits for a token has work.
  if (seat?.phase !== 'free' || (pool.tokens?.asked ?? 0) > 0) return;
  let living = 0;
  for (const { phase } of pool.seats.values()) if (phase !== 'ending') living++;
  if (living > leastOf(pool)) end(pool, seat, effects);
}
