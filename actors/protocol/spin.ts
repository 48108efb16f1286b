import { availableParallelism } from 'node:os';
import { performanceNow, setImmediate } from '../platform/platform.ts';
import { AdaptivePause } from './adaptive-pause.ts';

/** The time that a thread or an event loop spins for the next message, in ms. */
export const SPIN = 0.05;

/** The longest spin, in ms: code that has just started takes some times as long for a message as it will. */
const LONGEST_SPIN = 0.25;

/** Is true if there is more than one processor. With only one, a spin would take it from the sender of the message. */
export const canSpin = availableParallelism() > 1;

/** The longest time from an answer to the next request of a caller in a hurry, in ms. */
const HURRY = 0.25;

/**
 * Spins for the next message of one peer while the peer is quick, for about as long as its last messages took. A sleep
 * saves a caller that is in no hurry more processor time than it costs in waking up.
 */
export class AdaptiveSpin {
  readonly #hurry: number;
  readonly #pause = new AdaptivePause();
  #sent = 0;
  #isWatched = false;
  /** The time of a spin, in ms. */
  #spin = LONGEST_SPIN;
  #receivedAt = Number.NEGATIVE_INFINITY;

  /** `hurry`: the longest time from a message of the peer to the next one to it, in ms. Later ones get no spin. */
  constructor(hurry: number = HURRY) {
    this.#hurry = hurry;
  }

  /** Notes that a message was sent. Spins for the next one of the peer, unless the last spins were in vain. */
  sent(): void {
    this.#sent = performanceNow();
    this.#isWatched = this.#sent - this.#receivedAt <= this.#hurry && this.#pause.isDue();
    if (this.#isWatched) keepSpinning(this.#spin);
  }

  /** Notes that a message of the peer has come. */
  received(): void {
    this.#receivedAt = performanceNow();
    if (!this.#isWatched) return;
    this.#isWatched = false;
    const ms = this.#receivedAt - this.#sent;
    this.#pause.ended(ms <= this.#spin);
    // Twice the time of late, which varies.
    this.#spin = Math.min(LONGEST_SPIN, Math.max(SPIN, 0.75 * this.#spin + 0.5 * ms));
  }
}

/** The number of turns that `pauseWhileCold` makes longer. */
const COLD = 4096;

/** Bytes that are searched in vain, which takes about a microsecond. */
const ZEROS = new Uint8Array(4096);

let turns = 0;

/**
 * Makes a turn of a spin longer while the thread is new. V8 would soon compile a loop of many short turns, and all that it
 * calls, for some ms on a processor that the threads need: the first 100 tasks would take twice as long.
 */
export function pauseWhileCold(): void {
  if (turns === COLD) return;
  turns++;
  ZEROS.indexOf(1);
}

let end = 0;
let isTurning = false;

/**
 * Keeps the event loop turning for so many ms instead of sleeping. Waking it up would take longer than most messages take
 * to come, and would cost both processors more time than this spin.
 */
function keepSpinning(ms: number): void {
  if (!canSpin) return;
  end = Math.max(end, performanceNow() + ms);
  if (isTurning) return;
  isTurning = true;
  setImmediate(turn);
}

function turn(): void {
  pauseWhileCold();
  if (performanceNow() < end) setImmediate(turn);
  else isTurning = false;
}
