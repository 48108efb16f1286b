import { randomUUID } from 'node:crypto';
import { wordsOf } from '../../actors/tooling.ts';
import type { Broker } from '../broker.ts';
import { FleetError } from '../errors.ts';
import { beginEpoch } from '../members/roll.ts';
import type { Names } from '../words/names.ts';
import type { Backlog } from './backlog.ts';
import type { Crowd } from './crowd.ts';

/** The feedbacks to all workers that are kept; the log is cut when it has twice as many. */
const FEEDBACKS = 1000;

/** The calls of a submitter that concern the whole kind: all nodes, and the tasks of all submitters. */
export class Control {
  readonly #broker: Broker;
  readonly #names: Names;
  readonly #crowd: Crowd;
  readonly #backlog: Backlog;
  /** Cancels the tasks of a queue that no node has. */
  readonly #cancelWaiting: (queue: string, reason: unknown) => Promise<void>;

  constructor(
    broker: Broker,
    names: Names,
    crowd: Crowd,
    backlog: Backlog,
    cancelWaiting: (queue: string, reason: unknown) => Promise<void>,
  ) {
    this.#broker = broker;
    this.#names = names;
    this.#crowd = crowd;
    this.#backlog = backlog;
    this.#cancelWaiting = cancelWaiting;
  }

  /** Stops or continues the dispatch of tasks, and tells all nodes. */
  async hold(isHeld: boolean): Promise<void> {
    await this.#broker.hold(this.#names.shared, isHeld);
    await this.#crowd.say({ type: 'look' });
  }

  /** Lets all nodes look again at what they have refused. */
  async broadcast(): Promise<void> {
    await beginEpoch(this.#broker, this.#names);
    await this.#crowd.say({ type: 'broadcast' });
  }

  /** Cancels all tasks that wait. @throws {FleetError} USAGE if a node lives */
  async clear(): Promise<void> {
    const { size } = (await this.#crowd.refresh()).living;
    if (size > 0) {
      const why = `clear is legal only while no node lives; this kind has ${size}: use cancelAll`;
      throw new FleetError('USAGE', why);
    }
    await this.cancelQueues(new Error('the queue was cleared'));
  }

  /** Cancels the tasks of all queues that no node has, and asks the nodes to cancel theirs. */
  async cancelAll(reason: unknown): Promise<void> {
    await this.cancelQueues(reason);
    await this.#crowd.say({ type: 'cancelAll', reason: textOf(reason) });
  }

  /** Cancels the tasks of all queues that no node has. */
  async cancelQueues(reason: unknown): Promise<void> {
    const queues = this.#backlog.queuesOf(await this.#crowd.refresh());
    await Promise.all(queues.map((queue) => this.#cancelWaiting(queue, reason)));
  }

  /** Cancels a worker of a node. @throws {FleetError} USAGE for an id that names no node */
  async cancelWorker(id: string, reason: unknown): Promise<boolean> {
    const at = String(id).indexOf('/');
    if (at < 0) throw new FleetError('USAGE', `no worker of a fleet has the id ${id}: take one that nodes() shows`);
    const word = { node: id.slice(0, at), worker: id.slice(at + 1), reason: textOf(reason) };
    const { living } = await this.#crowd.refresh();
    if (!living.has(word.node)) return false;
    const [answer] = await this.#crowd.ask<{ readonly id: string; readonly isDone: boolean }>(
      (reply) => ({ type: 'cancelWorker', ...word, reply }),
      [word.node],
    );
    return answer?.isDone === true;
  }

  /** Adds a feedback, as text, to the log that all nodes read. */
  async forwardFeedback(body: string): Promise<void> {
    const { log } = this.#names;
    await this.#broker.add(log, [{ id: randomUUID(), body }]);
    await this.#crowd.say({ type: 'look' });
    const { waiting } = await this.#broker.counts(log);
    if (waiting <= 2 * FEEDBACKS) return;
    const old = await this.#broker.list(log, 'waiting', 0, waiting - FEEDBACKS);
    await Promise.all(old.map(({ id }) => this.#broker.remove(log, id)));
  }

  /** Removes everything that the broker has of the kind. */
  async obliterate(reason: unknown): Promise<void> {
    await this.cancelAll(reason);
    const look = await this.#crowd.refresh();
    const queues = this.#backlog.queuesOf(look);
    // Living nodes stay on the roll: they enter it only once.
    const others = look.living.size === 0 ? [this.#names.log, this.#names.roll] : [this.#names.log];
    await Promise.all([...queues, ...others].map((queue) => this.#broker.destroy(queue)));
  }
}

function textOf(reason: unknown): string {
  return reason === undefined ? '' : wordsOf(reason);
}
