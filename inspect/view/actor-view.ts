import type { AnyActorRef, AnyMachineSnapshot } from 'xstate';
import type { InspectedPool } from '../../actors/inspection.ts';
import { answeredBy, type Seat } from '../../machines/state/seat.ts';
import type { Labels } from '../activity/labels.ts';
import type { ActorView } from '../messages.ts';
import { Tally } from './visit-counts.ts';
import { shownCompetence, shownName } from './words.ts';

/** One viewed actor: the supervisor, a worker, or a dead worker. */
export class ViewedActor {
  readonly ref: AnyActorRef;
  readonly machine: 'worker' | 'supervisor';
  /** The seat, only for a worker. */
  readonly seat: Seat | undefined;
  readonly tally = new Tally();
  readonly #core: InspectedPool;
  readonly #labels: Labels;
  /** The name of the current task and the view of the competence: each is made only once for a value. */
  #named: { readonly entry: unknown; readonly name: string } | undefined;
  #learnt: { readonly status: unknown; readonly view: unknown } | undefined;
  /** The cause of the worker's end, in words; `undefined` while it lives. */
  end: string | undefined;
  /** Is `true` after the actor has ended. */
  isGone = false;
  /** Is `true` if one of its transitions was observed since the last turn. */
  wasObserved = false;
  /** The state at the last update. */
  state: string;
  #shown = '';

  constructor(core: InspectedPool, labels: Labels, ref: AnyActorRef, seat?: Seat) {
    this.#core = core;
    this.#labels = labels;
    this.ref = ref;
    this.seat = seat;
    this.machine = seat === undefined ? 'supervisor' : 'worker';
    this.state = stateOf(ref);
  }

  get id(): string {
    return this.seat?.id ?? this.ref.id;
  }

  /** Updates the state. A state that was entered unobserved counts as entered. */
  refresh(): void {
    const state = this.isGone && this.machine === 'worker' ? 'dead' : stateOf(this.ref);
    if (state !== this.state && !this.wasObserved) this.tally.enter(state);
    this.state = state;
    this.wasObserved = false;
  }

  /** Returns whether any shown fact has changed since the last call. */
  hasChanged(): boolean {
    const { pid, threadId, tasks, task, label, competence } = this.#facts();
    const facts = [this.state, this.tally.count, this.end, pid, threadId, tasks, task, label, competence];
    const shown = JSON.stringify(facts);
    if (shown === this.#shown) return false;
    this.#shown = shown;
    return true;
  }

  /** Returns the actor as in messages. */
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

  #facts(): Pick<ActorView, 'pid' | 'threadId' | 'tasks' | 'task' | 'label' | 'competence'> {
    const { seat } = this;
    if (seat === undefined) return {};
    const link = this.#core.links.get(seat);
    const task = this.isGone ? undefined : this.#taskOf(seat);
    const label = this.#labels.of(seat);
    const competence = this.#competenceOf(seat);
    return {
      ...(link?.pid === undefined ? this.#lastPid() : { pid: this.#keepPid(link.pid) }),
      ...(link?.threadId === undefined ? {} : { threadId: link.threadId }),
      tasks: seat.tasks,
      ...(task === undefined ? {} : { task }),
      ...(label === undefined ? {} : { label }),
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
      // Without a name from the kind, the name is the task's number among all tasks of this worker.
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

/**
 * Returns the state of an actor of the pool: their machines are flat. An actor that is being made has no snapshot yet.
 */
function stateOf(ref: AnyActorRef): string {
  return String((ref.getSnapshot() as AnyMachineSnapshot | undefined)?.value ?? 'fresh');
}
