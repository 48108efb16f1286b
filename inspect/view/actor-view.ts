import type { AnyActorRef, AnyMachineSnapshot } from 'xstate';
import type { InspectedPool } from '../../actors/inspection.ts';
import { answeredBy, type Seat } from '../../machines/state/seat.ts';
import type { ActorView } from '../messages.ts';
import { Tally } from './visit-counts.ts';
import { shownCompetence, shownName } from './words.ts';

/** One actor that is looked at: the supervisor, a worker, or a worker that has died. */
export class ViewedActor {
  readonly ref: AnyActorRef;
  readonly machine: 'worker' | 'supervisor';
  /** A worker's. */
  readonly seat: Seat | undefined;
  readonly tally = new Tally();
  readonly #core: InspectedPool;
  /** What does not change is made once: names of tasks, views of what was learnt. */
  #named: { readonly entry: unknown; readonly name: string } | undefined;
  #learnt: { readonly status: unknown; readonly view: unknown } | undefined;
  /** In words, once it has come to its end. */
  end: string | undefined;
  /** Whether it is among the living no more. */
  isGone = false;
  /** Whether a transition of it was heard since the last turn. */
  wasHeard = false;
  /** The state that was last seen. */
  state: string;
  #shown = '';

  constructor(core: InspectedPool, ref: AnyActorRef, seat?: Seat) {
    this.#core = core;
    this.ref = ref;
    this.seat = seat;
    this.machine = seat === undefined ? 'supervisor' : 'worker';
    this.state = stateOf(ref);
  }

  get id(): string {
    return this.seat?.id ?? this.ref.id;
  }

  /** Looks at its state; one that it has come to unheard counts as entered. */
  look(): void {
    const state = this.isGone && this.machine === 'worker' ? 'dead' : stateOf(this.ref);
    if (state !== this.state && !this.wasHeard) this.tally.enter(state);
    this.state = state;
    this.wasHeard = false;
  }

  /** Whether anything that is shown of it has changed since this was last asked. */
  hasChanged(): boolean {
    const { pid, threadId, tasks, task, competence } = this.#facts();
    const shown = JSON.stringify([this.state, this.tally.count, this.end, pid, threadId, tasks, task, competence]);
    if (shown === this.#shown) return false;
    this.#shown = shown;
    return true;
  }

  /** As messages carry it. */
  view(): ActorView {
    return {
      id: this.id,
      machine: this.machine,
      state: this.state,
      visitCounts: this.tally.visitCounts,
      ...this.#facts(),
      ...(this.end === undefined ? {} : { end: this.end }),
    };
  }

  #facts(): Pick<ActorView, 'pid' | 'threadId' | 'tasks' | 'task' | 'competence'> {
    const { seat } = this;
    if (seat === undefined) return {};
    const link = this.#core.links.get(seat);
    const task = this.isGone ? undefined : this.#taskOf(seat);
    const competence = this.#competenceOf(seat);
    return {
      ...(link?.pid === undefined ? this.#lastPid() : { pid: this.#keepPid(link.pid) }),
      ...(link?.threadId === undefined ? {} : { threadId: link.threadId }),
      tasks: seat.tasks,
      ...(task === undefined ? {} : { task }),
      ...(competence === undefined ? {} : { competence }),
    };
  }

  #pid: number | undefined;

  #keepPid(pid: number): number {
    this.#pid = pid;
    return pid;
  }

  #lastPid(): { pid?: number } {
    return this.#pid === undefined ? {} : { pid: this.#pid };
  }

  #taskOf(seat: Seat): string | undefined {
    const entry = seat.held[0];
    if (entry === undefined) return undefined;
    if (this.#named?.entry !== entry) {
      // Without a name of the kind's it is a number: of all that this worker was given.
      const number = answeredBy(seat) + 1;
      this.#named = { entry, name: shownName(this.#core.kind, entry.task) ?? `#${number}` };
    }
    return this.#named.name;
  }

  #competenceOf({ status }: Seat): unknown {
    if (status.type !== 'old') return undefined;
    if (this.#learnt?.status !== status) {
      this.#learnt = { status, view: shownCompetence(this.#core.kind, status.competence) };
    }
    return this.#learnt.view;
  }
}

/** The state that an actor of ours is in: they all have flat machines. One that is being made has no snapshot yet. */
function stateOf(ref: AnyActorRef): string {
  return String((ref.getSnapshot() as AnyMachineSnapshot | undefined)?.value ?? 'fresh');
}
