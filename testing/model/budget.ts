import assert from 'node:assert';
import type { Effect } from '../../machines/state/effects.ts';
import type { PoolState } from '../../machines/state/pool-state.ts';
import type { SupervisorEvent } from '../../machines/state/supervisor-events.ts';
import type { ModelBudget, ModelSettings } from './model-state.ts';
import type { Body } from './model-task.ts';

/** The parts of a model that share in a budget of tokens. */
interface Sharing {
  readonly pool: PoolState;
  readonly settings: ModelSettings;
  readonly bodies: ReadonlyMap<string, Body>;
  readonly mail: SupervisorEvent[];
  readonly budget: ModelBudget | undefined;
}

/** Makes the source of a model's tokens, or copies it; returns none without the setting `tokens`. */
export function createBudget({ tokens }: ModelSettings, from: ModelBudget | undefined): ModelBudget | undefined {
  if (from !== undefined) return { ...from };
  return tokens === undefined ? undefined : { left: tokens, asked: 0, isContended: false };
}

/** Does at the source of the tokens what the rules ask for; returns it in words. */
export function changeBudget(model: Sharing, effect: Effect & { readonly type: 'askTokens' | 'giveTokens' }): string {
  const { budget } = model;
  assert.ok(budget !== undefined, 'a pool without a budget exchanges tokens');
  // Grants that are on their way to the pool are a part of what it waits for.
  if (effect.type === 'askTokens') budget.asked = Math.max(0, effect.n - grantedIn(model));
  else budget.left += effect.n;
  return `${effect.type === 'askTokens' ? 'waits for' : 'gives back'} ${effect.n} tokens`;
}

/** Grants the pool one of the tokens that it waits for. */
export function grant({ budget, mail }: Sharing): void {
  if (budget === undefined) return;
  budget.left--;
  budget.asked--;
  mail.push({ type: 'granted', n: 1 });
}

/**
 * Checks that no token is lost or doubled, and that no more workers perform requests than there are tokens.
 *
 * @throws {AssertionError} naming the invariant that does not hold
 */
export function checkBudget(model: Sharing): void {
  const { pool, settings, bodies, budget } = model;
  const { tokens } = pool;
  if (budget === undefined || tokens === undefined) return;
  let held = 0;
  for (const { hasToken } of pool.seats.values()) if (hasToken) held++;
  const all = budget.left + grantedIn(model) + tokens.hand + held;
  assert.equal(all, settings.tokens, `${held} workers hold a token, and ${budget.left} are left`);
  assert.equal(tokens.hand, 0, 'the pool holds a token that no worker uses');
  assert.equal(tokens.asked, budget.asked + grantedIn(model), 'the pool waits for other tokens than it has asked for');
  let running = 0;
  for (const { seat, isRunning } of bodies.values()) {
    if (!isRunning) continue;
    running++;
    assert.ok(seat.hasToken, `${seat.id} performs a request, and holds no token`);
  }
  assert.ok(running <= (settings.tokens ?? 0), `${running} workers perform requests`);
}

function grantedIn({ mail }: Sharing): number {
  let granted = 0;
  for (const event of mail) if (event.type === 'granted') granted += event.n;
  return granted;
}
