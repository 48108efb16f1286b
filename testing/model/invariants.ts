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
  /** Returns whether this status may take this task now. */
  accepts(cursor: MatchCursor, entry: Entry): boolean;
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
  assert.ok(
    seats.every((seat) => seat.held.length <= world.pool.rules.window),
    'more than the window',
  );
  assert.equal(new Set(held).size, held.length, 'a task is with two workers');
  // Each task is in one place, and settles once.
  for (const entry of world.entries) {
    const isSettled = world.settled.get(entry) === 1;
    const places = [queued.has(entry), held.includes(entry) && !isSettled, isSettled];
    assert.equal(places.filter(Boolean).length, 1, `${show(entry)} is in ${JSON.stringify(places)}`);
  }
}

function checkProgress(world: World, seats: readonly Seat[]): void {
  const { pool } = world;
  const queued = [...pool.queue];
  // No worker is free while the queue has a task for it.
  for (const seat of pool.free) {
    const entry = queued.find((each) => world.accepts(seat.cursor, each));
    assert.equal(entry, undefined, `${seat.id} is free, and takes ${entry && show(entry)}`);
  }
  const isMoving = pool.busy > 0 || pool.waiting.size > 0 || seats.some(({ phase }) => phase !== 'free');
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
