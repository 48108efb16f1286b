import { type Entry, move } from '../queue/entry.ts';
import type { Cause, Effect } from '../state/effects.ts';
import type { PoolState } from '../state/pool-state.ts';
import type { Seat } from '../state/seat.ts';

/** Ends a task without a verdict; does nothing if the task has settled. */
export function settle(entry: Entry, cause: Cause, effects: Effect[]): void {
  if (entry.place === 'settled') return;
  move(entry, 'settled');
  effects.push({ type: 'settle', entry, cause });
}

/** Ends a worker by the pool's decision: no task that it holds is to blame. */
export function end(pool: PoolState, seat: Seat, effects: Effect[]): void {
  if (seat.phase === 'ending') return;
  seat.isExpected = true;
  stopCounting(pool, seat);
  effects.push({ type: 'cancel', seat });
}

/** Stops counting a worker as free or busy; its slot stays taken until its process has exited. */
export function stopCounting(pool: PoolState, seat: Seat): void {
  if (seat.phase === 'free') pool.free.splice(pool.free.indexOf(seat), 1);
  if (seat.phase === 'busy') pool.busy--;
  seat.phase = 'ending';
}
