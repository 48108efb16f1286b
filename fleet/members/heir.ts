import { clearInterval, StrandedError, setInterval, TaskCancelledError } from '../../actors/tooling.ts';
import type { Broker, Feed, Lease } from '../broker.ts';
import { sealOutcome } from '../envelope.ts';
import { onInherit } from '../leases/rules.ts';
import { cancellationIn, isGivenOn } from '../words/marks.ts';
import { movedTo, type Names } from '../words/names.ts';

/** The most tasks that an heir has in its hands at a time. */
const SLOTS = 16;

/** The time between two looks whether anything is left. In ms. */
const INTERVAL = 500;

/** The parts of a node that its heirs need. */
export interface HeirSurroundings {
  readonly broker: Broker;
  readonly names: Names;
  readonly redeliver: number;
  /** Returns the queue that the heir itself has for itself. */
  readonly own: () => string;
  /** Returns whether a fresh worker takes the task in this text. */
  readonly fitsFresh: (body: string) => boolean;
  /** Returns the name of the task in this text. */
  readonly nameOf: (body: string) => string;
  readonly report: (to: string | undefined, id: string, outcome: string, queue: string) => void;
}

/**
 * Takes over the queue that a dead node had for itself. A task that a fresh worker takes goes on to everybody; any other is
 * stranded, for the worker that could take it is gone. Several nodes may inherit from one: each task is leased to one of them.
 */
export class Heir {
  readonly #node: HeirSurroundings;
  readonly #dead: string;
  readonly #queue: string;
  readonly #feed: Feed;
  readonly #timer: NodeJS.Timeout;
  readonly #onDone: () => void;
  #isLooking = false;
  #isEnded = false;

  /** `onDone` is called when nothing is left, and the dead node is struck off the roll. */
  constructor(node: HeirSurroundings, dead: string, onDone: () => void) {
    this.#node = node;
    this.#dead = dead;
    this.#queue = node.names.own(dead);
    this.#onDone = onDone;
    const { broker, redeliver } = node;
    this.#feed = broker.work(this.#queue, { slots: SLOTS, redeliver }, (lease) => void this.#inherit(lease));
    this.#timer = setInterval(() => void this.#refresh(), INTERVAL);
    this.#timer.unref?.();
  }

  /** Takes no more. */
  end(): void {
    this.#isEnded = true;
    clearInterval(this.#timer);
    void this.#feed.stop().catch(() => {});
  }

  async #inherit(lease: Lease): Promise<void> {
    try {
      const { to, id } = lease.envelope;
      const outcome = await this.#outcomeOf(lease);
      if ((await lease.settle(outcome)) === 'accepted') this.#node.report(to, id, outcome, this.#queue);
    } catch {
      // The broker is closed: another heir gets the task.
    }
  }

  async #outcomeOf({ envelope }: Lease): Promise<string> {
    const { broker, names, own, fitsFresh, nameOf } = this.#node;
    const reason = cancellationIn(envelope);
    const isCancelled = reason !== undefined;
    const fits = isCancelled || fitsFresh(envelope.body);
    const fate = onInherit({ isCancelled, fitsFresh: fits, isGivenOn: isGivenOn(envelope) });
    if (fate === 'cancel') return sealOutcome({ error: new TaskCancelledError(reason) });
    if (fate === 'strand') return sealOutcome({ error: new StrandedError(nameOf(envelope.body)) });
    const goal = fate === 'toHeir' ? own() : names.shared;
    await broker.add(goal, [envelope]);
    return movedTo(goal);
  }

  async #refresh(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const { broker, names } = this.#node;
    try {
      const { waiting, active, parked } = await broker.counts(this.#queue);
      if (waiting + active + parked > 0 || this.#isEnded) return;
      await broker.remove(names.roll, this.#dead);
      this.end();
      this.#onDone();
    } catch {
      // The broker is closed.
    } finally {
      this.#isLooking = false;
    }
  }
}
