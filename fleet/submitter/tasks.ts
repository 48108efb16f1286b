import { randomUUID } from 'node:crypto';
import type { RunOptions } from '../../actors/index.ts';
import { type AnyKind, clearTimeout, nameTask, setTimeout, TaskTimeoutError } from '../../actors/tooling.ts';
import type { Order } from '../backlog/order.ts';
import type { Broker, Envelope } from '../broker.ts';
import { openOutcome, sealTask } from '../envelope.ts';
import { closedError } from '../errors.ts';
import { WANTS_FEEDBACK } from '../words/marks.ts';
import { type Names, placeIn, type Told } from '../words/names.ts';
import { Canceller } from './canceller.ts';
import { checkTaskOptions, type FullConnectOptions, keptOf } from './options.ts';
import { Outbox } from './outbox.ts';
import { type FleetOutcome, Pending, type PendingTask } from './pending.ts';
import { Reconciler } from './reconciler.ts';

/** A task that was submitted. */
export interface Submitted {
  readonly id: string;
  /** Resolves when the broker has the task. */
  readonly added: Promise<void>;
  /** Settles with the end of the task. */
  readonly result: Promise<unknown>;
}

/** The parts of a submitter that its tasks need. */
export interface TaskSurroundings {
  readonly kind: AnyKind;
  readonly broker: Broker;
  readonly names: Names;
  readonly options: FullConnectOptions;
  readonly order: Order;
  /** Is called for each task that has settled, and for each follow-up of such a task. */
  readonly onSettled: (outcome: FleetOutcome) => void;
}

/** The longest delay of a Node timer. In ms. */
const LONGEST = 2 ** 31 - 1;

/** The tasks of a submitter: from the call to the end, of which a node tells, or which stands in a queue. */
export class Tasks {
  readonly pending: Pending;
  readonly canceller: Canceller;
  readonly reconciler: Reconciler;
  readonly #to: TaskSurroundings;
  readonly #outbox: Outbox;
  /** The callers that wait until no task is pending. */
  readonly #waiting: (() => void)[] = [];

  constructor(surroundings: TaskSurroundings) {
    const { broker, names, options } = surroundings;
    this.#to = surroundings;
    this.pending = new Pending(
      (task, reason) => this.canceller.cancel(task, reason),
      (outcome) => {
        if (this.pending.size === 0) for (const go of this.#waiting.splice(0)) go();
        surroundings.onSettled(outcome);
      },
    );
    this.canceller = new Canceller(broker, names, this.pending);
    this.reconciler = new Reconciler(broker, this.pending);
    this.#outbox = new Outbox(broker, names.shared, options.keep);
  }

  /**
   * Submits a task, or joins one of that id that is pending here. @throws {FleetError} USAGE, MARSHAL_TASK, TOO_LARGE, and
   * the error of the comparison of `setOrder`
   */
  submit(task: unknown, options: RunOptions<never> = {}): Submitted {
    checkTaskOptions(options);
    const id = options.id ?? randomUUID();
    const known = this.pending.get(id);
    // The silence is counted from now on.
    if (this.pending.size === 0) this.reconciler.heard();
    const pending = known ?? this.pending.begin(id, task, this.#to.names.shared);
    const { signal, onFeedback } = options;
    const result = new Promise<unknown>((resolve, reject) => {
      this.pending.join(pending, { resolve, reject, signal, onFeedback });
    });
    if (known !== undefined) return { id, added: Promise.resolve(), result };
    const added = this.#add(pending, options);
    added.catch((error) => this.pending.fail(pending, error));
    return { id, added, result };
  }

  /** Hears the news from a node. */
  hear(news: readonly Told[]): void {
    this.reconciler.heard();
    for (const told of news) {
      const [what, id, text] = told;
      if (what === 'feedback') this.pending.hearFeedback(id, { text, run: told[3], number: told[4] });
      else if (text === null) this.#fetch(id);
      else if (!this.pending.hear(id, text)) this.#hearFollowUp(id, text);
    }
  }

  /** Resolves when no task of this submitter is pending. */
  async untilSettled(): Promise<void> {
    if (this.pending.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Rejects all who wait: the tasks go on, and their outcomes are kept. */
  abandon(): void {
    this.reconciler.end();
    for (const task of [...this.pending.tasks]) this.pending.fail(task, closedError('fleet'));
  }

  async #add(pending: PendingTask, options: RunOptions<never>): Promise<void> {
    const { broker, options: own, order, names } = this.#to;
    const { id, task } = pending;
    const envelope: Envelope = {
      id,
      body: sealTask(task, keptOf(options), own.maxBytes),
      to: own.id,
      rank: order.place(task, options.priority),
      ...(options.onFeedback === undefined ? {} : { flags: WANTS_FEEDBACK }),
    };
    await this.#outbox.add(envelope);
    pending.isAdded = true;
    if (options.signal?.aborted) this.canceller.cancel(pending, options.signal.reason);
    this.#limitWait(pending, options.queueTimeout);
    if (options.id === undefined) return;
    // The broker may have known the task: it may have ended, or gone to another queue.
    const [found] = await broker.find(names.shared, [id]);
    if (found?.state === 'ended') this.pending.hearRecorded(found);
    if (pending.queue !== names.shared) await this.reconciler.lookFor([pending]);
  }

  /** Ends the wait of a task that no node has taken in time: nobody else may be there to do it. */
  #limitWait(pending: PendingTask, ms = Number.POSITIVE_INFINITY): void {
    if (ms > LONGEST) return;
    const { broker, kind } = this.#to;
    const timer = setTimeout(() => {
      const error = new TaskTimeoutError('TIMEOUT_QUEUE', nameTask(kind, pending.task), ms);
      broker.remove(pending.queue, pending.id).then(
        (isRemoved) => isRemoved && this.pending.fail(pending, error),
        () => {},
      );
    }, ms);
    pending.forget.push(() => clearTimeout(timer));
  }

  #fetch(id: string): void {
    const pending = this.pending.get(id);
    if (pending !== undefined) void this.reconciler.lookFor([pending]).catch(() => {});
  }

  /** Reports the end of a follow-up: its id begins with that of its origin. */
  #hearFollowUp(id: string, text: string): void {
    if (!/\.\d+$/.test(id) || placeIn(text) !== undefined) return;
    const end = openOutcome(text);
    this.#to.onSettled({ id, isFollowUp: true, status: 'error' in end ? 'failed' : 'done', ...end });
  }
}
