import type { Pool } from '../../actors/index.ts';
import { inspectPool } from '../../actors/inspection.ts';
import { type AnyKind, clearTimeout, setTimeout } from '../../actors/tooling.ts';
import type { Broker } from '../broker.ts';
import { openTask } from '../envelope.ts';
import type { Leases } from '../leases/leases.ts';
import { beginEpoch, type Look, type Roll } from '../members/roll.ts';
import { isOfFamily, type Names, type Word } from '../words/names.ts';
import type { Matches } from './matches.ts';

/** The parts of a node that words from others concern. */
export interface WordSurroundings {
  readonly kind: AnyKind;
  readonly name: string;
  readonly pool: Pool<unknown, unknown, unknown, unknown>;
  readonly broker: Broker;
  readonly names: Names;
  readonly leases: Leases;
  readonly roll: Roll;
  readonly matches: Matches;
  /** Looks at the roll and at the log of feedbacks. */
  readonly refresh: () => Promise<void>;
  readonly node: { readonly lost: number; readonly isHeld: boolean };
}

/** The answer of a node that is asked how it is. */
export interface NodeAnswer {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  /** Is true while the fleet is paused. */
  readonly isHeld: boolean;
  /** The tasks that wait in the node. */
  readonly queued: number;
  readonly workers: readonly { readonly id: string; readonly state: string; readonly task?: string }[];
  readonly completed: number;
  readonly failed: number;
  readonly lost: number;
  /** The address of its inspector, with its token; absent without an inspector. */
  readonly page?: string;
}

/** The time for which changes of workers are collected before other nodes hear of them. In ms. */
const GROUP = 50;

/** The most parked tasks that are looked at when a worker has learned something. */
const LOOKED_AT = 100;

/** Hears what is said to all nodes, and tells them what the workers of this one have learned. */
export class Words {
  readonly #node: WordSurroundings;
  readonly #keysOf = new Map<string, readonly string[]>();
  #told = '';
  /** The nodes that lived at the last look. */
  #known: ReadonlySet<string> = new Set();
  #lastCancel: { readonly asker: string; readonly isDone: boolean } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(node: WordSurroundings) {
    this.#node = node;
    const { kind, pool } = node;
    if (kind.taskMatch !== undefined || kind.affinity !== undefined) pool.on('worker', () => this.#onChange());
  }

  /** Hears a word. */
  hear(word: Word): void {
    const { pool, leases, roll, refresh } = this.#node;
    switch (word.type) {
      case 'cancel':
        return leases.cancel(({ id }) => isOfFamily(id, word.id), word.reason);
      case 'cancelAll':
        return pool.cancelAll(word.reason);
      case 'cancelWorker':
        if (word.node !== roll.id) return;
        return this.#answer(word.reply, {
          id: roll.id,
          isDone: this.#cancelWorker(word.reply, word.worker, word.reason),
        });
      case 'broadcast':
        pool.broadcast();
        return void refresh();
      case 'look':
        return void refresh();
      case 'keys':
        this.#keysOf.set(word.node, word.keys);
        return this.#setHolders(roll.latest);
      case 'ask':
        return this.#answer(word.reply, this.#howItIs());
    }
  }

  /** Forgets the keys of dead nodes, and tells its own again: a node that has entered later has not heard them. */
  onLook(look: Look): void {
    const { kind, broker, names } = this.#node;
    this.#told = '';
    if (kind.affinity !== undefined) this.#tellKeys();
    this.#setHolders(look);
    const isNew = [...look.living.keys()].some((id) => !this.#known.has(id));
    this.#known = new Set(look.living.keys());
    // A node that has just entered may take what all others have refused.
    if (isNew && look.parked > 0) broker.promote(names.shared).catch(() => {});
  }

  /** Tells nothing more. */
  end(): void {
    clearTimeout(this.#timer);
  }

  /** Cancels a worker, once for each asker, who may ask again until an answer arrives. */
  #cancelWorker(asker: string, worker: string, reason: string): boolean {
    const { pool } = this.#node;
    if (this.#lastCancel?.asker !== asker) this.#lastCancel = { asker, isDone: pool.cancelWorker(worker, reason) };
    return this.#lastCancel.isDone;
  }

  #setHolders({ living }: Look): void {
    const holders = new Map<string, string>();
    for (const [node, keys] of this.#keysOf) {
      if (!living.has(node)) this.#keysOf.delete(node);
      else if (node !== this.#node.roll.id) for (const key of keys) holders.set(key, node);
    }
    this.#node.matches.setHolders(holders);
  }

  #onChange(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#node.kind.affinity !== undefined) this.#tellKeys();
      void this.#wakeParked().catch(() => {});
    }, GROUP);
    this.#timer.unref?.();
  }

  #tellKeys(): void {
    const { matches, roll, broker, names } = this.#node;
    const { keys } = matches;
    const text = keys.join(' ');
    if (text === this.#told) return;
    this.#told = text;
    broker.publish(names.all, { type: 'keys', node: roll.id, keys } satisfies Word).catch(() => {});
  }

  /** Lets parked tasks come again when a worker has learned what one of them needs. */
  async #wakeParked(): Promise<void> {
    const { kind, broker, names, roll, matches } = this.#node;
    if (kind.taskMatch === undefined || roll.latest.parked === 0) return;
    const parked = await broker.list(names.shared, 'parked', 0, LOOKED_AT);
    if (parked.some(({ body }) => matches.isTaken(openTask(body).task))) await beginEpoch(broker, names);
  }

  #howItIs(): NodeAnswer {
    const { name, pool, roll, node } = this.#node;
    const { completed, failed } = pool.stats;
    const workers = pool.workers.map(({ id, state, task }) => ({ id, state, ...(task === undefined ? {} : { task }) }));
    const { size, queued } = pool;
    const { lost, isHeld } = node;
    const page = pageOf(pool);
    const answer = { id: roll.id, name, size, queued, workers, completed, failed, lost, isHeld };
    return page === undefined ? answer : { ...answer, page };
  }

  #answer(topic: string, answer: unknown): void {
    this.#node.broker.publish(topic, answer).catch(() => {});
  }
}

/** Returns the address of the inspector of a pool, if it has one. */
function pageOf(pool: WordSurroundings['pool']): string | undefined {
  for (const { address } of inspectPool(pool).watchers) if (address !== undefined) return address;
  return undefined;
}
