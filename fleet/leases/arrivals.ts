import type { Broker, Lease } from '../broker.ts';
import { sealOutcome } from '../envelope.ts';
import { FleetError } from '../errors.ts';
import { accepts } from './accept.ts';
import type { Where } from './held.ts';

/** The most outcomes that are remembered because their lease was lost: it may come back. */
const REMEMBERED = 10_000;

/** The number of tries of a task whose worker gets a signal that is meant to end the program, and the wait between. In ms. */
const INTERRUPTIONS = 3;
const PAUSE = 1000;

/** The parts of a node that its leases need. */
export interface LeaseSurroundings {
  readonly broker: Broker;
  /** The largest outcome as text. In bytes. */
  readonly maxBytes: number;
  /** Returns the queue that the node has for itself now. */
  readonly own: () => string;
  /** Tells a submitter the end of a task. */
  readonly report: (to: string | undefined, id: string, outcome: string, queue: string) => void;
  /** Is called for each task whose end was refused, or that was given up because another node has it. */
  readonly onLost: (id: string) => void;
}

/** The queue of a lease. */
export type Place = NonNullable<Where>;

/** The effect of a lease: the task is to be run, or the node knows it and does the rest. */
export type Taking = 'run' | 'known';

/** The leases of a node whose tasks its pool does not have: not yet, or not any more. */
export class Arrivals {
  readonly #node: LeaseSurroundings;
  readonly #arrived = new Map<string, Place & { readonly lease: Lease }>();
  /** The outcomes that were refused or could not be written: the lease may come back to this node. */
  readonly #unwritten = new Map<string, string>();
  /** The number of times in a row that the worker of a task got such a signal. */
  readonly #interrupted = new Map<string, number>();

  constructor(node: LeaseSurroundings) {
    this.#node = node;
  }

  /** The number of outcomes that are remembered. */
  get remembered(): number {
    return this.#unwritten.size;
  }

  /** The leases of tasks that are on their way into the pool. */
  get leases(): Lease[] {
    return [...this.#arrived.values()].map(({ lease }) => lease);
  }

  /** Takes a lease of a task that is to be run. */
  add(lease: Lease, place: Place): void {
    this.#arrived.set(lease.envelope.id, { lease, ...place });
  }

  /** Returns whether the task has run here, and its outcome is not written. */
  remembers(id: string): boolean {
    return this.#unwritten.has(id);
  }

  /** Writes a remembered outcome. */
  answerAgain(lease: Lease, { queue }: Place): void {
    void this.answer(lease, this.#unwritten.get(lease.envelope.id) as string, queue);
  }

  /** Returns whether a task is on its way into the pool, which does not have it yet. */
  has(lease: Lease): boolean {
    return this.#arrived.get(lease.envelope.id)?.lease === lease;
  }

  /** Hands a lease over: the pool has the task now. */
  take(id: string): (Place & { readonly lease: Lease }) | undefined {
    const arrived = this.#arrived.get(id);
    this.#arrived.delete(id);
    return arrived;
  }

  /** Settles a task that is not in the pool. */
  async answer(lease: Lease, outcome: string, queue: string): Promise<void> {
    const { id, to } = lease.envelope;
    this.#arrived.delete(id);
    if (await accepts(lease, outcome, this.#node.own())) {
      this.#unwritten.delete(id);
      this.#node.report(to, id, outcome, queue);
    }
  }

  /** Gives a task back that is not in the pool. */
  async giveBack(lease: Lease, delay?: number): Promise<void> {
    this.#arrived.delete(lease.envelope.id);
    await lease.giveBack(delay).catch(() => {});
  }

  /** Gives a task back whose worker was ended as if the node were to end. After some times in a row it fails. */
  async giveBackInterrupted(lease: Lease, queue: string): Promise<void> {
    const { id } = lease.envelope;
    const times = (this.#interrupted.get(id) ?? 0) + 1;
    this.#interrupted.set(id, times);
    if (times < INTERRUPTIONS) return this.giveBack(lease, PAUSE);
    this.#interrupted.delete(id);
    const why = `its worker was ended by a signal to end its program, ${times} times`;
    await this.answer(lease, sealOutcome({ error: new FleetError('NODE_DIED', why) }), queue);
  }

  /** Remembers an outcome that is not written: the lease may come back. */
  remember(id: string, outcome: string): void {
    this.#unwritten.set(id, outcome);
    if (this.#unwritten.size <= REMEMBERED) return;
    for (const oldest of this.#unwritten.keys()) return void this.#unwritten.delete(oldest);
  }
}
