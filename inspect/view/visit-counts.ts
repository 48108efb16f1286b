import type { VisitCounts } from '../messages.ts';

/** Counts entered states and taken transitions. */
export class Tally {
  readonly #states: Record<string, number> = {};
  readonly #edges: Record<string, number> = {};
  #count = 0;

  /** The sum of all counts: it grows with each of them. */
  get count(): number {
    return this.#count;
  }

  /** The live counts, as in messages. */
  get visitCounts(): VisitCounts {
    return { states: this.#states, edges: this.#edges };
  }

  /** Counts an entered state. */
  enter(state: string): void {
    this.#states[state] = (this.#states[state] ?? 0) + 1;
    this.#count++;
  }

  /** Counts a taken transition. `edge` is its id, as in the picture. */
  take(edge: string): void {
    this.#edges[edge] = (this.#edges[edge] ?? 0) + 1;
    this.#count++;
  }
}
