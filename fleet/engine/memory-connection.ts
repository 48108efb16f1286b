import type {
  Broker,
  BrokerEvent,
  Counts,
  Cursor,
  EndedPage,
  Envelope,
  Feed,
  Flags,
  Found,
  Keep,
  Lease,
  Listener,
  Presence,
  Ranks,
  State,
  WorkOptions,
} from '../broker.ts';
import { closedError } from '../errors.ts';
import { checkName, checkRank, checkSlots, checkTasks } from './checks.ts';
import type { Client, Held, MemoryEngine, Taker } from './memory-engine.ts';
import { MemoryFeed } from './memory-feed.ts';

/** One connection to a broker in memory. It can be frozen and killed, as the process that holds it. */
export class MemoryConnection implements Broker, Client {
  readonly held = new Set<Held>();
  readonly takers = new Set<Taker>();
  readonly presences = new Set<string>();
  readonly topics = new Map<string, Set<Listener>>();
  readonly #engine: MemoryEngine;
  readonly #feeds = new Set<MemoryFeed>();
  readonly #entered = new Map<string, Set<() => void>>();
  readonly #events = new Map<BrokerEvent, Set<() => void>>();
  /** The deliveries that came while the process stood still. */
  readonly #backlog: Array<() => void> = [];
  /** Hints on their way, in their order. */
  readonly #hints: Array<() => void> = [];
  #state: 'live' | 'frozen' | 'dead' | 'closed' = 'live';
  #isSilent = false;

  constructor(engine: MemoryEngine) {
    this.#engine = engine;
    engine.clients.add(this);
  }

  get lease(): number {
    return this.#engine.lease;
  }

  get isLive(): boolean {
    return this.#state === 'live';
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  async add(queue: string, tasks: readonly Envelope[], keep?: Keep): Promise<void> {
    checkName('queue', queue);
    checkTasks(tasks);
    await this.call(() => {
      for (const task of tasks) this.#engine.queue(queue).add(task, this.#engine.clock.now(), keep);
      this.#engine.offer(queue);
    });
  }

  work(queue: string, options: WorkOptions, onLease: (lease: Lease) => void): Feed {
    checkName('queue', queue);
    checkSlots(options.slots);
    this.#assertOpen();
    const feed = new MemoryFeed(this.#engine, this, queue, options, onLease);
    this.#feeds.add(feed);
    this.takers.add(feed);
    this.#engine.deliver(() => this.#engine.offer(queue));
    return feed;
  }

  remove(queue: string, id: string): Promise<boolean> {
    return this.call(() => this.#engine.queue(queue).remove(id));
  }

  flag(queue: string, id: string, flags: Flags): Promise<boolean> {
    return this.call(() => this.#engine.queue(queue).flag(id, flags));
  }

  async rank(queue: string, ranks: Ranks): Promise<number> {
    for (const rank of ranks.values()) checkRank(rank);
    return this.call(() => this.#engine.queue(queue).rank(ranks));
  }

  list(queue: string, state: Exclude<State, 'ended'>, from = 0, to = Number.POSITIVE_INFINITY): Promise<Envelope[]> {
    return this.call(() => this.#engine.queue(queue).list(state).slice(from, to));
  }

  find(queue: string, ids: readonly string[]): Promise<Array<Found | undefined>> {
    return this.call(() => ids.map((id) => this.#engine.queue(queue).find(id)));
  }

  ended(queue: string, before?: Cursor): Promise<EndedPage> {
    const end = before === undefined ? Number.POSITIVE_INFINITY : Number(before.cursor);
    return this.call(() => this.#engine.queue(queue).endedBefore(end));
  }

  counts(queue: string): Promise<Counts> {
    return this.call(() => this.#engine.queue(queue).counts());
  }

  hold(queue: string, isHeld: boolean): Promise<void> {
    return this.call(() => {
      this.#engine.queue(queue).isHeld = isHeld;
      this.#engine.offer(queue);
    });
  }

  promote(queue: string): Promise<number> {
    return this.call(() => {
      const count = this.#engine.queue(queue).wakeAll();
      this.#engine.offer(queue);
      return count;
    });
  }

  destroy(queue: string): Promise<void> {
    return this.call(() => this.#engine.destroy(queue));
  }

  async publish(topic: string, data: unknown): Promise<void> {
    checkName('topic', topic);
    const text = JSON.stringify(data ?? null);
    await this.call(() => this.#engine.publish(topic, text));
  }

  async subscribe(topic: string, listener: Listener): Promise<() => Promise<void>> {
    checkName('topic', topic);
    await this.call(() => {
      const listeners = this.topics.get(topic) ?? new Set();
      this.topics.set(topic, listeners.add(listener));
    });
    return async () => {
      const listeners = this.topics.get(topic);
      listeners?.delete(listener);
      if (listeners?.size === 0) this.topics.delete(topic);
    };
  }

  async enter(id: string): Promise<Presence> {
    checkName('presence', id);
    const listeners = new Set<() => void>();
    await this.call(() => {
      this.#entered.set(id, listeners);
      this.presences.add(id);
    });
    return {
      id,
      leave: () =>
        this.call(() => {
          this.#entered.delete(id);
          this.presences.delete(id);
        }),
      onLost: (listener) => listeners.add(listener),
    };
  }

  living(): Promise<readonly string[]> {
    return this.call(() => this.#engine.living());
  }

  on(event: BrokerEvent, listener: () => void): () => void {
    const listeners = this.#events.get(event) ?? new Set();
    this.#events.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#state === 'closed' || this.#state === 'dead') return;
    this.#state = 'closed';
    this.#engine.clients.delete(this);
    for (const feed of this.#feeds) feed.end();
    this.#engine.wake();
    for (const go of this.#backlog.splice(0)) go();
  }

  /** Makes the process stand still: it renews nothing and hears nothing. */
  freeze(): void {
    if (this.#state === 'live') this.#becomeSilent('frozen');
  }

  /** Lets the process go on. It hears what it has lost meanwhile. */
  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'live';
    if (this.#isSilent) this.#hints.length = 0;
    for (const go of this.#backlog.splice(0)) go();
    if (this.#isSilent) this.miss();
    for (const { queue } of this.takers) this.#engine.offer(queue);
  }

  /** Kills the process: what it held is somebody else's when its leases are over. */
  kill(): void {
    if (this.#state === 'live' || this.#state === 'frozen') this.#becomeSilent('dead');
  }

  #becomeSilent(state: 'frozen' | 'dead'): void {
    this.#state = state;
    this.#isSilent = false;
    this.#engine.clock.after(this.#engine.lease, () => {
      if (this.#state !== state) return;
      this.#isSilent = true;
      this.#engine.silence(this);
      if (state === 'dead') this.#engine.clients.delete(this);
    });
  }

  /** Does something at the engine: waits until both are there, on the way and on the way back. */
  async call<T>(what: () => T): Promise<T> {
    await this.#way();
    const answer = what();
    await this.#way();
    return answer;
  }

  async #way(): Promise<void> {
    this.#assertOpen();
    await new Promise<void>((resolve) => this.#engine.deliver(resolve));
    await this.#engine.up(() => this.isClosed);
    await new Promise<void>((resolve) => this.whenLive(resolve));
    this.#assertOpen();
  }

  /** Calls a function as soon as the process is not frozen; never if it is dead. */
  whenLive(then: () => void): void {
    if (this.#state === 'frozen') this.#backlog.push(then);
    else if (this.#state !== 'dead') then();
  }

  hear(topic: string, text: string): void {
    this.#hints.push(() => {
      for (const listener of this.topics.get(topic) ?? []) listener(JSON.parse(text));
    });
    this.#engine.deliver(() => this.whenLive(() => this.#state === 'live' && this.#hints.shift()?.()));
  }

  emit(event: BrokerEvent): void {
    this.whenLive(() => {
      for (const listener of [...(this.#events.get(event) ?? [])]) listener();
    });
  }

  miss(): void {
    this.#isSilent = false;
    for (const [id, listeners] of [...this.#entered]) {
      this.presences.add(id);
      for (const listener of [...listeners]) this.whenLive(listener);
    }
    this.emit('gap');
  }

  #assertOpen(): void {
    if (this.#state === 'closed') throw closedError('broker');
  }
}
