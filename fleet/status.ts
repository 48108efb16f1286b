import { randomUUID } from 'node:crypto';
import { Backlog, type FleetCounts } from './backlog/backlog.ts';
import { Crowd, type NodeInfo } from './backlog/crowd.ts';
import type { Broker } from './broker.ts';
import { namesOf } from './words/names.ts';

/** The tasks and the nodes of a kind, as `statepool status` and the inspector show them. */
export interface FleetStatus extends FleetCounts {
  /** The name of the kind. */
  readonly kind: string;
  readonly isPaused: boolean;
  readonly nodes: readonly NodeInfo[];
}

/** The time in which a node must answer: those who look again each second wait for no node that hangs. In ms. */
const PATIENCE = 1000;

/** Returns the names of the kinds that have living nodes at a broker. */
export async function kindsAt(broker: Broker): Promise<string[]> {
  const names = (await broker.living()).map((name) => /^(.*)@[\w-]+$/.exec(name)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

/** Looks at one kind at a broker, again and again. */
export class StatusReader {
  readonly #kind: string;
  readonly #crowd: Crowd;
  readonly #backlog: Backlog;

  constructor(broker: Broker, kind: string) {
    const names = namesOf(kind);
    this.#kind = kind;
    this.#crowd = new Crowd(broker, names, randomUUID());
    this.#backlog = new Backlog(broker, names, this.#crowd, () => '');
  }

  /** Returns how the kind is: its tasks, and its nodes. */
  async read(): Promise<FleetStatus> {
    const look = await this.#crowd.refresh();
    const [counts, nodes] = await Promise.all([this.#backlog.counts(look), this.#crowd.nodes(look, PATIENCE)]);
    return { kind: this.#kind, ...counts, isPaused: look.isHeld, nodes };
  }
}
