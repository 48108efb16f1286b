import { queueMicrotask } from '../../actors/tooling.ts';
import type { BrokerEvent } from '../broker.ts';
import type { Clock } from './clock.ts';
import { MemoryQueue, type Taken } from './memory-queue.ts';

/** The faults of a broker in memory. A test says when they happen. */
export interface MemoryFaults {
  /** Returns whether a hint is lost. Is asked once for each subscriber. */
  losesHint?(topic: string, data: unknown): boolean;
  /** Returns whether the answer to an end is lost: the engine has accepted it, and the holder asks again. */
  losesAnswer?(queue: string, id: string): boolean;
  /** Returns whether a lease is lost as soon as it is given: the task is somebody else's, and the holder is not told. */
  losesLease?(queue: string, id: string): boolean;
  /**
   * Brings a call, an answer, a lease or a hint to its place, by calling `arrive` once, in any order. What one sender
   * tells one hearer still arrives in its order. @default queueMicrotask
   */
  deliver?(arrive: () => void): void;
}

/** One feed of one connection, as the engine sees it. */
export interface Taker {
  readonly queue: string;
  readonly redeliver: number;
  /** Returns whether it takes one more task now. */
  hasRoom(): boolean;
  /** Gives it a task. */
  take(taken: Taken): void;
}

/** A lease as the engine sees it. */
export interface Held {
  readonly queue: string;
  readonly id: string;
  readonly token: number;
  readonly redeliver: number;
  /** Is called when the engine takes the lease away. */
  lose(): void;
}

/** One connection, as the engine sees it. */
export interface Client {
  readonly held: Set<Held>;
  readonly takers: Set<Taker>;
  /** The names under which it lives, while the engine believes it. */
  readonly presences: Set<string>;
  /** The topics that it hears. */
  readonly topics: ReadonlyMap<string, unknown>;
  hear(topic: string, text: string): void;
  emit(event: BrokerEvent): void;
  /** Hears that the engine took it for dead. */
  miss(): void;
}

/** The part of a broker in memory that all its connections share: the queues, and who lives. */
export class MemoryEngine {
  readonly clients = new Set<Client>();
  readonly #queues = new Map<string, MemoryQueue>();
  readonly #woken: Array<() => void> = [];
  #isUp = true;
  #downAt = 0;
  #turn = 0;
  readonly clock: Clock;
  readonly lease: number;
  readonly faults: MemoryFaults;

  constructor(clock: Clock, lease: number, faults: MemoryFaults) {
    this.clock = clock;
    this.lease = lease;
    this.faults = faults;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  queue(name: string): MemoryQueue {
    const queue = this.#queues.get(name) ?? new MemoryQueue();
    this.#queues.set(name, queue);
    return queue;
  }

  deliver(arrive: () => void): void {
    (this.faults.deliver ?? queueMicrotask)(arrive);
  }

  /** Resolves when the engine answers, or the asker has given up. */
  async up(hasGivenUp: () => boolean): Promise<void> {
    while (!this.#isUp && !hasGivenUp()) await new Promise<void>((resolve) => this.#woken.push(resolve));
  }

  /** Lets those who wait for the engine look again. */
  wake(): void {
    for (const wake of this.#woken.splice(0)) wake();
  }

  /** Stops the engine: it forgets nothing, and answers nobody. */
  stop(): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#downAt = this.clock.now();
    for (const client of this.clients) client.emit('down');
  }

  /** Starts the engine again. Leases that could not be renewed in time are lost: their holders may get them back. */
  start(): void {
    if (this.#isUp) return;
    this.#isUp = true;
    const isLate = this.clock.now() - this.#downAt >= this.lease;
    for (const client of this.clients) {
      if (isLate) this.silence(client);
      client.emit('up');
      if (isLate) client.miss();
      else client.emit('gap');
    }
    this.wake();
    for (const name of this.#queues.keys()) this.offer(name);
  }

  /** Takes everything from a connection that gives no sign of life: its leases and its names. */
  silence(client: Client): void {
    client.presences.clear();
    for (const held of [...client.held]) this.lose(client, held);
  }

  /** Takes a lease from its holder: the task waits again, or is given up. */
  lose(client: Client, held: Held): void {
    client.held.delete(held);
    this.queue(held.queue).lose(held.id, held.token, held.redeliver, this.clock.now());
    held.lose();
    this.offer(held.queue);
  }

  /** Gives tasks that wait to those who take them, in turns. */
  offer(name: string): void {
    if (!this.#isUp) return;
    const queue = this.queue(name);
    for (;;) {
      const takers = [...this.clients].flatMap(({ takers }) => [...takers]);
      const free = takers.filter((taker) => taker.queue === name && taker.hasRoom());
      if (free.length === 0) return;
      const taken = queue.take();
      if (taken === undefined) return;
      const taker = free[this.#turn++ % free.length] as Taker;
      taker.take(taken);
      if (this.faults.losesLease?.(name, taken.envelope.id) === true) {
        queue.lose(taken.envelope.id, taken.token, taker.redeliver, this.clock.now());
      }
    }
  }

  /** Lets a task that its holder has parked wait again after some ms. */
  wakeAfter(name: string, id: string, token: number, ms: number): void {
    // The timer names the task: compared with a clock, a timer that is early by a part of a ms would wake nothing.
    this.clock.after(ms, () => {
      this.queue(name).wake(id, token);
      this.offer(name);
    });
  }

  /** Sends a hint to all that hear the topic. */
  publish(topic: string, text: string): void {
    for (const client of this.clients) {
      if (!client.topics.has(topic)) continue;
      if (this.faults.losesHint?.(topic, JSON.parse(text)) !== true) client.hear(topic, text);
    }
  }

  living(): string[] {
    return [...this.clients].flatMap(({ presences }) => [...presences]);
  }

  /** Removes a queue; its leases are lost. */
  destroy(name: string): void {
    this.#queues.delete(name);
    for (const client of this.clients) {
      for (const held of [...client.held]) {
        if (held.queue !== name) continue;
        client.held.delete(held);
        held.lose();
      }
    }
  }
}
