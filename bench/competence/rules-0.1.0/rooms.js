import { end } from './ending.js';

/**
 * The rooms of the first rules: only when nothing in the pool moves. The least recently used free old worker ends if a fresh
 * one would take a queued task; in a kind with keys, one for each key that waits.
 */
export function makeRooms(pool, isStandstill, effects) {
  if (!isStandstill || pool.size === 0 || pool.queue.first(pool.freshCursor) === undefined) return;
  const old = pool.free.filter(({ status }) => status.type === 'old');
  const keys = [...pool.queue.keys()].length;
  for (const seat of old.slice(0, Math.max(1, keys))) {
    pool.scheduling.counts.rooms++;
    end(pool, seat, effects);
  }
}

export const mustMakeWay = () => false;
