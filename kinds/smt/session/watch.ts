import type { Engine } from '../engine/engine.ts';

/** The reason why a solver was stopped. */
export type StopReason = 'timeout' | 'deadline' | 'cancelled';

// Z3 checks its flag every few milliseconds; without an answer by then, Z3 is in a loop that does not check it.
const grace = 500;

/**
 * Stops a solver that takes too long or is no longer needed: interrupts it, and kills it if that does not help.
 *
 * In the worker, one a request. `dispose` it when the request is answered, so that no timer is left.
 */
export class Watch implements Disposable {
  /** The first reason to stop the solver; `undefined` if it was not stopped. */
  reason: StopReason | undefined;
  readonly #engine: Engine;
  readonly #signal: AbortSignal;
  readonly #timers = new Set<NodeJS.Timeout>();
  #timeout: NodeJS.Timeout | undefined;
  readonly #abort = (): void => this.#stop('cancelled');

  /** Starts the watch. `deadlineMs` counts from now. */
  constructor(engine: Engine, deadlineMs: number, signal: AbortSignal) {
    this.#engine = engine;
    this.#signal = signal;
    this.#after(deadlineMs, () => this.#stop('deadline'));
    if (signal.aborted) this.#abort();
    else signal.addEventListener('abort', this.#abort, { once: true });
  }

  /**
   * Starts a time limit, until `untimed`. A solver that cannot be interrupted keeps the time itself; it is killed if it
   * does not: Z3 looks at its clock too late in some theories.
   */
  timed(timeoutMs: number | undefined): void {
    if (timeoutMs === undefined) return;
    const ms = this.#engine.interrupt ? timeoutMs : timeoutMs + grace;
    this.#timeout = this.#after(ms, () => this.#stop('timeout'));
  }

  untimed(): void {
    clearTimeout(this.#timeout);
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#signal.removeEventListener('abort', this.#abort);
  }

  #stop(reason: StopReason): void {
    if (this.reason) return;
    this.reason = reason;
    const kill = () => this.#engine.kill(`the solver was killed: ${reason}`);
    if (!this.#engine.interrupt) return kill();
    this.#engine.interrupt();
    this.#after(grace, kill);
  }

  #after(ms: number, act: () => void): NodeJS.Timeout {
    // Node fires longer delays at once.
    const timer = setTimeout(act, Math.min(ms, 2 ** 31 - 1));
    this.#timers.add(timer);
    return timer;
  }
}
