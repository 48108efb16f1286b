import type { VisitCounts } from '../messages.ts';

/** Counts how often states were entered and transitions taken. */
export class Tally {
  readonly #states: Record<string, number> = {};
  readonly #edges: Record<string, number> = {};
  #count = 0;

  /** How many visits in all: it tells whether any has come. */
  get count(): number {
    return this.#count;
  }

  /** The counts as messages carry them; they go on changing. */
  get visitCounts(): VisitCounts {
    return { states: this.#states, edges: this.#edges };
  }

  /** A state was entered. */
  enter(state: string): void {
    this.#states[state] = (this.#states[state] ?? 0) + 1;
    this.#count++;
  }

  /** A transition was taken: its id as in the picture. */
  take(edge: string): void {
    this.#edges[edge] = (this.#edges[edge] ?? 0) + 1;
    this.#count++;
  }
}
