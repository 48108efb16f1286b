import type { Entry } from '../queue/entry.ts';
import { choose, isOwn } from '../rules/choice.ts';
import { isServed } from '../rules/take.ts';
import type { Effect } from '../state/effects.ts';
import type { PoolState } from '../state/pool-state.ts';
import type { Seat } from '../state/seat.ts';

/** Takes tokens that the source has granted. */
export function onGranted({ tokens }: PoolState, n: number): void {
  if (tokens === undefined) return;
  tokens.hand += n;
  tokens.asked = Math.max(0, tokens.asked - n);
}

/** Offers the queue to one free worker after the other, as long as there are tokens. */
export function offerInTurn(pool: PoolState, offerTo: (seat: Seat) => void): void {
  for (let seat = nextInTurn(pool); seat !== undefined; seat = nextInTurn(pool)) {
    const { length } = pool.queue;
    offerTo(seat);
    // A hook has changed its mind: the next decision asks it again.
    if (pool.queue.length === length) return;
  }
}

/**
 * Returns the free worker that gets the next token: the one whose next task is the first in order. So no task waits for
 * ever because the workers that take other tasks always get the token. Returns none if no token or no task is left.
 */
function nextInTurn(pool: PoolState): Seat | undefined {
  const { tokens, queue, free } = pool;
  if (tokens === undefined || tokens.hand === 0) return undefined;
  let best: { readonly seat: Seat; readonly entry: Entry } | undefined;
  for (const seat of free.toReversed()) {
    const entry = nextOf(pool, seat);
    if (entry === undefined) continue;
    const isEarlier =
      best === undefined ||
      queue.isBefore(entry, best.entry) ||
      (entry === best.entry && costOf(pool, seat, entry) < costOf(pool, best.seat, entry));
    if (isEarlier) best = { seat, entry };
    // Any worker takes the first task.
    if (!pool.rules.matching.isPicky) break;
  }
  return best?.seat;
}

/**
 * Gives back the granted tokens that no worker wants, and asks for as many as free workers would use now. An effect tells
 * the new number only if it has changed. Returns the effects.
 */
export function balanceTokens(pool: PoolState, effects: Effect[]): Effect[] {
  const { tokens } = pool;
  if (tokens === undefined) return effects;
  const wanted = tokens.hand > 0 ? 0 : wantedIn(pool);
  if (tokens.hand > 0) {
    effects.push({ type: 'giveTokens', n: tokens.hand });
    tokens.hand = 0;
  }
  if (wanted !== tokens.asked) effects.push({ type: 'askTokens', n: wanted });
  tokens.asked = wanted;
  return effects;
}

/** Returns whether a free worker waits for a token to take a task. */
export function waitsWithTask(pool: PoolState, seat: Seat): boolean {
  return pool.tokens !== undefined && nextOf(pool, seat) !== undefined;
}

/** Returns how many free workers have a task. Two of them may have the same one. */
function wantedIn(pool: PoolState): number {
  const { queue, free } = pool;
  let wanted = 0;
  for (const seat of free) {
    if (wanted >= queue.length) break;
    if (nextOf(pool, seat) !== undefined) wanted++;
  }
  return wanted;
}

function nextOf(pool: PoolState, seat: Seat): Entry | undefined {
  return isServed(pool, seat) ? choose(pool, seat, seat.cursor) : undefined;
}

/** Ranks the workers that take the same task: one that knows it, then a fresh one, then one that would switch. */
function costOf(pool: PoolState, seat: Seat, entry: Entry): number {
  if (isOwn(pool, seat, entry)) return 0;
  return seat.status.type === 'fresh' ? 1 : 2;
}
