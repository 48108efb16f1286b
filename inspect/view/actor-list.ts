import type { AnyActorRef } from 'xstate';
import type { InspectedPool, SupervisorActor } from '../../actors/inspection.ts';
import type { WorkerExit } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import { ViewedActor } from './actor-view.ts';
import { wordsOf } from './words.ts';

/** How many of the dead are shown. */
const TOMBSTONES = 50;

/** The actors of a pool: the supervisor first, then workers in the order in which they were met, the last dead ones too. */
export class ActorList {
  readonly supervisor: ViewedActor;
  readonly #core: InspectedPool;
  readonly #all = new Map<string, ViewedActor>();
  readonly #tombstones: ViewedActor[] = [];
  #forgotten: string[] = [];

  constructor(core: InspectedPool, actor: SupervisorActor) {
    this.#core = core;
    this.supervisor = new ViewedActor(core, actor);
    this.#all.set(actor.id, this.supervisor);
    for (const ref of this.#children()) this.#meet(ref);
  }

  /** Everybody that is shown. */
  get all(): readonly ViewedActor[] {
    return [...this.#all.values()];
  }

  /** The actor that an actor is; one that is seen for the first time was born just now. */
  of(ref: AnyActorRef): ViewedActor | undefined {
    const known = this.#all.get(this.#seatOf(ref)?.id ?? ref.id);
    if (known !== undefined) return known;
    const born = this.#meet(ref);
    born?.tally.enter('fresh');
    return born;
  }

  /** Looks at everybody: who has come, who has gone, who is in which state. */
  look(): void {
    const living = new Set<string>([this.supervisor.id]);
    for (const ref of this.#children()) {
      const actor = this.of(ref);
      if (actor !== undefined) living.add(actor.id);
    }
    for (const actor of this.#all.values()) {
      if (!actor.isGone && !living.has(actor.id)) this.#bury(actor);
      actor.look();
    }
  }

  /** A worker's process has come to its end. */
  exited(seat: Seat, exit: WorkerExit): void {
    const ref = this.#children().find((each) => this.#seatOf(each) === seat);
    const actor = ref === undefined ? this.#all.get(seat.id) : this.of(ref);
    if (actor !== undefined) actor.end = wordsOf(exit);
  }

  /** Ids of those that are shown no more, since this was last asked. */
  takeForgotten(): string[] {
    return this.#forgotten.splice(0);
  }

  #bury(actor: ViewedActor): void {
    actor.isGone = true;
    this.#tombstones.push(actor);
    if (this.#tombstones.length <= TOMBSTONES) return;
    const [oldest] = this.#tombstones.splice(0, 1);
    if (oldest === undefined) return;
    this.#all.delete(oldest.id);
    this.#forgotten.push(oldest.id);
  }

  #meet(ref: AnyActorRef): ViewedActor | undefined {
    const seat = this.#seatOf(ref);
    if (seat === undefined) return undefined;
    const actor = new ViewedActor(this.#core, ref, seat);
    this.#all.set(seat.id, actor);
    return actor;
  }

  #children(): AnyActorRef[] {
    const { children } = this.supervisor.ref.getSnapshot() as { children: Record<string, AnyActorRef | undefined> };
    return Object.values(children).filter((ref) => ref !== undefined);
  }

  /** The seat of a worker's actor. The actor's id is that of its slot, where another worker may follow. */
  #seatOf(ref: AnyActorRef): Seat | undefined {
    const snapshot = ref.getSnapshot() as { context?: { rt?: { seat?: Seat } } } | undefined;
    if (snapshot !== undefined) return snapshot.context?.rt?.seat;
    // It is being made just now.
    return [...this.#core.state.seats.values()].find(({ actorId }) => actorId === ref.id);
  }
}
