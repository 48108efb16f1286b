import type { AnyActorRef, AnyStateMachine, AnyTransitionDefinition, InspectionEvent } from 'xstate';
import type { InspectedPool, SupervisorActor } from '../../actors/inspection.ts';
import { nameOfHost } from '../../actors/inspection.ts';
import { dateNow } from '../../actors/tooling.ts';
import { edgeIdsOf } from '../../drawing/graph/graph-of.ts';
import { supervisorMachine, workerMachine } from '../../machines/index.ts';
import type { WorkerExit } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import { Activity } from '../activity/activity.ts';
import { Labels } from '../activity/labels.ts';
import type {
  FiredView,
  FullMessage,
  MachineView,
  MessageView,
  QueueView,
  TickMessage,
  TimelineView,
} from '../messages.ts';
import { ActorList } from './actor-list.ts';
import type { ViewedActor } from './actor-view.ts';
import { Header } from './header.ts';
import { queueOf } from './queue-view.ts';
import { Tally } from './visit-counts.ts';
import { shownName } from './words.ts';

/** The most transitions and the most messages of one turn that are listed one by one. */
const MOST_LISTED = 60;

const machines: Readonly<Record<ViewedActor['machine'], AnyStateMachine>> = {
  worker: workerMachine,
  supervisor: supervisorMachine,
};

const NOTHING: TimelineView = { bars: [], marks: [], failed: [] };

/** One target of a transition: its id in the picture, and the state that it enters; empty if it stays. */
interface Step {
  readonly edge: string;
  readonly state: string;
}

/** The view of one pool for our own page: the whole state at first, then the changes. */
export class LivePoolView {
  readonly actors: ActorList;
  readonly #core: InspectedPool;
  readonly #actor: SupervisorActor;
  readonly #header: Header;
  readonly #labels: Labels;
  /** The work over time; only while a page is connected. */
  #activity: Activity | undefined;
  readonly #tallies = { worker: new Tally(), supervisor: new Tally() };
  /** The number of counts that were sent, by machine. */
  readonly #sent = { worker: 0, supervisor: 0 };
  readonly #edges = new WeakMap<AnyTransitionDefinition, readonly Step[]>();
  #fired: FiredView[] = [];
  #messages: MessageView[] = [];
  #isCut = false;
  #numbers = '';

  constructor(core: InspectedPool, actor: SupervisorActor) {
    this.#core = core;
    this.#actor = actor;
    this.#labels = new Labels(core);
    this.actors = new ActorList(core, this.#labels, actor);
    this.#header = new Header(core, () => this.actors.supervisor.state);
    for (const actor of this.actors.all) actor.hasChanged();
  }

  /** Starts a turn of the timeline, or ends the timeline. */
  follow(isFollowed: boolean): void {
    if (!isFollowed) {
      this.#activity?.close();
      this.#activity = undefined;
      return;
    }
    this.#activity ??= new Activity(this.#core, this.#labels);
    this.#activity.open();
  }

  /** Records how a worker's process ended. */
  exited(seat: Seat, exit: WorkerExit): void {
    this.actors.exited(seat, exit);
    this.#activity?.exited(seat, exit);
  }

  /** Records one event of an actor. Only the names of events are kept. */
  observe(event: InspectionEvent): void {
    const to = event.actorRef as AnyActorRef;
    const actor = this.actors.of(to);
    this.#activity?.observe(actor?.seat);
    if (event.type === '@xstate.event' && !event.event.type.startsWith('xstate.')) {
      const source = event.sourceRef as AnyActorRef | undefined;
      const from = source === undefined ? undefined : (this.actors.of(source)?.id ?? source.id);
      const task = this.#messages.length < MOST_LISTED ? this.#taskOf(event.event.type, actor?.seat) : undefined;
      this.#list(this.#messages, {
        at: dateNow(),
        ...(from === undefined ? {} : { from }),
        to: actor?.id ?? to.id,
        event: event.event.type,
        ...(task === undefined ? {} : { task }),
      });
    } else if (event.type === '@xstate.microstep' && actor !== undefined) {
      actor.wasObserved = true;
      // Older versions of XState do not name the transitions.
      for (const transition of event._transitions ?? []) this.#take(actor, transition);
    }
  }

  /** Returns the whole state. */
  full(): FullMessage {
    const at = dateNow();
    this.actors.refresh();
    this.#activity?.refresh(at);
    const { kind, options, state } = this.#core;
    return {
      type: 'full',
      at,
      pool: {
        id: this.#actor.id,
        kind: kind.name,
        host: nameOfHost(options.host),
        size: state.size,
        pid: process.pid,
      },
      machines: [this.#machine('worker'), this.#machine('supervisor')],
      actors: this.actors.all.map((actor) => actor.view()),
      header: this.#header.read(at, this.#activity?.wait(at)),
      queue: this.#queue(),
      timeline: this.#activity?.full(at) ?? NOTHING,
    };
  }

  /**
   * Returns the changes since the last call; `undefined` if there are none. `isSampled` says that not all events were
   * observed.
   */
  tick(isSampled: boolean): TickMessage | undefined {
    const at = dateNow();
    this.actors.refresh();
    const actors = this.actors.all.filter((actor) => actor.hasChanged()).map((actor) => actor.view());
    const forgotten = this.actors.takeForgotten();
    this.#activity?.refresh(at);
    const header = this.#header.read(at, this.#activity?.wait(at));
    const queue = this.#queue();
    const timeline = this.#activity?.take(at) ?? NOTHING;
    const news = Object.values(timeline).reduce((all, { length }) => all + length, actors.length + forgotten.length);
    const numbers = JSON.stringify([header, queue]);
    const isSame = numbers === this.#numbers && news + this.#messages.length === 0;
    this.#numbers = numbers;
    const fired = this.#fired;
    const messages = this.#messages;
    const isCut = this.#isCut;
    this.#fired = [];
    this.#messages = [];
    this.#isCut = false;
    if (isSame) return undefined;
    return {
      type: 'tick',
      at,
      header,
      actors,
      forgotten,
      visitCounts: (['worker', 'supervisor'] as const).flatMap((machine) => this.#moved(machine)),
      fired,
      messages,
      isSampled: isSampled || isCut,
      queue,
      timeline,
    };
  }

  #queue(): QueueView {
    return queueOf(this.#core, (entry) => this.#activity?.sinceOf(entry));
  }

  /** Returns the name of the task that an event to a worker is about: the one that it gets, or that it has ended. */
  #taskOf(event: string, seat: Seat | undefined): string | undefined {
    const { kind } = this.#core;
    if (seat === undefined || kind.nameOfTask === undefined) return undefined;
    const [entry] = seat.held;
    if (event === 'dispatch' || event === 'cancel') return entry && shownName(kind, entry.task);
    return event === 'stay' || event === 'keep' || event === 'end' ? this.#activity?.lastNameOf(seat) : undefined;
  }

  #take(actor: ViewedActor, transition: AnyTransitionDefinition): void {
    let edges = this.#edges.get(transition);
    if (edges === undefined) {
      edges = edgeIdsOf(transition).map((edge) => ({ edge, state: edge.slice(edge.lastIndexOf('|') + 1) }));
      this.#edges.set(transition, edges);
    }
    for (const { edge, state } of edges) {
      for (const tally of [actor.tally, this.#tallies[actor.machine]]) {
        tally.take(edge);
        if (state !== '') tally.enter(state);
      }
      this.#list(this.#fired, { actor: actor.id, edge });
    }
  }

  #list<T>(list: T[], item: T): void {
    if (list.length < MOST_LISTED) list.push(item);
    else this.#isCut = true;
  }

  #moved(machine: ViewedActor['machine']): { machine: string; visitCounts: MachineView['visitCounts'] }[] {
    const { count, visitCounts } = this.#tallies[machine];
    if (this.#sent[machine] === count) return [];
    this.#sent[machine] = count;
    return [{ machine, visitCounts }];
  }

  #machine(id: ViewedActor['machine']): MachineView {
    const states = Object.keys(machines[id].root.states);
    return { id, chart: `/charts/${id}.svg`, states, visitCounts: this.#tallies[id].visitCounts };
  }
}
