import { StalledError, setTimeout } from '../../actors/tooling.ts';
import type { Broker, Counts, Envelope } from '../broker.ts';
import { openTask } from '../envelope.ts';
import type { Look } from '../members/roll.ts';
import type { NodeAnswer } from '../node/words.ts';
import { isRefusedByAll, refusalsIn } from '../words/marks.ts';
import type { Names } from '../words/names.ts';
import type { Crowd } from './crowd.ts';

/** The time between two looks at the queues. In ms. */
const INTERVAL = 200;

/** The most parked tasks that are looked at, and the most that an error names. */
const LOOKED_AT = 1000;
const NAMED = 10;

/** The numbers of tasks in all queues of a kind. */
export interface FleetCounts {
  /** The tasks that no node has. */
  readonly waiting: number;
  /** The tasks that nodes have, whether a worker has begun them or not. */
  readonly active: number;
  /** The tasks that wait until a node takes them: all nodes that have looked at them had no worker for them. */
  readonly parked: number;
}

/** All queues of a kind: the backlog, and what each node has for itself. */
export class Backlog {
  readonly #broker: Broker;
  readonly #names: Names;
  readonly #crowd: Crowd;
  readonly #nameOf: (task: unknown) => string;

  constructor(broker: Broker, names: Names, crowd: Crowd, nameOf: (task: unknown) => string) {
    this.#broker = broker;
    this.#names = names;
    this.#crowd = crowd;
    this.#nameOf = nameOf;
  }

  /** The queues of the kind. */
  queuesOf({ living, dead }: Look): string[] {
    const nodes = [...living.keys(), ...dead.map(({ id }) => id)];
    return [this.#names.shared, ...nodes.map((id) => this.#names.own(id))];
  }

  /** Counts the tasks in all queues. */
  async counts(look?: Look): Promise<FleetCounts> {
    const queues = this.queuesOf(look ?? (await this.#crowd.refresh()));
    const all = await Promise.all(queues.map((queue) => this.#broker.counts(queue)));
    const sum = (part: 'waiting' | 'active' | 'parked') =>
      all.reduce((total: number, counts: Counts) => total + counts[part], 0);
    return { waiting: sum('waiting'), active: sum('active'), parked: sum('parked') };
  }

  /** Resolves when no task is left. @throws {StalledError} when the living nodes have refused all tasks that are left */
  async untilEmpty(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const look = await this.#crowd.refresh();
      const { waiting, active, parked } = await this.counts(look);
      if (waiting + active + parked === 0) return;
      const stalled = waiting + active === 0 ? await this.stalled(look) : undefined;
      if (stalled !== undefined) throw stalled;
      await pause(INTERVAL);
    }
  }

  /** Returns the error that names the tasks which all living nodes have refused; `undefined` if something can go on. */
  async stalled(look: Look): Promise<StalledError | undefined> {
    const { living, epoch } = look;
    const { waiting, active, parked } = await this.counts(look);
    if (parked === 0 || waiting + active > 0 || living.size === 0) return undefined;
    const tasks = await this.#broker.list(this.#names.shared, 'parked', 0, LOOKED_AT);
    const isHopeless = (task: Envelope) => isRefusedByAll(refusalsIn(task, epoch), living.keys());
    if (tasks.length === 0 || !tasks.every(isHopeless)) return undefined;
    const names = tasks.slice(0, NAMED).map(({ body }) => this.#nameOf(openTask(body).task));
    const size = [...living.values()].reduce((total, node) => total + node.size, 0);
    return new StalledError(names, parked, Math.max(1, size));
  }

  /** Returns the tasks that no worker has begun, once no worker is busy. Meanwhile nothing is dispatched. */
  async snapshot(): Promise<unknown[]> {
    const { shared } = this.#names;
    const { isHeld } = await this.#broker.counts(shared);
    await this.#broker.hold(shared, true);
    try {
      const look = await this.#untilQuiet();
      const tasks: Envelope[] = [];
      for (const queue of this.queuesOf(look)) {
        for (const state of ['active', 'waiting', 'parked'] as const) {
          tasks.push(...(await this.#broker.list(queue, state)));
        }
      }
      return tasks.map(({ body }) => openTask(body).task);
    } finally {
      if (!isHeld) await this.#broker.hold(shared, false);
      await this.#crowd.say({ type: 'look' });
    }
  }

  /** Resolves when no worker of a living node is busy. */
  async #untilQuiet(): Promise<Look> {
    for (;;) {
      await this.#crowd.say({ type: 'look' });
      const look = await this.#crowd.refresh();
      const answers = await this.#crowd.ask<NodeAnswer>((reply) => ({ type: 'ask', reply }), look.living.keys());
      const isQuiet = answers.every(({ isHeld, workers }) => isHeld && workers.every(({ state }) => state !== 'busy'));
      if (isQuiet && answers.length === look.living.size) return look;
      await pause(INTERVAL);
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
