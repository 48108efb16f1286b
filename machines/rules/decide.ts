import type { Entry } from '../queue/entry.ts';
import type { Effect } from '../state/effects.ts';
import { freshCursorIn, hasTaskForFresh, leastOf, type PoolState } from '../state/pool-state.ts';
import { createSeat, type Seat } from '../state/seat.ts';
import type { SupervisorEvent } from '../state/supervisor-events.ts';
import { balanceTokens, onGranted } from '../tokens/asking.ts';
import { returnToken, waitsForToken } from '../tokens/holding.ts';
import { end, kill, killRetired, onIdle, resize, retire, settle } from './ending.ts';
import { degrade, failQueue, onExited } from './exits.ts';
import { onMeasured, onTick } from './patience.ts';
import { hasIdle, makeProgress, offer, offerToStarting } from './progress.ts';
import { giveBack, leave, onCheck, putBack, recall, recallAll, recallHalf, settleFaults } from './take.ts';

/**
 * Decides what the supervisor does about an event: updates the pool's state, and returns the effects that the world
 * must carry out, in order. The decision depends on the arguments alone: no clock, chance, id or process. Run on a copy
 * of a state, it is a pure function.
 */
export function decide(pool: PoolState, event: SupervisorEvent): Effect[] {
  const effects: Effect[] = [];
  const wasBusy = pool.busy > 0;
  react(pool, event, effects);
  settleFaults(pool, effects);
  if (pool.phase === 'destroying') return balanceTokens(pool, effects);
  if (pool.degraded !== undefined) failQueue(pool, pool.degraded, effects);
  fillSlots(pool, leastOf(pool), effects);
  offerFor(pool, event, effects);
  if (pool.minSize !== undefined && fillSlots(pool, demandOf(pool), effects)) {
    // No worker has to make way for a task that a new one will take.
    offerFor(pool, event, effects);
  }
  while (hasIdle(pool) && recallHalf(pool, effects)) offer(pool, effects);
  if (wasBusy && pool.busy === 0) effects.push({ type: 'announce', what: 'quiet' });
  makeProgress(pool, effects);
  // The check for progress calls taskMatch too. A task on which it threw is settled, and may have been the only
  // obstacle.
  if (pool.faults.length > 0) {
    settleFaults(pool, effects);
    makeProgress(pool, effects);
  }
  if (pool.phase === 'closing' && isFinished(pool)) finish(pool, effects);
  return effects;
}

/** Offers the queue to the workers: after a flush, also to those that are starting. */
function offerFor(pool: PoolState, event: SupervisorEvent, effects: Effect[]): void {
  offer(pool, effects);
  if (event.type === 'flush') offerToStarting(pool, effects);
}

function react(pool: PoolState, event: SupervisorEvent, effects: Effect[]): void {
  switch (event.type) {
    case 'enqueue':
    case 'flush':
      return;
    case 'due':
      if (pool.delayed.delete(event.entry)) putBack(pool, event.entry);
      return;
    case 'impatient':
      return onTick(pool, event.timer);
    case 'granted':
      return onGranted(pool, event.n);
    case 'check':
      return onCheck(pool, effects);
    case 'measured':
      return onMeasured(pool, event.means);
    case 'broadcast':
      return pool.queue.forget();
    case 'setOrder':
      return pool.queue.reorder(event.compare);
    case 'free':
      return onFree(pool, event.worker, effects);
    case 'ended':
      return onEnded(pool, event.worker, effects);
    case 'exited':
      onExited(pool, event, effects);
      if (event.isTooOften) degrade(pool, event.exit, effects);
      return;
    case 'respawn':
      pool.waiting.delete(event.slot);
      return;
    case 'cancelTask':
      return cancelTask(pool, event, effects);
    case 'overdue':
      return onOverdue(pool, event, effects);
    case 'cancelWorker':
      return cancelWorker(pool, pool.seats.get(event.worker), event.reason, effects);
    case 'cancelAll':
      emptyQueue(pool, event.reason, effects);
      for (const seat of pool.seats.values()) cancelHeld(pool, seat, event.reason, effects);
      return;
    case 'pause':
      pool.holds++;
      return recallAll(pool, effects);
    case 'resume':
      if (pool.holds > 0) pool.holds--;
      return;
    case 'resize':
      return resize(pool, event.size, effects);
    case 'retire':
      return onIdle(pool, event.worker, effects);
    case 'clear':
      return emptyQueue(pool, event.reason, effects);
    case 'close':
      pool.phase = 'closing';
      pool.holds = 0;
      if (event.tasks !== 'finish') recallAll(pool, effects);
      if (event.tasks !== 'finish') emptyQueue(pool, event.reason, effects);
      if (event.tasks === 'cancel') cancelBusy(pool, event.reason, effects);
      return;
    case 'destroy':
      return destroy(pool, event.reason, effects);
  }
}

/** Returns how many workers would have work, including those that are ending. */
function demandOf(pool: PoolState): number {
  const { queue, seats, waiting } = pool;
  if (pool.holds > 0 || !hasTaskForFresh(pool)) return 0;
  // Workers that are about to start will take some of the waiting tasks, and so will fresh ones that wait for a token.
  let starting = waiting.size;
  for (const seat of seats.values()) if (seat.phase === 'starting' || waitsForToken(pool, seat)) starting++;
  const wanted = Math.ceil(queue.length / pool.rules.concurrency) - starting;
  return Math.min(pool.size, seats.size + waiting.size + Math.max(0, wanted));
}

/**
 * Starts workers in empty slots until `wanted` slots are taken; returns whether any was started. A slot that waits after
 * a failed spawn is taken too.
 */
function fillSlots(pool: PoolState, wanted: number, effects: Effect[]): boolean {
  if (pool.degraded !== undefined || pool.seats.size + pool.waiting.size >= wanted) return false;
  const taken = new Set(pool.waiting);
  for (const seat of pool.seats.values()) taken.add(seat.slot);
  for (let slot = 0; slot < pool.size && taken.size < wanted; slot++) {
    if (taken.has(slot)) continue;
    taken.add(slot);
    const serial = (pool.serials[slot] ?? 0) + 1;
    pool.serials[slot] = serial;
    const seat = createSeat(`${pool.kind}:${slot}:${serial}`, slot, pool.freshCursor);
    pool.seats.set(seat.id, seat);
    seat.cursor = freshCursorIn(pool, slot);
    effects.push({ type: 'spawn', seat });
  }
  return true;
}

function onFree(pool: PoolState, id: string, effects: Effect[]): void {
  const seat = pool.seats.get(id);
  if (seat === undefined || (seat.phase !== 'starting' && seat.phase !== 'busy')) return;
  if (seat.phase === 'busy') pool.failures[seat.slot] = 0;
  returnToken(pool, seat, effects);
  seat.used = ++pool.clock;
  if (seat.phase === 'busy') pool.busy--;
  const isBack = seat.phase === 'busy' && !seat.hasStarted;
  seat.phase = isBack ? 'starting' : 'free';
  if (isBack) return;
  seat.hasStarted = true;
  if (seat.status.type === 'fresh') pool.free.unshift(seat);
  else pool.free.push(seat);
  if (pool.degraded !== undefined) kill(pool, seat, effects);
  else if (seat.slot >= pool.size) end(pool, seat, effects);
}

function onEnded(pool: PoolState, id: string, effects: Effect[]): void {
  const seat = pool.seats.get(id);
  if (seat === undefined) return;
  if (seat.phase === 'ending') {
    // The pool has killed the worker meanwhile, and its machine was dead already: the kill did not reach its process.
    effects.push({ type: 'kill', seat });
    return;
  }
  // A worker with requests that it may have begun holds its token until its exit.
  if (seat.held.length === 0) returnToken(pool, seat, effects);
  // The worker has not answered its prefetched requests, and never will.
  giveBack(pool, seat.held.splice(0), effects);
  retire(pool, seat);
}

function cancelTask(
  pool: PoolState,
  { entry, reason, grace }: { entry: Entry; reason?: unknown; grace: boolean },
  effects: Effect[],
): void {
  if (entry.place === 'settled') return;
  const seat = entry.holder === undefined ? undefined : pool.seats.get(entry.holder);
  if (entry.place === 'queued' || entry.place === 'delayed') leave(pool, entry);
  settle(entry, { type: 'cancelled', reason }, effects);
  if (seat === undefined || !seat.held.includes(entry)) return;
  const stop = () => (grace ? void effects.push({ type: 'abort', seat, entry, reason }) : kill(pool, seat, effects));
  if (pool.rules.concurrency > 1) return stop();
  // The worker has not begun the task, and now never will: the worker does not have to end.
  const least = seat.hasStarted ? 1 : 0;
  if (seat.held.indexOf(entry) >= least && recall(pool, seat, least, effects) && !seat.held.includes(entry)) {
    // A starting worker that was given only this task goes back to its start, or takes the next one.
    if (seat.held.length === 0) effects.push({ type: 'dispatch', seat, requests: [] });
    return;
  }
  const running = seat.held[(pool.rules.begunOf(seat) ?? 1) - 1] ?? seat.held[0];
  // The answer to the task is on its way, before that of the running one.
  if (seat.held.indexOf(entry) < seat.held.indexOf(running as Entry)) return;
  if (running === entry) stop();
  else kill(pool, seat, effects);
}

function onOverdue(pool: PoolState, { worker, entry }: { worker: string; entry: Entry }, effects: Effect[]): void {
  const seat = pool.seats.get(worker);
  // The worker may have stopped the task in time, and hold another one by now.
  if (seat?.held.includes(entry)) kill(pool, seat, effects);
}

function cancelWorker(pool: PoolState, seat: Seat | undefined, reason: unknown, effects: Effect[]): void {
  if (seat === undefined) return;
  recall(pool, seat, 1, effects);
  const begun = Math.max(1, pool.rules.begunOf(seat) ?? 1);
  for (const entry of seat.held.slice(0, begun)) {
    if (entry.place === 'held') settle(entry, { type: 'cancelled', reason }, effects);
  }
  kill(pool, seat, effects);
}

function cancelBusy(pool: PoolState, reason: unknown, effects: Effect[]): void {
  for (const seat of pool.seats.values()) if (seat.phase === 'busy') cancelHeld(pool, seat, reason, effects);
}

function cancelHeld(pool: PoolState, seat: Seat, reason: unknown, effects: Effect[]): void {
  for (const entry of seat.held) {
    if (entry.place === 'held') settle(entry, { type: 'cancelled', reason }, effects);
  }
  kill(pool, seat, effects);
}

function emptyQueue(pool: PoolState, reason: unknown, effects: Effect[]): void {
  for (const entry of [...pool.queue, ...pool.delayed]) {
    leave(pool, entry);
    settle(entry, { type: 'cancelled', reason }, effects);
  }
}

/** Returns whether no task is left. A worker that was killed may still hold one, which comes back with its exit. */
function isFinished({ queue, delayed, busy, seats }: PoolState): boolean {
  if (queue.length > 0 || delayed.size > 0 || busy > 0) return false;
  for (const { held } of seats.values()) if (held.some(({ place }) => place === 'held')) return false;
  return true;
}

/** Ends a closing pool in which no task is left: its free workers end on purpose. */
function finish(pool: PoolState, effects: Effect[]): void {
  pool.phase = 'destroying';
  pool.waiting.clear();
  for (const seat of pool.seats.values()) end(pool, seat, effects);
}

/** Ends the pool: kills every worker, also those that run the kind's `end`. */
function destroy(pool: PoolState, reason: unknown, effects: Effect[]): void {
  pool.phase = 'destroying';
  pool.waiting.clear();
  emptyQueue(pool, reason, effects);
  for (const seat of pool.seats.values()) {
    cancelHeld(pool, seat, reason, effects);
    killRetired(seat, effects);
  }
}
