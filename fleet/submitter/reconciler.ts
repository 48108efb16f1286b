import { clearInterval, dateNow, setInterval, TaskCancelledError } from '../../actors/tooling.ts';
import type { Broker } from '../broker.ts';
import type { Pending, PendingTask } from './pending.ts';

/** The silence after which a submitter looks into the queues. In ms. */
const SILENCE = 1000;

/** The tasks of one look, and the looks without news after which it rests. */
const GROUP = 500;
const LOOKS = 4;

/** The oldest tasks, and the others in turn, that are looked for although the submitter hears of others. */
const FEW = 32;

/** Finds the ends that a submitter was not told of: in the queues, where they stand. */
export class Reconciler {
  readonly #broker: Broker;
  readonly #pending: Pending;
  readonly #timer: NodeJS.Timeout;
  readonly #forget: () => void;
  #heardAt = dateNow();
  #glancedAt = dateNow();
  #isGlancing = false;
  #looking: Promise<void> | undefined;
  /** The task at which the last look has stopped. */
  #last: string | undefined;

  constructor(broker: Broker, pending: Pending) {
    this.#broker = broker;
    this.#pending = pending;
    this.#timer = setInterval(() => {
      if (pending.size === 0) return;
      const now = dateNow();
      if (now - this.#heardAt >= SILENCE) void this.refresh();
      // A node may have died between an end and its telling, and the others go on.
      else if (now - this.#glancedAt >= SILENCE) void this.#glance(now - SILENCE);
    }, SILENCE / 4);
    this.#timer.unref?.();
    this.#forget = broker.on('gap', () => void this.refresh());
  }

  /** Notes that something was told. */
  heard(): void {
    this.#heardAt = dateNow();
  }

  /** Looks into the queues for the tasks that have not settled. Never rejects. */
  refresh(): Promise<void> {
    this.#looking ??= this.#refresh()
      .catch(() => {})
      .finally(() => {
        this.#looking = undefined;
        this.heard();
      });
    return this.#looking;
  }

  /** Looks for some tasks that were submitted before a time. Never rejects. */
  async #glance(before: number): Promise<void> {
    if (this.#isGlancing || this.#looking !== undefined) return;
    this.#isGlancing = true;
    const few = new Set<PendingTask>();
    for (const task of this.#pending.tasks) {
      if (few.size === FEW || task.since > before) break;
      if (task.isAdded) few.add(task);
    }
    if (few.size === FEW) for (const task of this.#next(FEW)) few.add(task);
    if (few.size > 0) await this.lookFor([...few]).catch(() => {});
    this.#glancedAt = dateNow();
    this.#isGlancing = false;
  }

  /** Looks for these tasks only. */
  async lookFor(tasks: readonly PendingTask[]): Promise<number> {
    let news = 0;
    const queues = new Map<string, PendingTask[]>();
    for (const task of tasks) queues.set(task.queue, [...(queues.get(task.queue) ?? []), task]);
    for (const [queue, members] of queues) {
      const found = await this.#broker.find(
        queue,
        members.map(({ id }) => id),
      );
      for (const [i, each] of found.entries()) {
        const task = members[i] as PendingTask;
        // It may have moved on since the question.
        if (task.queue !== queue || this.#pending.get(task.id) !== task) continue;
        if (each === undefined && task.isMissed) {
          this.#pending.fail(task, new TaskCancelledError('it is not in the queue any more'));
        }
        if (each?.state === 'ended' && this.#pending.hearRecorded(each)) news++;
        task.isMissed = each === undefined;
      }
    }
    return news;
  }

  /** Looks no more. */
  end(): void {
    clearInterval(this.#timer);
    this.#forget();
  }

  async #refresh(): Promise<void> {
    for (let idle = 0; idle < LOOKS; ) {
      const group = this.#next(GROUP);
      if (group.length === 0) return;
      if ((await this.lookFor(group)) === 0) idle++;
      if (group.length < GROUP && idle > 0) return;
    }
  }

  /** Returns the next tasks to look for: in turn, so that each is looked for some time. */
  #next(most: number): PendingTask[] {
    const all = [...this.#pending.tasks].filter(({ isAdded }) => isAdded);
    const at = all.findIndex(({ id }) => id === this.#last) + 1;
    const group = [...all.slice(at), ...all.slice(0, at)].slice(0, most);
    this.#last = group.at(-1)?.id;
    return group;
  }
}
