import type { Relay, RelaySubscription } from 'bullmq';
import type { Listener, Presence } from '../broker.ts';
import type { BullEngine } from './connection/engine.ts';
import { partOf, textOfPart, topicOf } from './connection/names.ts';
import { SIGNS } from './puller.ts';

/** The topic under which a presence shows: who hears it lives. */
const ALIVE = 'alive';

/** The words of a relay that others took for dead, because this process was busy for too long. */
const SWEPT = /relay node is not registered/i;

/**
 * The hints of a broker, and who lives, on BullMQ's relay. A presence is a subscription: it ends with the lease of its
 * relay, whoever sweeps it.
 */
export class BullHints {
  readonly #engine: BullEngine;
  readonly #presences = new Map<RelaySubscription, Set<() => void>>();
  #relay: Promise<Relay> | undefined;

  constructor(engine: BullEngine) {
    this.#engine = engine;
  }

  async publish(topic: string, data: unknown): Promise<void> {
    await this.#call((relay) => relay.publish(topicOf(topic), data ?? null));
  }

  async subscribe(topic: string, listener: Listener): Promise<() => Promise<void>> {
    const hear = ({ data }: { data: unknown }) => listener(data);
    const subscription = await this.#call((relay) => relay.subscribe(topicOf(topic), hear));
    return () => this.#engine.call(() => subscription.unsubscribe());
  }

  async enter(id: string): Promise<Presence> {
    const subscription = await this.#call((relay) => relay.subscribe(`${ALIVE}.${partOf(id)}`, () => {}));
    const listeners = new Set<() => void>();
    this.#presences.set(subscription, listeners);
    return {
      id,
      leave: async () => {
        this.#presences.delete(subscription);
        await this.#engine.call(() => subscription.unsubscribe());
      },
      onLost: (listener) => listeners.add(listener),
    };
  }

  async living(): Promise<readonly string[]> {
    const [nodes, subscriptions] = await this.#call((relay) =>
      Promise.all([relay.getNodes(), relay.getSubscriptions()]),
    );
    // A node whose lease is over is listed until somebody sweeps it, but without its last sign of life.
    const alive = new Set(nodes.filter(({ lastHeartbeat }) => lastHeartbeat !== undefined).map(({ id }) => id));
    return subscriptions
      .filter(({ nodeId, pattern }) => alive.has(nodeId) && pattern.startsWith(`${ALIVE}.`))
      .map(({ pattern }) => textOfPart(pattern.slice(ALIVE.length + 1)));
  }

  async #call<T>(what: (relay: Relay) => Promise<T>): Promise<T> {
    this.#relay ??= this.#open();
    const relay = await this.#relay;
    return this.#engine.call(async () => {
      for (;;) {
        try {
          return await what(relay);
        } catch (error) {
          if (!SWEPT.test(String((error as Error)?.message))) throw error;
          // It registers again with its next sign of life.
          await this.#engine.pause(this.#engine.parts.lease / SIGNS);
          this.#engine.assertOpen();
        }
      }
    });
  }

  async #open(): Promise<Relay> {
    const { packages, driver } = this.#engine.parts;
    driver.reserve(1);
    try {
      return await this.#engine.call(async () => {
        const relay = new packages.bullmq.Relay(this.#engine.relayBase);
        relay.on('error', (error) => this.#engine.suspect(error, () => relay.getNodes()));
        try {
          await relay.waitUntilReady();
        } catch (error) {
          // A relay that could not start never will.
          relay.close().catch(() => {});
          throw error;
        }
        relay.on('recovered', () => this.#recover());
        relay.on('lag', () => this.#engine.emit('gap'));
        return relay;
      });
    } catch (error) {
      driver.reserve(-1);
      this.#relay = undefined;
      throw error;
    }
  }

  /** Tells that others took this process for dead. The relay has subscribed again. */
  #recover(): void {
    for (const listeners of this.#presences.values()) for (const listener of [...listeners]) listener();
    this.#engine.emit('gap');
  }

  /** Leaves the relay. Waits no longer than the engine takes to answer. */
  async close(): Promise<void> {
    const relay = await this.#relay?.catch(() => undefined);
    await relay?.close().catch(() => {});
  }
}
