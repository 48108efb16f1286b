import type { AnyActorRef, AnyStateMachine, AnyTransitionDefinition, InspectionEvent } from 'xstate';
import type { InspectedPool, SupervisorActor } from '../../actors/inspection.ts';
import { nameOfHost } from '../../actors/inspection.ts';
import { dateNow } from '../../actors/tooling.ts';
import { edgeIdsOf } from '../../drawing/graph/graph-of.ts';
import { supervisorMachine } from '../../machines/supervisor.ts';
import { workerMachine } from '../../machines/worker.ts';
import type { FiredView, FullMessage, MachineView, MessageView, TickMessage } from '../messages.ts';
import { ActorList } from './actor-list.ts';
import type { ViewedActor } from './actor-view.ts';
import { Header } from './header.ts';
import { queueOf } from './queue-view.ts';
import { Tally } from './visit-counts.ts';

/** The most transitions and the most messages of one turn that are listed one by one. */
const MOST_LISTED = 60;

const machines: Readonly<Record<ViewedActor['machine'], AnyStateMachine>> = {
  worker: workerMachine,
  supervisor: supervisorMachine,
};

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
    this.actors = new ActorList(core, actor);
    this.#header = new Header(core, () => this.actors.supervisor.state);
    for (const actor of this.actors.all) actor.hasChanged();
  }

  /** Records one event of an actor. Only the names of events are kept. */
  observe(event: InspectionEvent): void {
    const to = event.actorRef as AnyActorRef;
    const actor = this.actors.of(to);
    if (event.type === '@xstate.event' && !event.event.type.startsWith('xstate.')) {
      const source = event.sourceRef as AnyActorRef | undefined;
      const from = source === undefined ? undefined : (this.actors.of(source)?.id ?? source.id);
      const message = { at: dateNow(), to: actor?.id ?? to.id, event: event.event.type };
      this.#list(this.#messages, from === undefined ? message : { ...message, from });
    } else if (event.type === '@xstate.microstep' && actor !== undefined) {
      actor.wasObserved = true;
      // Older versions of XState do not name the transitions.
      for (const transition of event._transitions ?? []) this.#take(actor, transition);
    }
  }

  /** Returns the whole state. */
  full(): FullMessage {
    this.actors.refresh();
    const { kind, options, state } = this.#core;
    return {
      type: 'full',
      pool: {
        id: this.#actor.id,
        kind: kind.name,
        host: nameOfHost(options.host),
        size: state.size,
        pid: process.pid,
      },
      machines: [this.#machine('worker'), this.#machine('supervisor')],
      actors: this.actors.all.map((actor) => actor.view()),
      header: this.#header.read(dateNow()),
      queue: queueOf(this.#core),
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
    const header = this.#header.read(at);
    const queue = queueOf(this.#core);
    const numbers = JSON.stringify([header, queue]);
    const isSame = numbers === this.#numbers && actors.length + forgotten.length + this.#messages.length === 0;
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
    };
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
