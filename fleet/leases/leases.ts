import {
  clearTimeout,
  type Ledger,
  type LedgerClient,
  queueMicrotask,
  setTimeout,
  type TaskId,
} from '../../actors/tooling.ts';
import type { Lease } from '../broker.ts';
import { FleetError } from '../errors.ts';
import { idOfFollowUp } from '../words/names.ts';
import { accepts, envelopeOf, fitting } from './accept.ts';
import { Arrivals, type LeaseSurroundings, type Place, type Taking } from './arrivals.ts';
import { Held } from './held.ts';
import { Retractions } from './retractions.ts';
import { isRemembered, onEnd, onLease } from './rules.ts';

/** The time in which a pool lets go of a task that nobody is to hear of. In ms. */
const MOMENT = 250;

/**
 * The leases of a node: the ledger of its pool. A task has settled when the broker has accepted its outcome under the lease
 * of the node. Its follow-ups are in the queue of the node before that.
 */
export class Leases implements Ledger {
  client: LedgerClient | undefined;
  readonly path = 'the broker of the fleet';
  readonly #node: LeaseSurroundings;
  readonly #live = new Map<string, Held>();
  readonly #retractions: Retractions;
  readonly #arrivals: Arrivals;
  /** Is true once the pool ends: what it leaves goes back to the broker at once. */
  isEnding = false;
  #arriving = 0;
  #settling = 0;
  #local = 0;
  readonly #settled: (() => void)[] = [];

  constructor(node: LeaseSurroundings) {
    this.#node = node;
    this.#arrivals = new Arrivals(node);
    this.#retractions = new Retractions(node.broker, node.own);
  }

  get arriving(): number {
    return this.#arriving;
  }

  get isWriting(): boolean {
    return this.#settling > 0;
  }

  get stats() {
    return { live: this.#live.size, known: this.#arrivals.remembered, recovered: 0, bytes: 0 };
  }

  /** The tasks in the hands of this node. */
  get held(): Iterable<Held> {
    return this.#live.values();
  }

  find(id: string): Held | undefined {
    return this.#live.get(id);
  }

  outcomeOf(): undefined {
    return undefined;
  }

  /**
   * Takes a lease. A task that is in the pool gets it: the lease has come back, or the task is a follow-up that was there
   * before its lease. A task that has run before, and whose lease was lost then, is answered.
   */
  take(lease: Lease, where: Place): Taking {
    const { id } = lease.envelope;
    const held = this.#live.get(id);
    const answer = onLease({
      isHeld: held !== undefined,
      isDropped: held?.isDropped === true,
      isElsewhere: held !== undefined && held.queue !== where.queue,
      isRetracted: where.isOwn && this.#retractions.has(id),
      isRemembered: this.#arrivals.remembers(id),
    });
    if (answer === 'bind') this.#bind(held as Held, lease);
    else if (answer === 'retract') this.#retractions.add(id, lease);
    else if (answer === 'later') void this.#arrivals.giveBack(lease, MOMENT);
    else if (answer === 'answer') this.#arrivals.answerAgain(lease, where);
    else this.#arrivals.add(lease, where);
    return answer === 'run' ? 'run' : 'known';
  }

  /** The leases whose tasks the pool does not have yet. */
  get arrivals(): Arrivals {
    return this.#arrivals;
  }

  add(id: string | undefined, body: string, owner: unknown, onWritten?: (id: TaskId) => void): Held {
    const arrived = id === undefined ? undefined : this.#arrivals.take(id);
    const name = arrived === undefined ? `local.${++this.#local}` : (id as string);
    const held = new Held(name, body, owner, 'arriving', arrived);
    if (onWritten !== undefined) held.onWritten = onWritten;
    this.#live.set(name, held);
    if (arrived !== undefined) {
      held.to = arrived.lease.envelope.to;
      held.onOrphaned((each) => void this.#release(each));
      this.#bind(held, arrived.lease);
    }
    this.#arriving++;
    queueMicrotask(() => {
      this.#arriving--;
      held.place = 'written';
      this.client?.accepted(held, undefined);
    });
    return held;
  }

  reserve(origin: Held, body: string, owner: unknown): Held {
    const id = idOfFollowUp(origin.id, origin.followUps.length + 1);
    const held = new Held(
      id,
      body,
      owner,
      'reserved',
      origin.isLocal ? undefined : { queue: this.#node.own(), isOwn: true },
    );
    held.to = origin.to;
    this.#retractions.forget(id);
    held.onOrphaned((each) => void this.#release(each));
    this.#live.set(id, held);
    return held;
  }

  fail(held: Held, then: (error: Error | undefined) => void): void {
    held.failed++;
    // The count is the node's own: a node that gets the task after a death begins with the first attempt.
    queueMicrotask(() => then(undefined));
  }

  settle(held: Held, outcome: string, owner: unknown, end: unknown): void {
    held.hasEnded = true;
    this.#settling++;
    const text = held.withFeedbacks(fitting(outcome, end, this.#node.maxBytes));
    void this.#settle(held, text, owner, end).finally(() => {
      this.#settling--;
      if (this.#settling === 0) for (const go of this.#settled.splice(0)) go();
    });
  }

  unsettled(name: string, problem: Error): Error {
    const why = `the node lost the lease of ${name}: the task is another node's, or runs again`;
    return new FleetError('LEASE_LOST', why, { cause: problem });
  }

  async written(): Promise<void> {
    if (this.#settling > 0) await new Promise<void>((resolve) => this.#settled.push(resolve));
  }

  commit(): void {}

  async close(): Promise<void> {}

  /** Cancels the tasks for which a function answers with a reason. */
  cancel(isMeant: (held: Held) => boolean, reason: unknown): void {
    for (const held of [...this.#live.values()]) if (isMeant(held)) this.client?.cancel(held, reason);
  }

  /**
   * Takes the tasks back that the pool has not ended, and that came from the backlog. Their leases are the caller's: nobody
   * hears of what the pool says about them.
   */
  withdraw(): Lease[] {
    const leases: Lease[] = [];
    for (const held of [...this.#live.values()]) {
      const { lease } = held;
      if (held.isOwn || held.hasEnded || held.isDropped || lease === undefined) continue;
      leases.push(lease);
      held.lease = undefined;
      held.drop();
      this.client?.cancel(
        held,
        new FleetError('LEASE_LOST', 'no worker of this node takes the task: another node may'),
      );
    }
    return leases;
  }

  /** Gives up the tasks of the queue that the node has for itself: others have inherited it. */
  abandonOwn(): void {
    for (const held of [...this.#live.values()]) {
      if (!held.isOwn || held.isDropped) continue;
      // It is in no queue yet: it comes into the new one.
      if (held.place === 'reserved') {
        held.queue = this.#node.own();
        continue;
      }
      const { lease } = held;
      this.#lose(held);
      if (lease !== undefined) void this.#arrivals.giveBack(lease);
    }
  }

  /** Gives back all tasks that have not ended. The pool must have ended before: it runs none of them any more. */
  async giveBackAll(): Promise<void> {
    const leases = [...this.#live.values()].flatMap(({ lease }) => lease ?? []);
    this.#live.clear();
    await Promise.all([...leases, ...this.#arrivals.leases].map((lease) => this.#arrivals.giveBack(lease)));
  }

  /** Gives a task back whose worker was ended together with its program. */
  async #release(held: Held): Promise<void> {
    if (held.hasEnded || this.#live.get(held.id) !== held) return;
    this.#live.delete(held.id);
    if (held.lease === undefined) return;
    if (this.isEnding) return this.#arrivals.giveBack(held.lease);
    await this.#arrivals.giveBackInterrupted(held.lease, held.queue);
  }

  #bind(held: Held, lease: Lease): void {
    held.bind(lease);
    lease.onLost(() => {
      if (held.lease !== lease) return;
      held.lease = undefined;
      if (!held.isOwn) this.#expectBack(held);
    });
  }

  /** Ends the run of a task whose lease does not come back soon: another node has it. */
  #expectBack(held: Held): void {
    const timer = setTimeout(() => {
      if (held.lease !== undefined || held.hasEnded || this.#live.get(held.id) !== held) return;
      this.#lose(held);
    }, this.#node.broker.lease);
    timer.unref?.();
    held.onOrphaned((each) => {
      clearTimeout(timer);
      void this.#release(each);
    });
  }

  #lose(held: Held): void {
    held.drop();
    this.#node.onLost(held.id);
    this.client?.cancel(held, new FleetError('LEASE_LOST', 'the task is another node’s'));
  }

  async #settle(held: Held, outcome: string, owner: unknown, end: unknown): Promise<void> {
    const { followUps } = held;
    const isWritten = held.isLocal ? !(await undefined) : await this.#write(held, outcome);
    if (this.#live.get(held.id) === held) this.#live.delete(held.id);
    if (isWritten) {
      for (const each of followUps) each.admit();
      this.#node.report(held.to, held.id, outcome, held.queue);
      this.client?.settled(owner, end, followUps, undefined);
      return;
    }
    if (!held.isDropped) {
      if (isRemembered(followUps.length)) this.#arrivals.remember(held.id, outcome);
      this.#node.onLost(held.id);
    }
    for (const each of followUps) {
      each.drop();
      this.#retractions.add(each.id, each.lease);
    }
    const isSilent = held.isDropped && followUps.length === 0;
    const problem = new FleetError('LEASE_LOST', 'the broker has refused the outcome');
    this.client?.settled(owner, end, followUps, isSilent ? undefined : problem);
  }

  /** Writes an outcome under the lease of the task, and under the next one if that has been lost and has come back. */
  async #write(held: Held, outcome: string): Promise<boolean> {
    const { isOwn, isDropped, isEarly } = held;
    if (onEnd({ hasLease: held.lease !== undefined, isOwn, isDropped, isEarly }) === 'fail') return false;
    for (let lease = await held.untilLeased(); lease !== undefined; lease = held.lease) {
      if ((await this.#entrust(lease, held.followUps)) && (await accepts(lease, outcome, this.#node.own())))
        return true;
      if (held.lease === lease) held.lease = undefined;
    }
    return false;
  }

  /** Adds follow-ups to the queue of the node, if the lease of their origin is still there. */
  async #entrust(lease: Lease, followUps: readonly Held[]): Promise<boolean> {
    if (followUps.length === 0) return true;
    try {
      await this.#retractions.done();
      if (!(await lease.isMine())) return false;
      const { broker, own } = this.#node;
      for (const each of followUps) each.place = 'buffered';
      await broker.add(own(), followUps.map(envelopeOf));
      return true;
    } catch {
      return false;
    }
  }
}
