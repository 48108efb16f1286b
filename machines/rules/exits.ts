import type { Entry } from '../queue/entry.ts';
import type { Effect } from '../state/effects.ts';
import type { PoolState, WorkerExit } from '../state/pool-state.ts';
import { answeredBy, type Seat } from '../state/seat.ts';
import type { SupervisorEvent } from '../state/supervisor-events.ts';
import { returnToken } from '../tokens/holding.ts';
import { kill, settle, stopCounting } from './ending.ts';
import { delay, giveBack, leave } from './take.ts';

type Exited = SupervisorEvent & { readonly type: 'exited' };

/**
 * Handles the exit of a worker's process or thread: its tasks go back to the queue or end, and its slot is free again.
 */
export function onExited(pool: PoolState, { worker: id, exit, isEarly }: Exited, effects: Effect[]): void {
  const seat = pool.seats.get(id);
  if (seat === undefined) return;
  const isFailedSpawn = !seat.hasStarted;
  if (seat.phase !== 'ending') stopCounting(pool, seat);
  pool.seats.delete(id);
  returnToken(pool, seat, effects);
  if (seat.status.type === 'old') pool.queue.unwatch(seat.cursor);
  effects.push({ type: 'forget', seat });
  const held = seat.held.splice(0);
  if (isFailedSpawn && !seat.isExpected) {
    giveBack(pool, held, effects);
    return onFailedSpawn(pool, seat, exit, effects);
  }
  if (isEarly === true && held.length === 0 && !seat.isExpected) {
    effects.push({ type: 'reportDeath', seat, exit });
    return onFailedSpawn(pool, seat, exit, effects);
  }
  pool.failures[seat.slot] = 0;
  const lost = lostBy(pool, seat, held, exit);
  for (const entry of lost) {
    const { isRetried, error, delay: ms } = pool.rules.onDeath(entry, id, exit);
    if (isRetried) {
      entry.retries++;
      if (ms !== undefined) delay(pool, entry, ms, effects);
    } else settle(entry, { type: 'died', worker: id, exit, error }, effects);
  }
  const isIdle = lost.length === 0 && held.every((entry) => entry.place === 'held');
  if (isIdle && !seat.isExpected) effects.push({ type: 'reportDeath', seat, exit });
  giveBack(pool, held, effects);
}

/**
 * Returns the tasks that are lost with a worker. If no task may be performed twice: all that it had begun. Otherwise
 * only the one that is to blame for its death, if the pool had not ended it.
 */
function lostBy(pool: PoolState, seat: Seat, held: readonly Entry[], exit: WorkerExit): readonly Entry[] {
  const begun = exit.started === undefined ? 0 : exit.started - answeredBy({ tasks: seat.tasks, held });
  if (begun > 0 && !pool.rules.isIdempotent) return held.slice(0, begun).filter(({ place }) => place === 'held');
  const blamed = seat.isExpected ? undefined : blamedOf(held, seat, exit, pool.restart.limit);
  return blamed === undefined ? [] : [blamed];
}

/**
 * Returns the task that a worker was performing when it died by itself; none if the worker reported that it had begun
 * none of the held tasks. A worker that held several and could not report how many it had begun leaves none to blame:
 * each is tried again alone. A task that comes back too often is blamed all the same.
 */
function blamedOf(held: readonly Entry[], seat: Seat, { begun }: WorkerExit, limit: number): Entry | undefined {
  const answered = answeredBy({ tasks: seat.tasks, held });
  const index = begun === undefined ? (held.length > 1 ? -1 : 0) : begun - answered - 1;
  const entry = index < 0 ? undefined : held[index];
  if (entry !== undefined) return entry.place === 'held' ? entry : undefined;
  for (const each of held) if (++each.retries > limit && each.place === 'held') return each;
  return undefined;
}

function onFailedSpawn(pool: PoolState, seat: Seat, exit: WorkerExit, effects: Effect[]): void {
  const failures = (pool.failures[seat.slot] ?? 0) + 1;
  pool.failures[seat.slot] = failures;
  const { limit, delay, maxDelay } = pool.restart;
  // One bad slot does not end the pool: it gives up only if no slot that was tried can be filled.
  const isHopeless = pool.seats.size === 0 && pool.failures.slice(0, pool.size).every((each) => !(each <= limit));
  if (isHopeless) return degrade(pool, exit, effects);
  if (pool.phase === 'destroying') return;
  pool.waiting.add(seat.slot);
  effects.push({ type: 'wait', slot: seat.slot, ms: Math.min(maxDelay, delay * 2 ** Math.min(failures - 1, 16)) });
}

/** Gives up: starts no more workers. Running tasks are finished, no other task is begun. */
export function degrade(pool: PoolState, exit: WorkerExit, effects: Effect[]): void {
  if (pool.degraded !== undefined || pool.phase === 'destroying') return;
  pool.degraded = exit;
  pool.waiting.clear();
  for (const seat of [...pool.seats.values()]) if (seat.phase !== 'busy') kill(pool, seat, effects);
  failQueue(pool, exit, effects);
  effects.push({ type: 'degrade', exit });
}

/** Fails the queued tasks of a pool that has given up, also the follow-ups of the last verdicts. */
export function failQueue(pool: PoolState, exit: WorkerExit, effects: Effect[]): void {
  for (const entry of [...pool.queue, ...pool.delayed]) {
    leave(pool, entry);
    settle(entry, { type: 'degraded', exit }, effects);
  }
}
