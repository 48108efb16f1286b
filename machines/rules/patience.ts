import type { Entry } from '../queue/entry.ts';
import type { Effect } from '../state/effects.ts';
import type { PoolState } from '../state/pool-state.ts';
import type { Mark, Means } from '../state/scheduling.ts';
import { answeredBy, type Seat } from '../state/seat.ts';

/** The shortest tick, in ms: a pool with cheap workers looks no more often than that. */
const LEAST_TICK = 10;

/** The most ticks that are remembered. */
const MOST_MARKS = 4096;

/** The tick of a pool that has not measured what another worker costs. In ms. */
const FIRST_TICK = 1000;

/** Returns the time between two ticks, in ms; 0 or Infinity: there are none. */
function tickOf({ scheduling: { patience, age, means } }: PoolState): number {
  if (patience === undefined) return means.cost === 0 ? FIRST_TICK : Math.max(LEAST_TICK, Math.ceil(means.cost));
  return patience === 0 ? 0 : Math.max(1, Math.ceil(patience / age));
}

/**
 * Returns how many queued tasks may wait for each busy worker that takes them as it is. Beyond that, another worker
 * costs less than the wait. Without any measurement every task waits.
 */
export function allowanceOf({ scheduling: { patience, means } }: PoolState): number {
  const most = patience ?? means.cost;
  if (patience === 0) return 0;
  return means.work === 0 ? Number.POSITIVE_INFINITY : most / means.work;
}

/** Asks for the next tick if tasks wait and the time of their wait can matter. */
export function watch(pool: PoolState, effects: Effect[]): void {
  if (!needsWatch(pool)) return;
  pool.scheduling.isWatched = true;
  effects.push({ type: 'watch', ms: tickOf(pool), timer: ++pool.scheduling.timer });
}

/** Returns whether a tick is needed and not asked for yet. */
export function needsWatch(pool: PoolState): boolean {
  const { scheduling, rules, queue, busy, holds, phase } = pool;
  if (!rules.matching.isPicky || scheduling.isWatched || queue.length === 0 || busy === 0) return false;
  if (holds > 0 || phase === 'destroying' || pool.degraded !== undefined) return false;
  const tick = tickOf(pool);
  return tick > 0 && tick !== Number.POSITIVE_INFINITY;
}

/** Counts a tick: tasks age, and workers that have answered nothing since the last one come closer to being late. */
export function onTick(pool: PoolState, timer: number): void {
  const { scheduling } = pool;
  if (timer !== scheduling.timer) return;
  scheduling.isWatched = false;
  scheduling.ticks++;
  scheduling.marks.push({ turn: pool.queue.lastTurn, length: pool.queue.length });
  const surplus = scheduling.marks.length - 1 - agedAfter(pool);
  if (surplus > 0) scheduling.marks.splice(0, surplus);
  if (surplus >= 0) scheduling.agedTurn = (scheduling.marks[0] as Mark).turn;
  for (const seat of pool.seats.values()) {
    const answered = answeredBy(seat);
    seat.still = seat.phase === 'busy' && seat.answered === answered ? seat.still + 1 : 0;
    seat.answered = answered;
  }
}

/** Takes new means. A running timer that is much too long for them is not waited for. */
export function onMeasured(pool: PoolState, means: Means): void {
  const before = tickOf(pool);
  pool.scheduling.means = means;
  if (tickOf(pool) < before / 2) pool.scheduling.isWatched = false;
}

/** Returns whether a busy worker has been at one task for so long that nobody can say when it will be free. */
export function isLate({ scheduling: { patience, age } }: PoolState, seat: Seat): boolean {
  if (patience === 0) return true;
  // A measured cost is one tick: a worker that was silent for two of them may be silent for long.
  return seat.still >= (patience === undefined ? age / 2 : age) && seat.answered === answeredBy(seat);
}

/**
 * Returns after how many ticks a task is aged: after the pool's patience, and the time that the longest queue of late
 * takes. A task of a long queue would wait that long in any order.
 */
function agedAfter(pool: PoolState): number {
  const { age, marks, means } = pool.scheduling;
  let longest = 0;
  for (const { length } of marks) longest = Math.max(longest, length);
  return Math.min(MOST_MARKS, age + Math.floor((longest * means.work) / Math.max(1, pool.size) / tickOf(pool)));
}

/** Returns whether a task has waited so long that it goes before the own tasks of a worker. */
export function isAged({ scheduling }: PoolState, entry: Entry): boolean {
  return entry.turn <= scheduling.agedTurn;
}

/** Returns whether a worker has had its key for so long that an aged task may take it away from its own tasks. */
export function isDue({ scheduling: { patience, age, ticks } }: PoolState, seat: Seat): boolean {
  return patience === 0 || ticks - seat.since >= age;
}
