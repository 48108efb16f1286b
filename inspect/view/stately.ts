import type { AnyActorRef, AnyMachineSnapshot, InspectionEvent } from 'xstate';
import type { SupervisorActor } from '../../actors/inspection.ts';
import { dateNow } from '../../actors/tooling.ts';
import { configOf } from '../../drawing/graph/config-of.ts';
import { supervisorMachine, workerMachine } from '../../machines/index.ts';
import type { ActorList } from './actor-list.ts';
import type { ViewedActor } from './actor-view.ts';

/** The version of @statelyai/inspect that defines these messages. */
const VERSION = '0.7.2';
/** The event that replaces all unobserved events between two turns. */
const UNOBSERVED = 'statepool.unheard';

const definitions = {
  worker: JSON.stringify(configOf(workerMachine)),
  supervisor: JSON.stringify(configOf(supervisorMachine)),
};

/** The snapshot of an actor without its context. `value` is the state. */
interface ShownSnapshot {
  readonly status: string;
  readonly value: unknown;
  readonly context: Readonly<Record<string, never>>;
}

/** A message in the format of the official inspector and its receivers. */
export type StatelyMessage = {
  readonly sessionId: string;
  readonly rootId: string;
  readonly createdAt: string;
  readonly id: null;
  readonly _version: string;
} & (
  | {
      readonly type: '@xstate.actor';
      readonly name: string;
      readonly definition: string;
      readonly parentId: string | undefined;
      readonly snapshot: ShownSnapshot;
    }
  | { readonly type: '@xstate.event'; readonly event: { readonly type: string }; readonly sourceId: string | undefined }
  | { readonly type: '@xstate.snapshot'; readonly event: { readonly type: string }; readonly snapshot: ShownSnapshot }
);

/**
 * A pool in the format of Stately's inspector: actors with the definitions of their machines, names of events, states.
 * No payload of an event and no context is in it.
 */
export class StatelyView {
  readonly #root: SupervisorActor;
  readonly #actors: ActorList;
  /** The last sent state of each actor, by session id. */
  readonly #sent = new Map<string, { readonly ref: AnyActorRef; text: string }>();
  #messages: StatelyMessage[] = [];

  constructor(root: SupervisorActor, actors: ActorList) {
    this.#root = root;
    this.#actors = actors;
    for (const actor of actors.all) this.#introduce(actor);
    this.#messages = [];
  }

  /** Returns every living actor in its current state: the first messages to a viewer. */
  full(): StatelyMessage[] {
    return this.#actors.all.filter(({ isGone }) => !isGone).map((actor) => this.#actor(actor));
  }

  /** Records one event of an actor. */
  observe(event: InspectionEvent): void {
    const ref = event.actorRef as AnyActorRef;
    const actor = this.#actors.of(ref);
    if (actor === undefined) return;
    if (!this.#sent.has(ref.sessionId)) this.#introduce(actor);
    if (event.type === '@xstate.event') {
      const { sourceRef } = event;
      this.#messages.push({
        ...this.#headOf(ref),
        type: '@xstate.event',
        event: { type: event.event.type },
        sourceId: sourceRef?.sessionId,
      });
    } else if (event.type === '@xstate.snapshot') {
      this.#show(ref, event.event.type, event.snapshot as AnyMachineSnapshot);
    }
  }

  /**
   * Returns the messages since the last call, and the current states that differ from those sent. Call it after the
   * actor list was updated.
   */
  tick(): StatelyMessage[] {
    for (const actor of this.#actors.all) {
      if (!this.#sent.has(actor.ref.sessionId) && !actor.isGone) this.#introduce(actor);
    }
    for (const [session, sent] of this.#sent) {
      const snapshot = sent.ref.getSnapshot() as AnyMachineSnapshot;
      if (JSON.stringify(shownOf(snapshot)) !== sent.text) this.#show(sent.ref, UNOBSERVED, snapshot);
      if (snapshot.status !== 'active') this.#sent.delete(session);
    }
    return this.#messages.splice(0);
  }

  #introduce(actor: ViewedActor): void {
    const message = this.#actor(actor);
    this.#messages.push(message);
    const text = 'snapshot' in message ? JSON.stringify(message.snapshot) : '';
    this.#sent.set(actor.ref.sessionId, { ref: actor.ref, text });
  }

  #show(ref: AnyActorRef, type: string, of: AnyMachineSnapshot): void {
    const snapshot = shownOf(of);
    const sent = this.#sent.get(ref.sessionId);
    if (sent !== undefined) sent.text = JSON.stringify(snapshot);
    this.#messages.push({ ...this.#headOf(ref), type: '@xstate.snapshot', event: { type }, snapshot });
  }

  #actor({ id, ref, machine }: ViewedActor): StatelyMessage {
    return {
      ...this.#headOf(ref),
      type: '@xstate.actor',
      name: id,
      definition: definitions[machine],
      parentId: machine === 'worker' ? this.#root.sessionId : undefined,
      snapshot: shownOf(ref.getSnapshot() as AnyMachineSnapshot | undefined),
    };
  }

  #headOf(ref: AnyActorRef): Pick<StatelyMessage, 'sessionId' | 'rootId' | 'createdAt' | 'id' | '_version'> {
    return {
      sessionId: ref.sessionId,
      rootId: this.#root.sessionId,
      createdAt: String(dateNow()),
      id: null,
      _version: VERSION,
    };
  }
}

/** Returns a snapshot without its context. An actor that is being made has no snapshot yet. */
function shownOf(snapshot: AnyMachineSnapshot | undefined): ShownSnapshot {
  return { status: snapshot?.status ?? 'active', value: snapshot?.value ?? 'fresh', context: {} };
}
