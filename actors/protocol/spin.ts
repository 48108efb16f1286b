import { availableParallelism } from 'node:os';
import { performanceNow, setImmediate } from '../platform/platform.ts';

/** The time that the event loop spins for the next message, in ms. */
export const SPIN = 0.05;

/** Is true if there is more than one processor. With only one, a spin would take it from the sender of the message. */
export const canSpin = availableParallelism() > 1;

let end = 0;
let isTurning = false;

/**
 * Keeps the event loop turning for so many ms instead of sleeping. Waking it up would take longer than most messages take
 * to come, and would cost both processors more time than this spin.
 */
export function keepSpinning(ms: number = SPIN): void {
  if (!canSpin) return;
  end = Math.max(end, performanceNow() + ms);
  if (isTurning) return;
  isTurning = true;
  setImmediate(turn);
}

function turn(): void {
  if (performanceNow() < end) setImmediate(turn);
  else isTurning = false;
}
