/**
 * Processors that solvers share. A solver that waits is started when a processor is idle. A solver that is needed at
 * once is always started; then the spare ones are stopped if there are more solvers than processors.
 */
export class Processors {
  /** The number of processors. */
  readonly count: number;
  #busy = 0;
  readonly #waiting = new Set<() => void>();
  readonly #spare = new Set<() => void>();

  constructor(count: number) {
    this.count = count;
  }

  /** Counts a solver that begins to work. */
  take(): void {
    this.#busy++;
    if (this.#busy > this.count) for (const stop of this.#spare) stop();
  }

  /** Counts a solver that has ended its work. */
  release(): void {
    this.#busy--;
    this.#startWaiting();
  }

  /** Calls `start`, which takes a processor, while one is idle, until `leave` is called with it. */
  whenIdle(start: () => void): void {
    this.#waiting.add(start);
    this.#startWaiting();
  }

  /** Names a solver that others can do without. */
  spare(stop: () => void): void {
    this.#spare.add(stop);
    if (this.#busy > this.count) stop();
  }

  /** Forgets a function that waits or is spare. */
  leave(call: () => void): void {
    this.#waiting.delete(call);
    this.#spare.delete(call);
  }

  #startWaiting(): void {
    for (const start of this.#waiting) while (this.#busy < this.count && this.#waiting.has(start)) start();
  }
}
