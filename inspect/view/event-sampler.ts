import type { InspectionEvent } from 'xstate';
import type { SupervisorActor } from '../../actors/inspection.ts';

/** How many events are heard between two turns: while somebody hears, workers' steps are interpreted, not planned. */
const BUDGET = 128;
/** How many turns nothing is heard after one whose budget was too small. */
const REST = 3;

/**
 * Hears what a pool's actors do, up to a budget: whatever the pool's pace, somebody who looks costs it a few dozen
 * interpreted steps a turn and nothing beyond.
 */
export class EventSampler {
  readonly #actor: SupervisorActor;
  readonly #hear: (event: InspectionEvent) => void;
  #subscription: { unsubscribe(): void } | undefined;
  #left = 0;
  #rest = 0;

  constructor(actor: SupervisorActor, hear: (event: InspectionEvent) => void) {
    this.#actor = actor;
    this.#hear = hear;
  }

  /** Whether more happened since it was opened than it has heard. */
  get isSpent(): boolean {
    return this.#subscription === undefined;
  }

  /** A turn begins: hears from now on, with a new budget, unless it rests. */
  open(): void {
    if (this.#rest-- > 0) return;
    this.#left = BUDGET;
    this.#subscription ??= this.#actor.system.inspect((event) => {
      if (this.#left-- <= 0) {
        this.#rest = REST;
        return this.close();
      }
      try {
        this.#hear(event);
      } catch (error) {
        // It is thrown in the middle of the pool's own step, which has done nothing wrong.
        this.close();
        process.emitWarning(`the inspector missed an event: ${String(error)}`, { code: 'STATEPOOL_INSPECTOR' });
      }
    });
  }

  /** Hears nothing more. */
  close(): void {
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
  }
}
