import type { Entry } from '../queue/entry.ts';
import type { MatchCursor } from '../queue/match-cursor.ts';
import type { PoolState } from '../state/pool-state.ts';
import type { Seat } from '../state/seat.ts';
import { Holders, MOST_SEEN, wants } from './holders.ts';
import { isAged, isDue } from './patience.ts';
import { mustMakeWay } from './rooms.ts';

/**
 * Returns the task that a worker takes next with this cursor. Returns none if there is none, if the tasks that it could
 * take are worth the wait for the workers that know them, or if the worker must make way for an aged task.
 *
 * Without a preference: the first task in order. A fresh worker of a kind with keys takes the first of a key that nobody
 * holds, if there is one. With a preference: an aged task that nobody holds, if the worker has had its key for long;
 * else the first that it prefers; else the first that nobody holds; else the first of the key with the longest wait. A
 * worker that takes its next task by itself takes none of the last two while others are free.
 */
export function choose(pool: PoolState, seat: Seat, cursor: MatchCursor): Entry | undefined {
  const { queue, rules } = pool;
  const { isPicky, isStrict, preference } = rules.matching;
  if (!isPicky || queue.length === 0) return queue.first(cursor);
  // A worker that has begun to load a key takes others only once it is old.
  const isFirstKey = rules.concurrency > 1 && seat.held.length > 0 && cursor.status.type === 'fresh';
  if (isFirstKey && rules.matching.keys !== undefined && seat.key !== undefined) return queue.firstOf(seat.key, cursor);
  const own = preference === 'none' ? firstInOrder(pool, cursor) : firstOwn(pool, seat, cursor);
  if (own !== undefined && cursor.status.type === 'old' && isDue(pool, seat)) {
    const elder = preference === 'none' ? undefined : elderFor(pool, seat, cursor);
    if (elder !== undefined && queue.isBefore(elder, own)) return elder;
    if (isStrict && mustMakeWay(pool, seat, own)) return undefined;
  }
  if (own !== undefined || preference === 'none') return own;
  // A worker that has just answered leaves such a task to the supervisor, which asks the free workers that know it first.
  if (seat.phase === 'busy' && pool.free.length > 0) return undefined;
  return firstUnmet(pool, cursor);
}

/** Returns whether a task costs this worker nothing new: no load of another key, and no other preference. */
export function isOwn(pool: PoolState, seat: Seat, entry: Entry): boolean {
  const { preference } = pool.rules.matching;
  if (preference === 'keys') return entry.key === undefined || entry.key === keyWith(pool, seat, seat.cursor);
  return preference === 'none' || pool.queue.prefers(seat.cursor, entry);
}

/** Returns whether a task waits that this worker prefers, or takes as its own, with this cursor. */
export function hasOwn(pool: PoolState, seat: Seat, cursor: MatchCursor): boolean {
  const { queue, rules } = pool;
  if (rules.matching.preference === 'none') return queue.first(cursor) !== undefined;
  return firstOwn(pool, seat, cursor) !== undefined;
}

/** Returns the first task in order; for a fresh worker, the first whose key nobody holds, if there is one. */
function firstInOrder(pool: PoolState, cursor: MatchCursor): Entry | undefined {
  const { queue, rules } = pool;
  const first = queue.first(cursor);
  const isAnyKey = cursor.status.type === 'fresh' && rules.matching.keys !== undefined;
  if (!isAnyKey || first?.key === undefined) return first;
  const unheld = queue.firstOutside(cursor, new Holders(pool).keys);
  const unkeyed = queue.firstOf(undefined, cursor);
  if (unheld === undefined || unkeyed === undefined) return unheld ?? unkeyed ?? first;
  return queue.isBefore(unheld, unkeyed) ? unheld : unkeyed;
}

/** Returns the key whose tasks a worker prefers with this cursor. */
function keyWith({ rules }: PoolState, seat: Seat, { status, key }: MatchCursor): string | undefined {
  if (status.type === 'fresh') return undefined;
  return rules.matching.hasKeyOfCompetence ? key : seat.key;
}

/** Returns the first task in order that the worker prefers. */
function firstOwn(pool: PoolState, seat: Seat, cursor: MatchCursor): Entry | undefined {
  const { queue, rules } = pool;
  return rules.matching.preference === 'keys'
    ? queue.firstOf(keyWith(pool, seat, cursor), cursor)
    : queue.firstWanted(cursor);
}

/** Returns the first task in order that no worker holds, this one included, if it is aged. */
function elderFor(pool: PoolState, seat: Seat, cursor: MatchCursor): Entry | undefined {
  const { queue, rules } = pool;
  const holders = new Holders(pool);
  const own = keyWith(pool, seat, cursor);
  const served = holders.served;
  if (own !== undefined) served.add(own);
  const isUnheld = (entry: Entry) => !queue.prefers(cursor, entry) && !holders.hasHolder(entry, wants(pool));
  const isByKey = rules.matching.preference === 'keys';
  const first = isByKey ? queue.firstOutside(cursor, served) : firstWhere(pool, cursor, isUnheld);
  return first !== undefined && isAged(pool, first) ? first : undefined;
}

/** Returns the first task in order that is not worth the wait for a worker which prefers it. */
function firstUnmet(pool: PoolState, cursor: MatchCursor): Entry | undefined {
  const { queue, rules } = pool;
  const holders = new Holders(pool);
  if (rules.matching.preference === 'hook')
    return firstWhere(pool, cursor, (entry) => !holders.keep(entry, wants(pool)));
  const unheld = queue.firstOutside(cursor, holders.keys);
  if (unheld !== undefined) return unheld;
  const longest = holders.longestKey();
  return longest === undefined ? undefined : queue.firstOf(longest, cursor);
}

function firstWhere(pool: PoolState, cursor: MatchCursor, is: (entry: Entry) => boolean): Entry | undefined {
  let seen = 0;
  for (const entry of pool.queue) {
    if (pool.queue.accepts(cursor, entry) && is(entry)) return entry;
    if (++seen === MOST_SEEN) return undefined;
  }
  return undefined;
}
