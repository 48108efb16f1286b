import type { AnyActorRef, AnyMachineSnapshot, InspectionEvent } from 'xstate';
import type { SupervisorActor } from '../../actors/inspection.ts';
import { dateNow } from '../../actors/tooling.ts';
import { configOf } from '../../drawing/graph/config-of.ts';
import { supervisorMachine } from '../../machines/supervisor.ts';
import { workerMachine } from '../../machines/worker.ts';
import type { ActorList } from './actor-list.ts';
import type { ViewedActor } from './actor-view.ts';

/** The version of @statelyai/inspect whose messages these are. */
const VERSION = '0.7.2';
/** The event that stands for all that went by unheard between two turns. */
const UNHEARD = 'statepool.unheard';

const definitions = {
  worker: JSON.stringify(configOf(workerMachine)),
  supervisor: JSON.stringify(configOf(supervisorMachine)),
};

/** What an actor is, without its context: `value` is the state. */
interface ShownSnapshot {
  readonly status: string;
  readonly value: unknown;
  readonly context: Readonly<Record<string, never>>;
}

/** A message as the official inspector and its receivers read it. */
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
 * A pool in the words of Stately's inspector: actors with their machines' definitions, names of events, states. No event's
 * payload and no context is in it.
 */
export class StatelyView {
  readonly #root: SupervisorActor;
  readonly #actors: ActorList;
  /** By session id: the last state that was told, and of whom. */
  readonly #told = new Map<string, { readonly ref: AnyActorRef; text: string }>();
  #messages: StatelyMessage[] = [];

  constructor(root: SupervisorActor, actors: ActorList) {
    this.#root = root;
    this.#actors = actors;
    for (const actor of actors.all) this.#introduce(actor);
    this.#messages = [];
  }

  /** Every actor as it is now: what a viewer gets first. */
  full(): StatelyMessage[] {
    return this.#actors.all.filter(({ isGone }) => !isGone).map((actor) => this.#actor(actor));
  }

  /** Takes in what an actor did. */
  hear(event: InspectionEvent): void {
    const ref = event.actorRef as AnyActorRef;
    const actor = this.#actors.of(ref);
    if (actor === undefined) return;
    if (!this.#told.has(ref.sessionId)) this.#introduce(actor);
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

  /** What was heard since the last one, and where everybody is. Call it once the actors has been looked at. */
  tick(): StatelyMessage[] {
    for (const actor of this.#actors.all) {
      if (!this.#told.has(actor.ref.sessionId) && !actor.isGone) this.#introduce(actor);
    }
    for (const [session, told] of this.#told) {
      const snapshot = told.ref.getSnapshot() as AnyMachineSnapshot;
      if (JSON.stringify(shownOf(snapshot)) !== told.text) this.#show(told.ref, UNHEARD, snapshot);
      if (snapshot.status !== 'active') this.#told.delete(session);
    }
    return this.#messages.splice(0);
  }

  #introduce(actor: ViewedActor): void {
    const message = this.#actor(actor);
    this.#messages.push(message);
    const text = 'snapshot' in message ? JSON.stringify(message.snapshot) : '';
    this.#told.set(actor.ref.sessionId, { ref: actor.ref, text });
  }

  #show(ref: AnyActorRef, type: string, of: AnyMachineSnapshot): void {
    const snapshot = shownOf(of);
    const told = this.#told.get(ref.sessionId);
    if (told !== undefined) told.text = JSON.stringify(snapshot);
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

/** An actor that is being made has no snapshot yet. */
function shownOf(snapshot: AnyMachineSnapshot | undefined): ShownSnapshot {
  return { status: snapshot?.status ?? 'active', value: snapshot?.value ?? 'fresh', context: {} };
}
