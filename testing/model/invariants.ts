import assert from 'node:assert';
import type { Entry } from '../../machines/queue/entry.ts';
import type { MatchCursor } from '../../machines/queue/match-cursor.ts';
import type { PoolState } from '../../machines/state/pool-state.ts';
import { leastOf } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';

/** A pool's state with an independent record of its tasks. */
export interface World {
  readonly pool: PoolState;
  /** Every task that ever entered. */
  readonly entries: readonly Entry[];
  /** The number of times that each task has settled. */
  readonly settled: ReadonlyMap<Entry, number>;
  /** The most requests that a worker may hold. @default the window of the rules */
  readonly most?: number;
  /** Returns whether this status may take this task now. */
  accepts(cursor: MatchCursor, entry: Entry): boolean;
  /** The number of rooms before the last decision. */
  rooms: number;
}

/**
 * Checks the invariants of ARCHITECTURE.md on a pool's state, between two events.
 *
 * @throws {AssertionError} naming the invariant that does not hold
 */
export function checkWorld(world: World): void {
  const { pool } = world;
  const seats = [...pool.seats.values()];
  checkTasks(world, seats);
  // Each slot has at most one worker, and no slot stays empty.
  assert.equal(new Set(seats.map(({ slot }) => slot)).size, seats.length, 'two workers in one slot');
  if (pool.phase !== 'destroying' && pool.degraded === undefined) {
    assert.ok(seats.length + pool.waiting.size >= leastOf(pool), 'a slot stays empty');
  }
  assert.deepEqual(pool.free.toSorted(byId), seats.filter(({ phase }) => phase === 'free').toSorted(byId));
  assert.equal(pool.busy, seats.filter(({ phase }) => phase === 'busy').length);
  if (pool.holds === 0 && pool.phase !== 'destroying') checkProgress(world, seats);
}

function checkTasks(world: World, seats: readonly Seat[]): void {
  const queued = new Set(world.pool.queue);
  const held = seats.flatMap((seat) => seat.held);
  // No worker holds more tasks than the window, and no task is held by two workers.
  const { window, concurrency } = world.pool.rules;
  assert.ok(
    seats.every((seat) => seat.held.length <= (world.most ?? Math.max(window, concurrency))),
    'more than the window',
  );
  assert.equal(new Set(held).size, held.length, 'a task is with two workers');
  // Each task is in one place, and settles once.
  for (const entry of world.entries) {
    const isSettled = world.settled.get(entry) === 1;
    const places = [queued.has(entry), held.includes(entry) && !isSettled, isSettled, world.pool.delayed.has(entry)];
    assert.equal(places.filter(Boolean).length, 1, `${show(entry)} is in ${JSON.stringify(places)}`);
  }
}

function checkProgress(world: World, seats: readonly Seat[]): void {
  const { pool } = world;
  const queued = [...pool.queue];
  // No worker is free while the queue has a task for it, unless a busy worker prefers that task, or a token is missing.
  const holders = seats.filter(({ phase, slot }) => phase === 'busy' && slot < pool.size);
  for (const seat of pool.free) {
    const entry = queued.find(
      (each) => world.accepts(seat.cursor, each) && !holders.some((holder) => prefers(pool, holder, each)),
    );
    if (pool.tokens !== undefined && pool.tokens.asked > 0) continue;
    assert.equal(entry, undefined, `${seat.id} is free, and takes ${entry && show(entry)}`);
  }
  for (const seat of holders) checkRoomBeside(world, seat, queued);
  if (pool.degraded === undefined) checkRooms(world, queued, holders);
  const isMoving =
    pool.busy > 0 ||
    pool.delayed.size > 0 ||
    pool.waiting.size > 0 ||
    (pool.tokens?.asked ?? 0) > 0 ||
    seats.some(({ phase }) => phase !== 'free');
  if (isMoving || pool.degraded !== undefined) return assert.ok(!pool.isStalled, 'stalled, though something moves');
  assert.equal(pool.isStalled, queued.length > 0, 'a task waits unseen');
  const wanted = queued.find((entry) => world.accepts(pool.freshCursor, entry));
  if (wanted !== undefined) assert.ok(seats.length >= pool.size, `no worker was started for ${show(wanted)}`);
  if (wanted !== undefined) assert.deepEqual(seats, [], `no room was made for ${show(wanted)}`);
  for (const entry of queued) {
    const isOrphan = entry.origin !== undefined && !pool.seats.has(entry.origin);
    if (isOrphan) assert.ok(world.accepts(pool.freshCursor, entry), `${show(entry)} is stranded, and waits`);
  }
}

/** Checks that no task waits while a worker that performs several at a time has room for it. */
function checkRoomBeside(world: World, seat: Seat, queued: readonly Entry[]): void {
  const { pool } = world;
  const { held, isJudged, status, key, hasStarted } = seat;
  const { keys, preference } = pool.rules.matching;
  if (held.length === 0 || held.length >= pool.rules.concurrency || isJudged || !hasStarted) return;
  // A task that comes back after a death is tried alone. A fresh worker loads one key.
  if (pool.tokens !== undefined || pool.degraded !== undefined || held.some(({ retries }) => retries > 0)) return;
  const first = queued.find(
    (each) => world.accepts(seat.cursor, each) && (keys === undefined || status.type === 'old' || each.key === key),
  );
  const mayWait = first === undefined || first.retries > 0 || preference !== 'none';
  assert.ok(mayWait, `${seat.id} has room, and takes ${first && show(first)}`);
}

/** Returns whether a task waits for this busy worker: the pool's kind has a preference, and the worker prefers it. */
function prefers({ rules, queue }: PoolState, holder: Seat, entry: Entry): boolean {
  const { preference } = rules.matching;
  if (preference === 'keys') return entry.key !== undefined && entry.key === holder.key;
  return preference === 'hook' && holder.status.type === 'old' && queue.prefers(holder.cursor, entry);
}

/**
 * Checks the rooms of the last decision: one was made only for a task that a fresh worker takes, and for which none was
 * on its way.
 */
export function checkNewRooms(world: World): void {
  const { pool } = world;
  const made = pool.scheduling.counts.rooms - world.rooms;
  world.rooms = pool.scheduling.counts.rooms;
  if (made === 0) return;
  const forFresh = [...pool.queue].filter((entry) => world.accepts(pool.freshCursor, entry)).length;
  assert.ok(comingTo(pool) <= forFresh, `${made} rooms: ${comingTo(pool)} workers come for ${forFresh} tasks`);
}

/** The number of slots in which a fresh worker will be free. */
function comingTo({ seats, waiting, size }: PoolState): number {
  let coming = waiting.size;
  for (const { phase, slot } of seats.values()) {
    if (phase === 'starting' || (phase === 'ending' && slot < size)) coming++;
  }
  return coming;
}

/**
 * Checks the rooms: as many fresh workers are on their way as tasks wait that only they take, as long as a free old
 * worker is left to end for them.
 */
function checkRooms(world: World, queued: readonly Entry[], holders: readonly Seat[]): void {
  const { pool } = world;
  const { matching } = pool.rules;
  const accepts = (cursor: MatchCursor, entry: Entry) => world.accepts(cursor, entry);
  const isForFresh = (entry: Entry) => accepts(pool.freshCursor, entry);
  const isNeeded = (seat: Seat) => queued.some((entry) => entry.origin === seat.id && !isForFresh(entry));
  const isWaiting = ({ cursor }: Seat) => pool.tokens !== undefined && queued.some((entry) => accepts(cursor, entry));
  const mayEnd = (seat: Seat) => !seat.isRecalled && !isNeeded(seat) && !isWaiting(seat);
  if (!pool.free.some((seat) => seat.status.type === 'old' && mayEnd(seat))) return;
  const unmet = queued.filter(isForFresh).filter((entry) => {
    const mayWait = matching.preference !== 'none' || pool.tokens !== undefined;
    if (mayWait && pool.free.some(({ cursor }) => accepts(cursor, entry))) return false;
    if (matching.keys === 'require' && entry.key !== undefined) return !holders.some(({ key }) => key === entry.key);
    return !holders.some(({ status, cursor }) => status.type === 'old' && accepts(cursor, entry));
  });
  // One worker takes all tasks of a key.
  const wanted = new Set(unmet.map((entry) => (matching.keys === 'require' ? (entry.key ?? entry) : entry))).size;
  assert.ok(comingTo(pool) >= wanted, `${comingTo(pool)} workers come for ${wanted} tasks: ${unmet.map(show)}`);
}

/**
 * Checks that the kind's `end` runs only in workers that were ended on purpose, and not killed since.
 *
 * @throws {AssertionError} naming the worker
 */
export function checkEnds(bodies: Iterable<{ readonly seat: Seat; readonly process: string }>): void {
  for (const { seat, process } of bodies) {
    assert.ok(process !== 'ending' || seat.isRetired, `${seat.id} was killed, and runs the end of its kind`);
  }
}

/**
 * Checks that no more processes live than the pool has workers.
 *
 * @throws {AssertionError} naming both numbers
 */
export function checkSize({
  pool,
  bodies,
}: {
  pool: PoolState;
  bodies: ReadonlyMap<string, { process: string }>;
}): void {
  const living = [...bodies.values()].filter(({ process }) => process !== 'gone').length;
  assert.ok(living <= pool.size, `${living} processes live, and the size is ${pool.size}`);
}

function byId(a: Seat, b: Seat): number {
  return a.id < b.id ? -1 : 1;
}

/** Returns an entry in a few words. */
export function show(entry: Entry): string {
  return JSON.stringify([
    entry.task,
    { priority: entry.priority, key: entry.key, origin: entry.origin, turn: entry.turn },
  ]);
}
