import type { InspectionEvent } from 'xstate';
import type { SupervisorActor } from '../../actors/inspection.ts';

/** The most events between two turns: while events are observed, workers' steps are interpreted, not planned. */
const BUDGET = 128;
/** The number of turns without observation after a turn that used its whole budget. */
const REST = 3;

/**
 * Observes the events of a pool's actors, up to a budget a turn. Viewers cost even a fast pool only a few dozen
 * interpreted steps a turn.
 */
export class EventSampler {
  readonly #actor: SupervisorActor;
  readonly #observe: (event: InspectionEvent) => void;
  #subscription: { unsubscribe(): void } | undefined;
  #left = 0;
  #rest = 0;

  constructor(actor: SupervisorActor, observe: (event: InspectionEvent) => void) {
    this.#actor = actor;
    this.#observe = observe;
  }

  /** Is `true` if more events happened since `open` than were observed. */
  get isSpent(): boolean {
    return this.#subscription === undefined;
  }

  /** Starts a turn: observes events with a new budget, unless the sampler pauses. */
  open(): void {
    if (this.#rest-- > 0) return;
    this.#left = BUDGET;
    this.#subscription ??= this.#actor.system.inspect((event) => {
      if (this.#left-- <= 0) {
        this.#rest = REST;
        return this.close();
      }
      try {
        this.#observe(event);
      } catch (error) {
        // The error would be thrown inside the pool's own step, which did not cause it.
        this.close();
        process.emitWarning(`the inspector missed an event: ${String(error)}`, { code: 'STATEPOOL_INSPECTOR' });
      }
    });
  }

  /** Stops the observation. */
  close(): void {
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
  }
}
