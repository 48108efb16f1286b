import type { AnyActorRef } from 'xstate';
import type { InspectedPool, SupervisorActor } from '../../actors/inspection.ts';
import type { WorkerExit } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { Labels } from '../activity/labels.ts';
import { ViewedActor } from './actor-view.ts';
import { wordsOf } from './words.ts';

/** The most dead workers that are shown. */
const MOST_DEAD = 50;

/**
 * The actors of a pool: the supervisor first, then the workers in the order in which they were found, the last dead
 * ones included.
 */
export class ActorList {
  readonly supervisor: ViewedActor;
  readonly #core: InspectedPool;
  readonly #labels: Labels;
  readonly #all = new Map<string, ViewedActor>();
  readonly #dead: ViewedActor[] = [];
  #forgotten: string[] = [];

  constructor(core: InspectedPool, labels: Labels, actor: SupervisorActor) {
    this.#core = core;
    this.#labels = labels;
    this.supervisor = new ViewedActor(core, labels, actor);
    this.#all.set(actor.id, this.supervisor);
    for (const ref of this.#children()) this.#add(ref);
  }

  /** All actors that are shown. */
  get all(): readonly ViewedActor[] {
    return [...this.#all.values()];
  }

  /** Returns the viewed actor of an actor. An unknown actor has just started: it is added. */
  of(ref: AnyActorRef): ViewedActor | undefined {
    const known = this.#all.get(this.#seatOf(ref)?.id ?? ref.id);
    if (known !== undefined) return known;
    const born = this.#add(ref);
    born?.tally.enter('fresh');
    return born;
  }

  /** Updates the state of all actors, and finds new and ended ones. */
  refresh(): void {
    const living = new Set<string>([this.supervisor.id]);
    for (const ref of this.#children()) {
      const actor = this.of(ref);
      if (actor !== undefined) living.add(actor.id);
    }
    for (const actor of this.#all.values()) {
      if (!actor.isGone && !living.has(actor.id)) this.#markGone(actor);
      actor.refresh();
    }
  }

  /** Records how a worker's process ended. */
  exited(seat: Seat, exit: WorkerExit): void {
    const ref = this.#children().find((each) => this.#seatOf(each) === seat);
    const actor = ref === undefined ? this.#all.get(seat.id) : this.of(ref);
    if (actor !== undefined) actor.end = wordsOf(exit);
  }

  /** Returns the ids of actors that are no longer shown, since the last call. */
  takeForgotten(): string[] {
    return this.#forgotten.splice(0);
  }

  #markGone(actor: ViewedActor): void {
    actor.isGone = true;
    this.#dead.push(actor);
    if (this.#dead.length <= MOST_DEAD) return;
    const [oldest] = this.#dead.splice(0, 1);
    if (oldest === undefined) return;
    this.#all.delete(oldest.id);
    this.#forgotten.push(oldest.id);
  }

  #add(ref: AnyActorRef): ViewedActor | undefined {
    const seat = this.#seatOf(ref);
    if (seat === undefined) return undefined;
    const actor = new ViewedActor(this.#core, this.#labels, ref, seat);
    this.#all.set(seat.id, actor);
    return actor;
  }

  #children(): AnyActorRef[] {
    const { children } = this.supervisor.ref.getSnapshot() as { children: Record<string, AnyActorRef | undefined> };
    return Object.values(children).filter((ref) => ref !== undefined);
  }

  /**
   * Returns the seat of a worker's actor. The actor's id does not help: it belongs to the slot, and a later worker may
   * have the same.
   */
  #seatOf(ref: AnyActorRef): Seat | undefined {
    const snapshot = ref.getSnapshot() as { context?: { rt?: { seat?: Seat } } } | undefined;
    if (snapshot !== undefined) return snapshot.context?.rt?.seat;
    // The actor is being made: it has no snapshot yet.
    return [...this.#core.state.seats.values()].find(({ actorId }) => actorId === ref.id);
  }
}
