import type { Broker } from '../broker.ts';
import { openTask } from '../envelope.ts';
import { FleetError } from '../errors.ts';

/** A comparison of tasks: negative if the first one goes first. */
export type Compare = (one: unknown, other: unknown) => number;

/** The rank of a task of priority 0, and the ends of all ranks. */
const MIDDLE = 1_048_575;
const LAST = 2_097_150;

/** The most tasks that are put into an order. */
const MOST = 10_000;

/** A task that has a place in the order. */
interface Ranked {
  readonly task: unknown;
  readonly rank: number;
}

/** Returns the rank of a priority: a higher priority has a lower rank. */
function rankOf(priority = 0): number {
  return Math.min(LAST, Math.max(0, MIDDLE - Math.round(priority)));
}

/** The order in which tasks go: by priority and arrival, or by a comparison over what waits. */
export class Order {
  readonly #broker: Broker;
  readonly #queue: string;
  #compare: Compare | undefined;
  #ranked: Ranked[] = [];

  constructor(broker: Broker, queue: string) {
    this.#broker = broker;
    this.#queue = queue;
  }

  /** Returns the rank of a new task. @throws the error of the comparison */
  place(task: unknown, priority: number | undefined): number {
    if (this.#compare === undefined) return rankOf(priority);
    let low = 0;
    let high = this.#ranked.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(task, (this.#ranked[middle] as Ranked).task) < 0) high = middle;
      else low = middle + 1;
    }
    const before = this.#ranked[low - 1]?.rank ?? 0;
    const after = this.#ranked[low]?.rank ?? LAST;
    // Without a rank between the neighbours it is the last one of those that rank as the one before.
    const rank = before + Math.floor((after - before) / 2);
    if (this.#ranked.length < MOST) this.#ranked.splice(low, 0, { task, rank });
    return rank;
  }

  /**
   * Puts the tasks that wait into an order, stably; without a comparison: by priority and arrival.
   * @throws {FleetError} REFUSED if too many wait, and the error of the comparison; the order is then unchanged
   */
  async set(compare: Compare | undefined): Promise<void> {
    const { waiting } = await this.#broker.counts(this.#queue);
    if (waiting > MOST) {
      const what = `${waiting} tasks wait, and a comparison orders at most ${MOST}`;
      throw new FleetError('REFUSED', `${what}: give the tasks priorities, or call setOrder before they are submitted`);
    }
    const tasks = (await this.#broker.list(this.#queue, 'waiting')).map(({ id, body, at = 0 }) => ({
      id,
      at,
      ...openTask(body),
    }));
    const ranks = new Map<string, number>();
    if (compare === undefined) for (const { id, kept } of tasks) ranks.set(id, rankOf(kept.priority));
    else {
      tasks.sort((a, b) => compare(a.task, b.task));
      const step = Math.max(1, Math.floor(LAST / (tasks.length + 1)));
      for (const [i, { id }] of tasks.entries()) ranks.set(id, (i + 1) * step);
    }
    await this.#broker.rank(this.#queue, ranks);
    this.#compare = compare;
    this.#ranked = compare === undefined ? [] : tasks.map(({ id, task }) => ({ task, rank: ranks.get(id) as number }));
  }
}
