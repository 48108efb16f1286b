import type { Entry } from '../queue/entry.ts';
import type { Effect } from '../state/effects.ts';
import { freshTakes, freshTakesIn, type PoolState } from '../state/pool-state.ts';
import type { Seat } from '../state/seat.ts';
import { end } from './ending.ts';
import { Holders, MOST_SEEN, takes } from './holders.ts';
import { isAged } from './patience.ts';

/**
 * Makes rooms: ends free old workers, the least recently used first, so that fresh ones take the queued tasks that no
 * worker takes soon. At most one room a task, and none for a task that a starting worker will take. A worker is spared
 * if tasks would be stranded without it, unless nothing else moves; also one that `hasTask`: it waits for a token.
 */
export function makeRooms(
  pool: PoolState,
  isStandstill: boolean,
  effects: Effect[],
  hasTask: (seat: Seat) => boolean,
): void {
  if (!pool.rules.matching.isStrict || pool.size === 0) return;
  const rooms = pool.free.filter((seat) => seat.status.type === 'old' && !seat.isRecalled && !hasTask(seat));
  if (rooms.length === 0) return;
  const coming = slotsComing(pool);
  const needed = isStandstill ? new Set<string>() : neededMakers(pool);
  const kept = rooms.filter(({ id }) => !needed.has(id));
  for (const entry of unmetTasks(pool, coming.length + kept.length)) {
    if (takeFirst(coming, (slot) => freshTakesIn(pool, slot, entry)) !== undefined) continue;
    const seat = takeFirst(kept, ({ slot }) => freshTakesIn(pool, slot, entry));
    if (seat === undefined) continue;
    pool.scheduling.counts.rooms++;
    seat.isRoom = true;
    end(pool, seat, effects);
  }
}

/**
 * Returns whether an old worker must end although it has a task of its own: an aged task waits before that one, nobody
 * holds it, and no other worker is free or starting for it.
 */
export function mustMakeWay(pool: PoolState, seat: Seat, own: Entry): boolean {
  const { scheduling } = pool;
  if (seat.asked === scheduling.ticks && scheduling.patience !== 0) return false;
  let free = 0;
  for (const other of pool.free) if (other !== seat && other.status.type === 'old') free++;
  const most = slotsComing(pool).length + free;
  const isAsked = agedTasks(pool, seat, own, most + 1) > most && !neededMakers(pool).has(seat.id);
  if (!isAsked) seat.asked = scheduling.ticks;
  return isAsked;
}

/** Returns the slots in which a fresh worker will be free without another room. */
function slotsComing({ seats, waiting, size }: PoolState): number[] {
  const slots = [...waiting];
  for (const { phase, slot } of seats.values()) {
    if (phase === 'starting' || (phase === 'ending' && slot < size)) slots.push(slot);
  }
  return slots;
}

/** Returns the workers that have made a queued follow-up which no fresh worker takes. */
function neededMakers(pool: PoolState): Set<string> {
  const needed = new Set<string>();
  let seen = 0;
  for (const entry of pool.followUps) {
    if (++seen > MOST_SEEN) break;
    if (entry.origin !== undefined && !needed.has(entry.origin) && !freshTakes(pool, entry)) needed.add(entry.origin);
  }
  return needed;
}

/** Returns the queued tasks that fresh workers take and no busy worker takes soon; at most `most`. */
function unmetTasks(pool: PoolState, most: number): Set<Entry> {
  const { queue } = pool;
  const holders = new Holders(pool);
  const isByKey = pool.rules.matching.keys === 'require';
  const unmet = new Set<Entry>();
  let seen = 0;
  for (const key of isByKey ? queue.keys() : []) {
    const wanted = Math.min(most, unmet.size + holders.wantedFor(key));
    for (const entry of unmet.size < wanted ? queue.entriesOf(key) : []) {
      if (freshTakes(pool, entry) && !needsOnlyToken(pool, entry)) unmet.add(entry);
      if (unmet.size === wanted || ++seen > MOST_SEEN) break;
    }
    if (unmet.size === most || ++seen > MOST_SEEN) break;
  }
  for (const entry of isByKey ? queue.entriesOf(undefined) : queue) {
    if (unmet.size === most || ++seen > MOST_SEEN) break;
    if (!freshTakes(pool, entry) || isTakenByFree(pool, entry) || holders.keep(entry, takes(pool))) continue;
    unmet.add(entry);
  }
  return unmet;
}

/** Counts the aged tasks before `own` that fresh workers take and no busy worker holds, up to `most`. */
function agedTasks(pool: PoolState, seat: Seat, own: Entry, most: number): number {
  const holders = new Holders(pool);
  const { queue, rules } = pool;
  let found = 0;
  let seen = 0;
  if (rules.matching.keys === 'require') {
    const keys = holders.served;
    if (seat.key !== undefined) keys.add(seat.key);
    while (found < most) {
      const entry = queue.firstOutside(undefined, keys);
      if (entry === undefined || !isAged(pool, entry) || queue.isBefore(own, entry)) return found;
      keys.add(entry.key as string);
      if (freshTakes(pool, entry)) found++;
      if (++seen > MOST_SEEN) return found;
    }
    return found;
  }
  // A fresh worker takes the first task that it may take: only the tasks at the head get one.
  for (const entry of queue) {
    if (found === most || entry === own || ++seen > MOST_SEEN) return found;
    if (!freshTakes(pool, entry)) continue;
    const isHeld = queue.accepts(seat.cursor, entry) || holders.hasHolder(entry, takes(pool));
    if (isHeld || !isAged(pool, entry)) return found;
    found++;
  }
  return found;
}

/** Returns whether a free worker may take a task, and prefers to wait. */
function isTakenByFree(pool: PoolState, entry: Entry): boolean {
  if (pool.rules.matching.preference === 'none') return needsOnlyToken(pool, entry);
  return pool.free.some(({ cursor }) => pool.queue.accepts(cursor, entry));
}

/** Returns whether a task waits only for a token: a free worker takes it, and no other worker is needed. */
function needsOnlyToken({ tokens, free, queue }: PoolState, entry: Entry): boolean {
  return tokens !== undefined && free.some(({ cursor }) => queue.accepts(cursor, entry));
}

/** Takes the first element that passes out of a list. */
function takeFirst<T>(list: T[], passes: (each: T) => boolean): T | undefined {
  const index = list.findIndex(passes);
  return index < 0 ? undefined : list.splice(index, 1)[0];
}
