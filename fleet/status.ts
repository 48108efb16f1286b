import { randomUUID } from 'node:crypto';
import { Backlog, type FleetCounts } from './backlog/backlog.ts';
import { Crowd, type NodeInfo } from './backlog/crowd.ts';
import type { Broker } from './broker.ts';
import { namesOf } from './words/names.ts';

/** A kind as `statepool status` shows it. */
export interface KindStatus extends FleetCounts {
  readonly kind: string;
  readonly isPaused: boolean;
  readonly nodes: readonly NodeInfo[];
}

/** Returns the names of the kinds that have living nodes at a broker. */
export async function kindsAt(broker: Broker): Promise<string[]> {
  const names = (await broker.living()).map((name) => /^(.*)@[\w-]+$/.exec(name)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

/** Returns how a kind is: its tasks, and its nodes. */
export async function statusOf(broker: Broker, kind: string): Promise<KindStatus> {
  const names = namesOf(kind);
  const crowd = new Crowd(broker, names, randomUUID());
  const backlog = new Backlog(broker, names, crowd, () => '');
  const [look, nodes] = await Promise.all([crowd.refresh(), crowd.nodes()]);
  return { kind, ...(await backlog.counts(look)), isPaused: look.isHeld, nodes };
}
