import type {
  ActorView,
  FailedView,
  FiredView,
  FullMessage,
  HeaderView,
  MachineView,
  MessageView,
  PoolView,
  QueueView,
  TickMessage,
  ToPage,
  VisitCounts,
} from '../messages.ts';
import { History, slotOf } from './timeline/history.ts';
import { latestOf } from './timeline/slots.ts';

/** The most failed tasks that are kept. */
const MOST_FAILED = 100;

/** The state of the page: all messages so far, folded. It stays the same after the program has gone. */
export class Model {
  pool: PoolView | undefined;
  header: HeaderView | undefined;
  queue: QueueView = { length: 0, head: [], reasons: [] };
  readonly machines = new Map<string, MachineView>();
  readonly visitCounts = new Map<string, VisitCounts>();
  readonly actors = new Map<string, ActorView>();
  readonly history = new History();
  /** The last failed tasks, the latest last; their times are since the epoch. */
  failed: readonly FailedView[] = [];
  /** The transitions of the last message only. */
  fired: readonly FiredView[] = [];
  messages: readonly MessageView[] = [];
  isSampled = false;
  /** The text that is searched for in the names of tasks, in lower case; empty for none. */
  search = '';
  /** The id of the selected actor. */
  chosen: string | undefined;
  /** Is true while the selected worker's slot is followed: its next worker is then selected. */
  #isFollowing = true;

  /** Adds one message. A new program's `full` replaces everything. */
  take(message: ToPage): void {
    this.fired = [];
    this.messages = [];
    if (message.type === 'ended') return;
    this.header = message.header;
    this.queue = message.queue;
    if (message.type === 'full') this.#begin(message);
    else this.#go(message);
    for (const actor of message.actors) this.actors.set(actor.id, actor);
    this.history.take(message, performance.now());
    const failed = message.timeline.failed.map((each) => ({ ...each, at: message.at - each.at }));
    this.failed = [...this.failed, ...failed].slice(-MOST_FAILED);
    if (this.chosen === undefined || !this.actors.has(this.chosen)) this.choose(this.#first());
    this.#follow();
  }

  /** Selects an actor. The slot of a living worker is followed; a dead worker stays selected. */
  choose(id: string | undefined): void {
    this.chosen = id;
    this.fired = [];
    this.#isFollowing = this.actor !== undefined && !isDead(this.actor);
  }

  /** The selected actor. */
  get actor(): ActorView | undefined {
    return this.chosen === undefined ? undefined : this.actors.get(this.chosen);
  }

  #begin(message: FullMessage): void {
    this.pool = message.pool;
    this.machines.clear();
    this.visitCounts.clear();
    this.actors.clear();
    this.failed = [];
    this.isSampled = false;
    for (const machine of message.machines) {
      this.machines.set(machine.id, machine);
      this.visitCounts.set(machine.id, machine.visitCounts);
    }
  }

  #go(message: TickMessage): void {
    for (const id of message.forgotten) this.actors.delete(id);
    for (const { machine, visitCounts } of message.visitCounts) this.visitCounts.set(machine, visitCounts);
    this.fired = message.fired;
    this.messages = message.messages;
    this.isSampled = message.isSampled;
  }

  /** Selects the worker that has taken the slot of the selected one. */
  #follow(): void {
    const slot = this.chosen === undefined ? undefined : slotOf(this.chosen);
    if (!this.#isFollowing || slot === undefined || this.actor === undefined || !isDead(this.actor)) return;
    const next = latestOf(this.actors).get(slot);
    if (next !== undefined && !isDead(next)) this.chosen = next.id;
  }

  /** Returns the id of the actor that is selected at first: a living worker if there is one. */
  #first(): string | undefined {
    const all = [...this.actors.values()];
    return (all.find((actor) => actor.machine === 'worker' && !isDead(actor)) ?? all[0])?.id;
  }
}

/** Returns whether an actor has ended. */
export function isDead({ state }: ActorView): boolean {
  return state === 'dead' || state === 'destroyed';
}

/** Returns an actor's name on the page. Workers have their ids, as in their output. */
export function nameOf({ id, machine }: ActorView): string {
  return machine === 'supervisor' ? 'supervisor' : id;
}
