import type { AnyActorRef } from 'xstate';
import type { InspectedPool, SupervisorActor } from '../../actors/inspection.ts';
import type { WorkerExit } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import { Member } from './actor-view.ts';
import { wordsOf } from './words.ts';

/** How many of the dead are shown. */
const TOMBSTONES = 50;

/** The actors of a pool: the supervisor first, then workers in the order in which they were met, the last dead ones too. */
export class Cast {
  readonly supervisor: Member;
  readonly #core: InspectedPool;
  readonly #members = new Map<string, Member>();
  readonly #tombstones: Member[] = [];
  #forgotten: string[] = [];

  constructor(core: InspectedPool, actor: SupervisorActor) {
    this.#core = core;
    this.supervisor = new Member(core, actor);
    this.#members.set(actor.id, this.supervisor);
    for (const ref of this.#children()) this.#meet(ref);
  }

  /** Everybody that is shown. */
  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** The member that an actor is; one that is seen for the first time was born just now. */
  of(ref: AnyActorRef): Member | undefined {
    const known = this.#members.get(this.#seatOf(ref)?.id ?? ref.id);
    if (known !== undefined) return known;
    const born = this.#meet(ref);
    born?.tally.enter('fresh');
    return born;
  }

  /** Looks at everybody: who has come, who has gone, who is in which state. */
  look(): void {
    const living = new Set<string>([this.supervisor.id]);
    for (const ref of this.#children()) {
      const member = this.of(ref);
      if (member !== undefined) living.add(member.id);
    }
    for (const member of this.#members.values()) {
      if (!member.isGone && !living.has(member.id)) this.#bury(member);
      member.look();
    }
  }

  /** A worker's process has come to its end. */
  exited(seat: Seat, exit: WorkerExit): void {
    const ref = this.#children().find((each) => this.#seatOf(each) === seat);
    const member = ref === undefined ? this.#members.get(seat.id) : this.of(ref);
    if (member !== undefined) member.end = wordsOf(exit);
  }

  /** Ids of those that are shown no more, since this was last asked. */
  takeForgotten(): string[] {
    return this.#forgotten.splice(0);
  }

  #bury(member: Member): void {
    member.isGone = true;
    this.#tombstones.push(member);
    if (this.#tombstones.length <= TOMBSTONES) return;
    const [oldest] = this.#tombstones.splice(0, 1);
    if (oldest === undefined) return;
    this.#members.delete(oldest.id);
    this.#forgotten.push(oldest.id);
  }

  #meet(ref: AnyActorRef): Member | undefined {
    const seat = this.#seatOf(ref);
    if (seat === undefined) return undefined;
    const member = new Member(this.#core, ref, seat);
    this.#members.set(seat.id, member);
    return member;
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
