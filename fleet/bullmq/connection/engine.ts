import type { Queue, RelayOptions } from 'bullmq';
import { dateNow, setTimeout } from '../../../actors/tooling.ts';
import type { BrokerEvent } from '../../broker.ts';
import { closedError, FleetError } from '../../errors.ts';
import { type Address, withoutPassword } from './address.ts';
import type { Driver } from './driver.ts';
import type { Packages } from './load-bullmq.ts';
import { jobIdOf } from './names.ts';
import { isOutage } from './outage.ts';

/** The parts of an engine. */
export interface EngineParts {
  readonly address: Address;
  readonly packages: Packages;
  readonly driver: Driver;
  readonly prefix: string;
  readonly lease: number;
  readonly answer: number;
}

/** The waits between two attempts at a call while the engine is away, in ms. */
const FIRST = 20;
const LAST = 300;

/** The longest time for which a fetch, or the reading of hints, blocks, in ms. It must be less than `answer`. */
const BLOCK = 1000;

/** BullMQ keeps the values of ended jobs in a stream of events that nobody reads here. */
const STREAMS = { streams: { events: { maxLen: 100 } } };

/**
 * The engine behind a broker: its connections, its queues, and calls that wait while it is away. It says when it goes and
 * when it is back.
 */
export class BullEngine {
  readonly parts: EngineParts;
  /** The longest time for which a connection blocks, in ms. */
  readonly block: number;
  readonly #queues = new Map<string, Promise<Queue>>();
  readonly #listeners = new Map<BrokerEvent, Set<() => void>>();
  #isClosed = false;
  #isAway = false;
  #awaySince = 0;

  constructor(parts: EngineParts) {
    this.parts = parts;
    this.block = Math.min(BLOCK, Math.floor(parts.answer / 2));
    parts.driver.watch(
      () => this.#goAway(),
      () => this.#comeBack(),
    );
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The options of BullMQ's queues and workers. */
  get base() {
    const { driver, prefix } = this.parts;
    return { connection: driver.connection, prefix, ...STREAMS };
  }

  /** The options of BullMQ's relay. */
  get relayBase(): RelayOptions {
    const { driver, prefix, lease } = this.parts;
    return {
      connection: driver.connection,
      prefix,
      namespace: 'fleet',
      leaseDuration: lease,
      heartbeatInterval: Math.max(1, Math.floor(lease / 4)),
      sweepInterval: Math.max(1, Math.floor(lease / 3)),
      blockTimeout: this.block,
      ...(driver.relayBackend === undefined ? {} : { backend: driver.relayBackend }),
    };
  }

  /** Calls something at the engine, again and again while the engine is away. */
  async call<T>(what: () => Promise<T>): Promise<T> {
    for (let pause = FIRST; ; pause = Math.min(LAST, pause * 2)) {
      this.assertOpen();
      try {
        const answer = await what();
        this.#comeBack();
        return answer;
      } catch (error) {
        await this.pauseAfter(error, pause);
      }
    }
  }

  /** Notes an error of a connection that only listens, and asks until the engine answers: then all of them are made again. */
  suspect(error: unknown, ask: () => Promise<unknown>): void {
    if (this.#isAway || this.#isClosed || !isOutage(error)) return;
    this.#goAway();
    this.call(ask).catch(() => {});
  }

  /** Waits after an error that passes. @throws the error otherwise, or if the broker is closed */
  async pauseAfter(error: unknown, ms: number): Promise<void> {
    if (error instanceof FleetError) throw error;
    this.assertOpen();
    if (!isOutage(error)) throw this.wrong(error);
    this.#goAway();
    await this.pause(ms);
    this.assertOpen();
  }

  /** Waits for some ms. */
  pause(ms: number): Promise<void> {
    return new Promise<void>((resolve) => setTimeout(resolve, ms));
  }

  /** Returns the error of an engine that answers with an error. No password is left in it. */
  wrong(error: unknown): FleetError {
    const text = withoutPassword(String((error as Error)?.message ?? error), this.parts.address);
    return new FleetError('ENGINE', `the broker at ${this.parts.address.shown} refused a call: ${text}`);
  }

  /** Returns the queue of a name, when it is ready. */
  queue(name: string): Promise<Queue> {
    const queue = this.#queues.get(name) ?? this.#open(name);
    this.#queues.set(name, queue);
    return queue;
  }

  async #open(name: string): Promise<Queue> {
    const { bullmq, driver } = { ...this.parts.packages, ...this.parts };
    try {
      return await this.call(async () => {
        const queue = new bullmq.Queue(jobIdOf(name), this.base, driver.backend as never);
        queue.on('error', () => {});
        try {
          await queue.waitUntilReady();
          return queue;
        } catch (error) {
          // Postgres' connection remembers that it was not ready.
          queue.close().catch(() => {});
          throw error;
        }
      });
    } catch (error) {
      this.#queues.delete(name);
      throw error;
    }
  }

  assertOpen(): void {
    if (this.#isClosed) throw closedError('broker');
  }

  on(event: BrokerEvent, listener: () => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  emit(event: BrokerEvent): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener();
  }

  #goAway(): void {
    if (this.#isAway || this.#isClosed) return;
    this.#isAway = true;
    this.#awaySince = dateNow();
    this.emit('down');
  }

  #comeBack(): void {
    if (!this.#isAway || this.#isClosed) return;
    this.#isAway = false;
    this.parts.driver.renew();
    this.emit('up');
    this.emit('gap');
  }

  /** The time for which the engine has been away, in ms. */
  get awayFor(): number {
    return this.#isAway ? dateNow() - this.#awaySince : 0;
  }

  /** Ends everything that was opened here. Later calls are refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const queues = await Promise.allSettled(this.#queues.values());
    for (const queue of queues) if (queue.status === 'fulfilled') queue.value.close().catch(() => {});
    await this.parts.driver.close();
  }
}
