import type {
  ActorView,
  FiredView,
  HeaderView,
  MachineView,
  MessageView,
  PoolView,
  QueueView,
  ToPage,
  VisitCounts,
} from '../messages.ts';

/** The state of the page: all messages so far, folded. It stays the same after the program has gone. */
export class Model {
  pool: PoolView | undefined;
  header: HeaderView | undefined;
  queue: QueueView = { length: 0, head: [] };
  readonly machines = new Map<string, MachineView>();
  readonly visitCounts = new Map<string, VisitCounts>();
  readonly actors = new Map<string, ActorView>();
  /** The transitions of the last message only. */
  fired: readonly FiredView[] = [];
  messages: readonly MessageView[] = [];
  isSampled = false;
  /** The id of the selected actor. */
  chosen: string | undefined;

  /** Adds one message. A new program's `full` replaces everything. */
  take(message: ToPage): void {
    this.fired = [];
    this.messages = [];
    if (message.type === 'ended') return;
    this.header = message.header;
    this.queue = message.queue;
    if (message.type === 'full') {
      this.pool = message.pool;
      this.machines.clear();
      this.visitCounts.clear();
      this.actors.clear();
      this.isSampled = false;
      for (const machine of message.machines) {
        this.machines.set(machine.id, machine);
        this.visitCounts.set(machine.id, machine.visitCounts);
      }
    } else {
      for (const id of message.forgotten) this.actors.delete(id);
      for (const { machine, visitCounts } of message.visitCounts) this.visitCounts.set(machine, visitCounts);
      this.fired = message.fired;
      this.messages = message.messages;
      this.isSampled = message.isSampled;
    }
    for (const actor of message.actors) this.actors.set(actor.id, actor);
    if (this.chosen === undefined || !this.actors.has(this.chosen)) this.chosen = this.#first();
  }

  /** The selected actor. */
  get actor(): ActorView | undefined {
    return this.chosen === undefined ? undefined : this.actors.get(this.chosen);
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
