import { end } from './ending.js';

/**
 * The rooms of version 0.1.0 for a kind without keys: one, and only when nothing in the pool moves. The least recently
 * used free old worker ends if a fresh one would take a queued task.
 */
export function makeRooms(pool, isStandstill, effects) {
  if (!isStandstill || pool.size === 0 || pool.queue.first(pool.freshCursor) === undefined) return;
  const seat = pool.free.find(({ status }) => status.type === 'old');
  if (seat === undefined) return;
  pool.scheduling.counts.rooms++;
  end(pool, seat, effects);
}

export const mustMakeWay = () => false;
