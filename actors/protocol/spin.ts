import { availableParallelism } from 'node:os';
import { performanceNow, setImmediate } from '../platform/platform.ts';

/** The time that the event loop spins for the next message, in ms. */
export const SPIN = 0.05;

/** The longest spin, in ms: code that has just started takes some times as long for a message as it will. */
export const LONGEST_SPIN = 0.25;

/** Is true if there is more than one processor. With only one, a spin would take it from the sender of the message. */
export const canSpin = availableParallelism() > 1;

/** The time that a thread waits for the next request before it returns to its event loop, in ms. */
export const POLL = 1;

/** The longest wait that is worth it, in ms. */
const QUICK = 0.25;

/** The first requests of a worker, whose waits say little: the code on both sides runs for the first times. */
const COLD = 32;

/** Returns whether so many ms were worth waiting for the next request, after so many requests of this worker. */
export function isWorthWaiting(ms: number, requests: number): boolean {
  return ms <= (requests > COLD ? QUICK : POLL);
}

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
