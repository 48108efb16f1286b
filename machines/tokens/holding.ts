import type { Effect } from '../state/effects.ts';
import type { PoolState } from '../state/pool-state.ts';
import type { Seat } from '../state/seat.ts';

/**
 * Returns whether a worker may get a request: it needs a token for its first one. A worker that holds a token may get
 * more, as long as nobody waits for that token. Without a budget every worker may.
 */
export function mayTake(pool: PoolState, seat: Seat): boolean {
  const { tokens } = pool;
  if (tokens === undefined) return true;
  if (!seat.hasToken) return tokens.hand > 0;
  // A free worker of this pool may wait for a token and for a task that this worker does not take.
  const isWantedHere = tokens.asked > 0 && pool.rules.matching.isPicky;
  return !isWantedHere && !tokens.isContended();
}

/** Returns whether a fresh worker is free only because it has no token. */
export function waitsForToken({ tokens }: PoolState, { phase, status }: Seat): boolean {
  return tokens !== undefined && phase === 'free' && status.type === 'fresh';
}

/** Gives a worker that gets its first request one of the granted tokens. */
export function takeToken({ tokens }: PoolState, seat: Seat): void {
  if (tokens === undefined || seat.hasToken) return;
  tokens.hand--;
  seat.hasToken = true;
}

/** Takes the token back from a worker that performs nothing. If somebody waits for a token, it goes back to the source. */
export function returnToken({ tokens }: PoolState, seat: Seat, effects: Effect[]): void {
  if (tokens === undefined || !seat.hasToken) return;
  seat.hasToken = false;
  if (tokens.isContended()) effects.push({ type: 'giveTokens', n: 1 });
  else tokens.hand++;
}
