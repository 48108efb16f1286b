import { availableParallelism } from 'node:os';
import { performanceNow, setImmediate } from '../platform/platform.ts';

/** How long the next message is looked for with open eyes. In ms. */
export const SPIN = 0.05;

/** With one processor only, looking would take it from the one who is to send the message. */
export const canSpin = availableParallelism() > 1;

let end = 0;
let isTurning = false;

/**
 * The event loop turns for a moment instead of sleeping: to wake a sleeper takes longer than most messages take to come, and
 * more of both processors' time than this spin.
 */
export function keepSpinning(): void {
  if (!canSpin) return;
  end = performanceNow() + SPIN;
  if (isTurning) return;
  isTurning = true;
  setImmediate(turn);
}

function turn(): void {
  if (performanceNow() < end) setImmediate(turn);
  else isTurning = false;
}
