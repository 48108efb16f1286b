import { availableParallelism } from 'node:os';

/** How long an answer is looked for with open eyes. In ms. */
const PATIENCE = 0.05;

/** Now and then it is tried with workers that have been slow. */
const TRY = 32;

/** Looking costs a processor, which is not to be taken from the workers. */
const canWatch = availableParallelism() > 1;

const watching = new Set<Vigil>();
let isTurning = false;

/** Keeps the event loop from falling asleep: to wake it takes longer than most short tasks. */
function turn(): void {
  const now = performance.now();
  for (const vigil of watching) vigil.look(now);
  if (watching.size > 0) setImmediate(turn);
  else isTurning = false;
}

/**
 * Watches for the answers of one worker that is known to be quick: for a moment after each request the event loop turns
 * instead of sleeping. It never does for longer than that, and not at all for workers that take their time.
 */
export class Vigil {
  #sent = 0;
  #end = 0;
  #count = 0;
  /** How long answers have taken lately. In ms. */
  #pace = 0;
  readonly #look: (() => void) | undefined;

  /** `look` fetches answers that are there already; without it the event loop finds them. */
  constructor(look?: () => void) {
    this.#look = look;
  }

  /** A request was sent. */
  sent(): void {
    if (!canWatch) return;
    this.#sent = performance.now();
    if (this.#pace > PATIENCE && ++this.#count % TRY !== 0) return;
    this.#end = this.#sent + PATIENCE;
    watching.add(this);
    if (isTurning) return;
    isTurning = true;
    setImmediate(turn);
  }

  /** An answer has come. */
  answered(): void {
    if (this.#sent === 0) return;
    this.#pace = 0.8 * this.#pace + 0.2 * (performance.now() - this.#sent);
    this.stop();
  }

  /** Nothing more will come. */
  stop(): void {
    this.#sent = 0;
    watching.delete(this);
  }

  look(now: number): void {
    this.#look?.();
    if (now > this.#end) watching.delete(this);
  }
}
