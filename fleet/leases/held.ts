import type { Live, TaskId } from '../../actors/tooling.ts';
import type { Lease } from '../broker.ts';
import { type Numbered, SentFeedbacks } from '../words/feedbacks.ts';

/** The queue of a task. `undefined`: no broker knows the task. */
export type Where = { readonly queue: string; readonly isOwn: boolean } | undefined;

const NONE: readonly Held[] = [];

/** The number of runs of this process that have sent feedbacks. */
let runs = 0;

/** A task in the hands of this node, which has not settled. */
export class Held implements Live {
  readonly id: string;
  /** The task and its options as text; of a follow-up. */
  readonly body: string;
  place: Live['place'];
  failed = 0;
  followUps: readonly Held[] = NONE;
  onWritten: ((id: TaskId) => void) | undefined = undefined;
  /** The submitter that hears of the outcome. */
  to: string | undefined;
  /** The lease under which the outcome is written. `undefined` before it comes, and after it is lost. */
  lease: Lease | undefined = undefined;
  /** The queue in which the task stands. */
  queue: string;
  /** Is true if that is the queue which the node has for itself: a lost lease comes back to this node. */
  readonly isOwn: boolean;
  /** Is true for a task that the program of the node gave to its own pool: no broker knows it. */
  readonly isLocal: boolean;
  /** Is true if nobody is to hear of the outcome: the task is somebody else's, or was never anybody's. */
  isDropped = false;
  /** Is true once the pool has the end of the task. */
  hasEnded = false;
  #feedbacks: SentFeedbacks | undefined;
  #owner: unknown;
  #onOrphaned: ((held: Held) => void) | undefined;
  #waiting: ((lease: Lease | undefined) => void)[] = [];

  constructor(id: string, body: string, owner: unknown, place: Live['place'], where: Where) {
    this.id = id;
    this.body = body;
    this.#owner = owner;
    this.place = place;
    this.queue = where?.queue ?? '';
    this.isOwn = where?.isOwn ?? false;
    this.isLocal = where === undefined;
  }

  get owner(): unknown {
    return this.#owner;
  }

  /** The pool takes its entry away when the task has ended for the pool alone: not by itself, but with the pool. */
  set owner(owner: unknown) {
    this.#owner = owner;
    if (owner === undefined) this.#onOrphaned?.(this);
  }

  /** Calls a function when the pool has ended, and the task has not. */
  onOrphaned(listener: (held: Held) => void): void {
    this.#onOrphaned = listener;
  }

  /** Numbers a feedback of the task, of a run on that node. The latest ones go with the outcome. */
  numbered(text: string, node: string): Numbered {
    this.#feedbacks ??= new SentFeedbacks(`${node}/${++runs}`);
    return this.#feedbacks.add(text);
  }

  /** Returns an outcome of the task, with the latest feedbacks. */
  withFeedbacks(outcome: string): string {
    return this.#feedbacks?.into(outcome) ?? outcome;
  }

  /** Is true for a follow-up whose origin has not settled. */
  get isEarly(): boolean {
    return this.place === 'reserved' || this.place === 'buffered';
  }

  /** Gives the task a lease, perhaps another one than before. */
  bind(lease: Lease): void {
    this.lease = lease;
    this.#wake();
  }

  /** Lets a follow-up settle: its origin has. */
  admit(): void {
    this.place = 'written';
    this.#wake();
  }

  /** Lets nobody hear of the outcome. */
  drop(): void {
    this.isDropped = true;
    for (const go of this.#waiting.splice(0)) go(undefined);
  }

  /**
   * Resolves with the lease: the next one, if the task has none now; of a follow-up, when its origin has settled. `undefined`:
   * the task was dropped.
   */
  async untilLeased(): Promise<Lease | undefined> {
    if (this.isDropped) return undefined;
    if (this.lease !== undefined && !this.isEarly) return this.lease;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    if (this.lease === undefined || this.isEarly) return;
    for (const go of this.#waiting.splice(0)) go(this.lease);
  }
}
