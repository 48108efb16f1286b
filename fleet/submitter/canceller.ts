import { clearInterval, setInterval, TaskCancelledError, wordsOf } from '../../actors/tooling.ts';
import type { Broker } from '../broker.ts';
import { sealOutcome } from '../envelope.ts';
import { cancelled } from '../words/marks.ts';
import { type Names, type Told, topicOf, type Word } from '../words/names.ts';
import type { Pending, PendingTask } from './pending.ts';

/** The time after which a cancel is said again. In ms. */
const AGAIN = 500;

/** Cancels tasks wherever they are: in a queue, or in the hands of a node. */
export class Canceller {
  readonly #broker: Broker;
  readonly #names: Names;
  readonly #pending: Pending;

  constructor(broker: Broker, names: Names, pending: Pending) {
    this.#broker = broker;
    this.#names = names;
    this.#pending = pending;
  }

  /** Cancels a task of this submitter, and says so again until it has settled. */
  cancel(task: PendingTask, reason: unknown): void {
    if (task.callers.length === 0) return;
    const words = reason === undefined ? '' : wordsOf(reason);
    let isAsking = false;
    const ask = async () => {
      if (isAsking || !task.isAdded) return;
      isAsking = true;
      try {
        if (await this.#remove(task.queue, task.id)) this.#pending.fail(task, new TaskCancelledError(reason));
        else await this.#say(task.queue, task.id, words);
      } catch (error) {
        // Nobody hears a closed broker. Other errors pass: the engine is away.
        if ((error as { code?: string }).code === 'CLOSED') clearInterval(timer);
      } finally {
        isAsking = false;
      }
    };
    const timer = setInterval(() => void ask(), AGAIN);
    task.forget.push(() => clearInterval(timer));
    void ask();
  }

  /** Cancels any task of the kind, once. Returns whether one was found that has not ended. */
  async cancelAny(id: string, reason: unknown): Promise<boolean> {
    const own = this.#pending.get(id);
    if (own !== undefined) {
      this.cancel(own, reason);
      return true;
    }
    const [found] = await this.#broker.find(this.#names.shared, [id]);
    if (found === undefined || found.state === 'ended') return false;
    const words = reason === undefined ? '' : wordsOf(reason);
    if (await this.#remove(this.#names.shared, id)) await this.#report(found.to, id, words);
    else await this.#say(this.#names.shared, id, words);
    return true;
  }

  /** Cancels all tasks of a queue that no node has in its hands; their submitters are told. */
  async cancelWaiting(queue: string, reason: unknown): Promise<void> {
    const words = reason === undefined ? '' : wordsOf(reason);
    for (const state of ['waiting', 'parked'] as const) {
      const tasks = await this.#broker.list(queue, state);
      await Promise.all(
        tasks.map(async ({ id, to }) => {
          if (!(await this.#remove(queue, id))) return;
          const own = this.#pending.get(id);
          if (own !== undefined) this.#pending.fail(own, new TaskCancelledError(reason));
          else await this.#report(to, id, words);
        }),
      );
    }
  }

  #remove(queue: string, id: string): Promise<boolean> {
    return this.#broker.remove(queue, id);
  }

  /** Marks a task that a node has, or is about to have, and tells all nodes. */
  async #say(queue: string, id: string, reason: string): Promise<void> {
    await this.#broker.flag(queue, id, cancelled(reason));
    await this.#broker.publish(this.#names.all, { type: 'cancel', id, reason } satisfies Word);
  }

  async #report(to: string | undefined, id: string, reason: string): Promise<void> {
    if (to === undefined) return;
    const outcome = sealOutcome({ error: new TaskCancelledError(reason) });
    await this.#broker.publish(topicOf(to), [['end', id, outcome, this.#names.shared]] satisfies Told[]);
  }
}
