import type { Envelope, Feed, Flags, Lease, WorkOptions } from '../broker.ts';
import { closedError } from '../errors.ts';
import { checkSlots } from './checks.ts';
import type { Client, Held, MemoryEngine, Taker } from './memory-engine.ts';
import type { Taken } from './memory-queue.ts';
import { settleSurely } from './settle.ts';

/** The connection, as its feeds need it. */
export interface FeedOwner extends Client {
  readonly isLive: boolean;
  readonly isClosed: boolean;
  call<T>(what: () => T): Promise<T>;
  whenLive(then: () => void): void;
}

/** The leases of one queue, of a broker in memory. */
export class MemoryFeed implements Feed, Taker {
  readonly queue: string;
  readonly redeliver: number;
  readonly #engine: MemoryEngine;
  readonly #owner: FeedOwner;
  readonly #onLease: (lease: Lease) => void;
  readonly #leases = new Set<MemoryLease>();
  readonly #ended: Array<() => void> = [];
  #slots: number;
  #isStopped = false;

  constructor(
    engine: MemoryEngine,
    owner: FeedOwner,
    queue: string,
    { slots, redeliver = 3 }: WorkOptions,
    onLease: (lease: Lease) => void,
  ) {
    this.#engine = engine;
    this.#owner = owner;
    this.queue = queue;
    this.redeliver = redeliver;
    this.#slots = slots;
    this.#onLease = onLease;
  }

  get slots(): number {
    return this.#slots;
  }

  set slots(slots: number) {
    checkSlots(slots);
    this.#slots = slots;
    this.#engine.deliver(() => this.#engine.offer(this.queue));
  }

  get held(): number {
    return this.#leases.size;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#owner.takers.delete(this);
    while (this.#leases.size > 0) await new Promise<void>((resolve) => this.#ended.push(resolve));
  }

  /** Gives everything back at once: the connection is closed. */
  end(): void {
    this.#isStopped = true;
    this.#owner.takers.delete(this);
    for (const lease of [...this.#leases]) {
      this.#engine.queue(this.queue).release(lease.id, lease.token);
      lease.drop();
    }
    this.#engine.offer(this.queue);
  }

  hasRoom(): boolean {
    return this.#owner.isLive && !this.#isStopped && this.#leases.size < this.#slots;
  }

  take(taken: Taken): void {
    const lease: MemoryLease = new MemoryLease(this.#engine, this.#owner, this, taken, () => {
      this.#leases.delete(lease);
      if (this.#leases.size === 0) for (const resolve of this.#ended.splice(0)) resolve();
      this.#engine.offer(this.queue);
    });
    this.#leases.add(lease);
    this.#engine.deliver(() =>
      this.#owner.whenLive(() => {
        // A feed that has stopped hands out nothing more.
        if (this.#isStopped) lease.giveBack().catch(() => {});
        else if (!lease.isLost) this.#onLease(lease);
      }),
    );
  }
}

class MemoryLease implements Lease, Held {
  readonly envelope: Envelope;
  readonly attempt: number;
  readonly queue: string;
  readonly token: number;
  readonly redeliver: number;
  readonly #engine: MemoryEngine;
  readonly #owner: FeedOwner;
  readonly #onEnd: () => void;
  readonly #listeners: Array<() => void> = [];
  #isOver = false;
  #isLost = false;

  constructor(engine: MemoryEngine, owner: FeedOwner, feed: Taker, taken: Taken, onEnd: () => void) {
    this.#engine = engine;
    this.#owner = owner;
    this.#onEnd = onEnd;
    this.envelope = taken.envelope;
    this.attempt = taken.attempt;
    this.token = taken.token;
    this.queue = feed.queue;
    this.redeliver = feed.redeliver;
    owner.held.add(this);
  }

  get id(): string {
    return this.envelope.id;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  isMine(): Promise<boolean> {
    return this.#owner.call(() => this.#engine.queue(this.queue).isHolder(this.id, this.token));
  }

  async settle(outcome: string): Promise<'accepted' | 'refused'> {
    const complete = () =>
      this.#owner.call(() => {
        const isAccepted = this.#queue().complete(this.id, this.token, outcome, this.#engine.clock.now());
        if (!isAccepted) return 'refused' as const;
        if (this.#engine.faults.losesAnswer?.(this.queue, this.id) === true) throw new Error('no answer');
        return 'accepted' as const;
      });
    const recorded = () => this.#owner.call(() => this.#queue().find(this.id)?.outcome);
    const end = await settleSurely({ complete, recorded }, outcome, async (ms, error) => {
      if (this.#owner.isClosed) throw error;
      await new Promise<void>((resolve) => this.#engine.clock.after(ms, resolve));
      if (this.#owner.isClosed) throw closedError('broker');
    });
    this.#end();
    return end;
  }

  async flag(flags: Flags): Promise<void> {
    await this.#owner.call(() => {
      if (this.#queue().isHolder(this.id, this.token)) this.#queue().flag(this.id, flags);
    });
  }

  async giveBack(delay?: number): Promise<void> {
    await this.#owner.call(() => {
      this.#queue().release(this.id, this.token, delay !== undefined);
      if (delay !== undefined) this.#engine.wakeAfter(this.queue, this.id, this.token, delay);
      this.#end();
    });
  }

  onLost(listener: () => void): void {
    if (this.#isLost) this.#owner.whenLive(listener);
    else this.#listeners.push(listener);
  }

  lose(): void {
    if (this.#isOver) return;
    this.#isLost = true;
    this.#end();
    for (const listener of this.#listeners.splice(0)) this.#owner.whenLive(listener);
  }

  /** Ends the lease without a word. */
  drop(): void {
    this.#end();
  }

  #queue() {
    return this.#engine.queue(this.queue);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#owner.held.delete(this);
    this.#onEnd();
  }
}
