import type { Pool } from '../../actors/index.ts';
import {
  type AnyKind,
  dateNow,
  nameTask,
  StrandedError,
  TaskCancelledError,
  TaskTimeoutError,
} from '../../actors/tooling.ts';
import type { Broker, Envelope, Feed, Lease } from '../broker.ts';
import { openTask, sealFeedback, sealOutcome } from '../envelope.ts';
import type { Place } from '../leases/arrivals.ts';
import type { Leases } from '../leases/leases.ts';
import type { Roll } from '../members/roll.ts';
import {
  cancellationIn,
  GIVEN_ON,
  isFollowUp,
  isRefusedByAll,
  refusalsIn,
  refusedBy,
  wantsFeedback,
} from '../words/marks.ts';
import { movedTo, type Names } from '../words/names.ts';
import type { Matches } from './matches.ts';
import type { Teller } from './teller.ts';

/** The most leases that a node holds of the queue that it has for itself. */
const OWN_SLOTS = 256;

/** The wait of a task that this node refuses: the first one, each is twice the one before; and when all refuse it. In ms. */
const WAIT = 250;
const DOUBLINGS = 4;
const LONG_WAIT = 60_000;

/** The wait of a task that the pool does not let in now. In ms. */
const FULL_WAIT = 250;

/** The errors of a pool that refuses every task now: another node may take them. */
const REFUSALS = new Set(['QUEUE_FULL', 'CLOSED', 'DEGRADED']);

/** The parts of a node that feed its pool. */
export interface Feeding {
  readonly kind: AnyKind;
  readonly pool: Pool<unknown, unknown, unknown, unknown>;
  readonly broker: Broker;
  readonly names: Names;
  readonly leases: Leases;
  readonly roll: Roll;
  readonly teller: Teller;
  readonly matches: Matches;
  readonly ahead: number;
  readonly redeliver: number;
  readonly maxBytes: number;
}

/** Pulls tasks for the pool of a node: as many as its workers can hold. Gives on, and puts aside, what it does not take. */
export class Feeder {
  readonly #node: Feeding;
  readonly #shared: Feed;
  #own: Feed;
  /** The epoch for which this node has put a task aside for long. */
  #asideIn: string | undefined;

  constructor(node: Feeding) {
    this.#node = node;
    const { broker, names, redeliver } = node;
    const place = { queue: names.shared, isOwn: false };
    this.#shared = broker.work(names.shared, { slots: this.#slots, redeliver }, (lease) => this.#take(lease, place));
    this.#own = this.#feedOwn();
  }

  /** Takes as many tasks as the workers of the pool perform together now. */
  adjust(): void {
    if (this.#shared.slots !== this.#slots) this.#shared.slots = this.#slots;
  }

  /** Works on the queue of a new incarnation of the node. */
  renewOwn(): void {
    void this.#own.stop().catch(() => {});
    this.#own = this.#feedOwn();
  }

  /** Gives up the tasks that no worker of this node takes any more: they came when one did. */
  handOver(): void {
    for (const lease of this.#node.leases.withdraw()) void this.#refuse(lease);
  }

  /**
   * Lets all nodes look again at what is aside if another epoch has begun since: its beginning may have come before the
   * task was put aside.
   */
  lookAgain(epoch: string): void {
    if (this.#asideIn === undefined || this.#asideIn === epoch) return;
    this.#asideIn = undefined;
    this.#node.broker.promote(this.#node.names.shared).catch(() => {});
  }

  /** Takes no more tasks from the backlog. */
  stopShared(): void {
    void this.#shared.stop().catch(() => {});
  }

  /** Takes no more tasks. */
  stop(): void {
    this.stopShared();
    void this.#own.stop().catch(() => {});
  }

  get #slots(): number {
    const { pool, kind, ahead } = this.#node;
    return pool.size === 0 ? 0 : pool.size * (kind.concurrency ?? 1) + ahead;
  }

  #feedOwn(): Feed {
    const { broker, redeliver, roll } = this.#node;
    const place = { queue: roll.own, isOwn: true };
    return broker.work(place.queue, { slots: OWN_SLOTS, redeliver }, (lease) => this.#take(lease, place));
  }

  #take(lease: Lease, place: Place): void {
    const { leases } = this.#node;
    const reason = cancellationIn(lease.envelope);
    if (leases.take(lease, place) === 'known') return;
    if (reason !== undefined) return this.#answer(lease, place, new TaskCancelledError(reason));
    try {
      const { task, kept } = openTask(lease.envelope.body);
      this.#place(lease, place, task, kept as Readonly<Record<string, unknown>>);
    } catch (error) {
      this.#answer(lease, place, error);
    }
  }

  #place(lease: Lease, place: Place, task: unknown, kept: Readonly<Record<string, unknown>>): void {
    const { kind, matches } = this.#node;
    const holder = place.isOwn ? undefined : matches.holderOf(task);
    if (holder !== undefined) return void this.#giveOn(lease, holder);
    if (matches.isTaken(task)) return this.#run(lease, place, task, kept);
    if (place.isOwn && isFollowUp(lease.envelope)) {
      return this.#answer(lease, place, new StrandedError(nameTask(kind, task)));
    }
    void this.#refuse(lease);
  }

  #run(lease: Lease, place: Place, task: unknown, kept: Readonly<Record<string, unknown>>): void {
    const { pool, leases, roll, teller } = this.#node;
    const { envelope } = lease;
    const wait = waitOf(envelope, kept);
    if (wait !== undefined && wait <= 0) {
      const limit = Number(kept.queueTimeout);
      return this.#answer(lease, place, new TaskTimeoutError('TIMEOUT_QUEUE', nameTask(this.#node.kind, task), limit));
    }
    const onFeedback = (feedback: unknown) => {
      const text = this.#feedbackText(feedback);
      const held = leases.find(envelope.id);
      // A run that nobody is to hear of has no feedbacks.
      if (text === undefined || held === undefined || held.isDropped) return;
      teller.feedback(envelope.to, envelope.id, held.numbered(text, roll.id));
    };
    // These two are the ledger's own: `run` has no such options.
    const { followUp: _, failed: __, ...given } = kept;
    const options = {
      ...given,
      ...(wait === undefined ? {} : { queueTimeout: wait }),
      id: envelope.id,
      ...(wantsFeedback(envelope) ? { onFeedback } : {}),
    };
    pool.run(task, options).catch((error) => {
      // Else the pool has the task, and its end goes to the ledger.
      if (!leases.arrivals.has(lease)) return;
      if (REFUSALS.has(error?.code)) void leases.arrivals.giveBack(lease, FULL_WAIT);
      else this.#answer(lease, place, error);
    });
  }

  #answer(lease: Lease, { queue }: Place, error: unknown): void {
    void this.#node.leases.arrivals.answer(lease, sealOutcome({ error }), queue);
  }

  /** Puts a task aside that no worker of this node takes: for another node, or until something changes. */
  async #refuse(lease: Lease): Promise<void> {
    const { leases, roll } = this.#node;
    const { epoch, living } = roll.latest;
    const refused = refusedBy(refusalsIn(lease.envelope, epoch), roll.id);
    const isHopeless = isRefusedByAll(refused, [...living.keys(), roll.id]);
    await lease.flag({ refused }).catch(() => {});
    await leases.arrivals.giveBack(lease, isHopeless ? LONG_WAIT : WAIT * 2 ** Math.min(refused.times - 1, DOUBLINGS));
    if (!isHopeless) return;
    this.#asideIn = epoch;
    this.lookAgain(roll.latest.epoch);
  }

  /** Gives a task on to the node whose workers have loaded what it needs. */
  async #giveOn(lease: Lease, holder: string): Promise<void> {
    const { broker, leases, names } = this.#node;
    const goal = names.own(holder);
    const { envelope } = lease;
    try {
      if (await lease.isMine()) {
        await broker.add(goal, [{ ...envelope, flags: { ...envelope.flags, ...GIVEN_ON } }]);
        return await leases.arrivals.answer(lease, movedTo(goal), names.shared);
      }
    } catch {
      // The broker is closed.
    }
    await leases.arrivals.giveBack(lease);
  }

  #feedbackText(feedback: unknown): string | undefined {
    try {
      return sealFeedback(feedback, this.#node.maxBytes);
    } catch (error) {
      process.emitWarning(`a feedback was not sent: ${(error as Error).message}`, { code: 'STATEPOOL_FLEET' });
      return undefined;
    }
  }
}

/** Returns the rest of the time that a task may wait: it counts from when the broker has accepted the task. */
function waitOf({ at }: Envelope, { queueTimeout }: Readonly<Record<string, unknown>>): number | undefined {
  if (typeof queueTimeout !== 'number' || at === undefined) return undefined;
  return queueTimeout - Math.max(0, dateNow() - at);
}
