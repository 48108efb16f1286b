import { EventEmitter } from 'node:events';
import { hostname } from 'node:os';
import { createPool, type Kind, type Pool, type PoolOptions } from '../../actors/index.ts';
import { type AnyKind, clearTimeout, LEDGER, nameTask, setTimeout } from '../../actors/tooling.ts';
import type { Broker } from '../broker.ts';
import { openTask } from '../envelope.ts';
import { Leases } from '../leases/leases.ts';
import { Feedbacks } from '../members/feedbacks.ts';
import { Heir, type HeirSurroundings } from '../members/heir.ts';
import { type Look, Roll, readRoll } from '../members/roll.ts';
import { Versions } from '../members/versions.ts';
import type { OpenedBroker } from '../open-broker.ts';
import { type Names, namesOf, type Word } from '../words/names.ts';
import { Feeder } from './feeder.ts';
import { Matches } from './matches.ts';
import type { NodeOptions } from './options.ts';
import { Teller } from './teller.ts';
import { Words } from './words.ts';

/** The events of a node, each with the arguments of its listeners. */
export interface NodeEvents {
  /** The outcome of a task was refused, or the task was given up: another node has it. */
  lost: [id: string];
  /** The broker does not answer. */
  down: [];
  /** The broker answers again. */
  up: [];
  /** A node has died, and this one takes over what was left to it alone. */
  inherits: [node: string];
}

/** A program that performs tasks of a fleet. Made by `serve`. */
export interface FleetNode<P = Pool<unknown>> extends AsyncDisposable {
  /** The id of this incarnation: it changes when other nodes have taken this one for dead. */
  readonly id: string;
  readonly name: string;
  /** The pool that performs the tasks. */
  readonly pool: P;
  /** The number of tasks that this node has begun, and that are another node's now. */
  readonly lost: number;
  /**
   * Takes no more tasks, finishes those that it has, and leaves the fleet. What it has not finished after that time goes back
   * to the head of the queue. In ms. @default no limit
   */
  drain(ms?: number): Promise<void>;
  /** Calls a listener at each event of that name. */
  on<Name extends keyof NodeEvents>(event: Name, listener: (...args: NodeEvents[Name]) => void): this;
  /** Removes a listener. */
  off<Name extends keyof NodeEvents>(event: Name, listener: (...args: NodeEvents[Name]) => void): this;
}

type AnyPool = Pool<unknown, unknown, unknown, unknown>;

const LONGEST = 2 ** 31 - 1;

/** A node: its pool, its leases, its place on the roll. */
export class Node implements FleetNode<AnyPool> {
  readonly name: string;
  readonly pool: AnyPool;
  lost = 0;
  readonly #opened: OpenedBroker;
  readonly #leases: Leases;
  readonly #roll: Roll;
  readonly #versions: Versions;
  readonly #feeder: Feeder;
  readonly #feedbacks: Feedbacks;
  readonly #words: Words;
  readonly #heirs = new Map<string, Heir>();
  readonly #heirSurroundings: HeirSurroundings;
  readonly #emitter = new EventEmitter();
  readonly #forget: (() => void)[] = [];
  /** Is true while the fleet is paused. */
  isHeld = false;
  #draining: Promise<void> | undefined;

  private constructor(
    kind: AnyKind,
    opened: OpenedBroker,
    options: NodeOptions,
    pool: PoolOptions,
    roll: Roll,
    versions: Versions,
  ) {
    const { broker } = opened;
    const { maxBytes, redeliver, ahead, name } = options;
    const names = namesOf(kind.name);
    const teller = new Teller(broker);
    const report = teller.end.bind(teller);
    this.name = name;
    this.#opened = opened;
    this.#roll = roll;
    this.#versions = versions;
    this.#leases = new Leases({ broker, maxBytes, own: () => roll.own, report, onLost: (id) => this.#onLost(id) });
    this.pool = createPool(kind as unknown as Kind<never>, { ...pool, [LEDGER]: this.#leases } as PoolOptions);
    const matches = new Matches(kind, this.pool);
    const parts = { kind, pool: this.pool, broker, names, leases: this.#leases, roll, teller, matches };
    this.#feedbacks = new Feedbacks(broker, names, (feedback) => this.pool.forwardFeedback(feedback));
    this.#feeder = new Feeder({ ...parts, ahead, redeliver, maxBytes });
    this.#words = new Words({ ...parts, name, refresh: () => this.#refresh(), node: this });
    this.#heirSurroundings = {
      broker,
      names,
      redeliver,
      own: () => roll.own,
      fitsFresh: (body) => matches.fitsFresh(openTask(body).task),
      nameOf: (body) => nameTask(kind, openTask(body).task),
      report,
    };
    roll.onLook = (look) => this.#onLook(look);
    roll.onReborn = () => {
      this.#leases.abandonOwn();
      this.#feeder.renewOwn();
    };
    this.pool.on('stalled', () => this.#feeder.handOver());
    this.pool.on('degraded', () => this.#feeder.stop());
    this.#forget.push(
      broker.on('down', () => this.#emitter.emit('down')),
      broker.on('up', () => this.#emitter.emit('up')),
      broker.on('gap', () => void this.#refresh()),
    );
  }

  /** Starts a node. @throws what the broker throws, and the errors of wrong options of its pool */
  static async start(kind: AnyKind, opened: OpenedBroker, options: NodeOptions, pool: PoolOptions): Promise<Node> {
    const names = namesOf(kind.name);
    const versions = new Versions(kind, options.strict);
    // A node that is refused has never been there: it has taken no task.
    versions.check(await readRoll(opened.broker, names));
    const roll = await Roll.enter(opened.broker, names, aboutOf(options.name, pool.size, versions.own));
    let node: Node | undefined;
    try {
      node = new Node(kind, opened, options, pool, roll, versions);
      await node.#listen(opened.broker, names);
      return node;
    } catch (error) {
      await roll.leave().catch(() => {});
      await node?.pool.destroy();
      throw error;
    }
  }

  get id(): string {
    return this.#roll.id;
  }

  on<Name extends keyof NodeEvents>(event: Name, listener: (...args: NodeEvents[Name]) => void): this {
    this.#emitter.on(event, listener as (...args: unknown[]) => void);
    return this;
  }

  off<Name extends keyof NodeEvents>(event: Name, listener: (...args: NodeEvents[Name]) => void): this {
    this.#emitter.off(event, listener as (...args: unknown[]) => void);
    return this;
  }

  drain(ms = Number.POSITIVE_INFINITY): Promise<void> {
    this.#draining ??= this.#drain(ms);
    return this.#draining;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(0);
  }

  async #listen(broker: Broker, names: Names): Promise<void> {
    const unsubscribe = await broker.subscribe(names.all, (word) => this.#words.hear(word as Word));
    this.#forget.push(() => void unsubscribe().catch(() => {}));
    await this.#refresh();
  }

  async #refresh(): Promise<void> {
    await Promise.all([this.#roll.refresh(), this.#feedbacks.refresh()]);
  }

  #onLook(look: Look): void {
    if (this.#draining !== undefined) return;
    if (look.isHeld !== this.isHeld) {
      this.isHeld = look.isHeld;
      if (look.isHeld) this.pool.pause();
      else this.pool.resume();
    }
    this.#versions.warn(look);
    this.#feeder.adjust();
    this.#feeder.lookAgain(look.epoch);
    this.#words.onLook(look);
    void this.#feedbacks.refresh();
    for (const { id: dead } of look.dead) {
      if (this.#heirs.has(dead) || dead === this.id) continue;
      this.#heirs.set(dead, new Heir(this.#heirSurroundings, dead, () => this.#heirs.delete(dead)));
      this.#emitter.emit('inherits', dead);
    }
  }

  #onLost(id: string): void {
    this.lost++;
    this.#emitter.emit('lost', id);
  }

  async #drain(ms: number): Promise<void> {
    this.#leases.isEnding = true;
    this.#feeder.stopShared();
    const tasks = this.isHeld ? 'finish-running' : 'finish';
    await within(ms, this.pool.close({ tasks }), () => this.pool.destroy());
    this.#feeder.stop();
    await within(this.#opened.broker.lease, this.#leases.written(), async () => {});
    await this.#leases.giveBackAll();
    for (const heir of this.#heirs.values()) heir.end();
    for (const forget of this.#forget) forget();
    this.#words.end();
    await this.#roll.leave().catch(() => {});
    await this.#opened.close();
  }
}

/** Waits for something for that time, and then for something else. */
async function within(ms: number, what: Promise<unknown>, late: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const isLate = await Promise.race([
    what.then(
      () => false,
      () => false,
    ),
    new Promise<boolean>((resolve) => {
      if (ms <= LONGEST) timer = setTimeout(() => resolve(true), ms);
    }),
  ]);
  clearTimeout(timer);
  if (isLate) await late();
}

function aboutOf(name: string, size: number | undefined, kind: string) {
  return { name, host: hostname(), pid: process.pid, size: size ?? 0, kind };
}
