import type { ExecutionContext } from 'ava';
import type { Broker, Envelope } from '../../../fleet/broker.ts';
import { Hands } from '../../support/engines/hands.ts';

/** A connection to the broker of a test, over a network that the test can break. */
export interface Wire {
  readonly broker: Broker;
  /** Swallows everything that this connection sends and hears, without a word. */
  silence(): void;
  /** Lets it through again. */
  heal(): void;
}

/** What a case has. */
export interface World {
  /** The name of a queue, a topic or a presence that no other case uses. */
  readonly name: string;
  /** The time of a lease, in ms. */
  readonly lease: number;
  /** Opens a connection of its own, as another process has it. */
  open(): Promise<Wire>;
  /** Opens a connection whose network works. */
  broker(): Promise<Broker>;
}

/** A promise of the port that each broker keeps. */
export interface Case {
  readonly title: string;
  readonly run: (t: ExecutionContext, world: World) => Promise<void>;
}

/** Returns a task without a meaning. */
export function taskOf(id: string, more: Partial<Envelope> = {}): Envelope {
  return { id, body: `["${'x'.repeat(3)}"]`, ...more };
}

/** Returns the ids of tasks. */
export const idsOf = (envelopes: ReadonlyArray<{ readonly id: string }>) => envelopes.map(({ id }) => id);

/** Settles the next tasks of a queue. Returns their ids. */
export async function settleSome(broker: Broker, queue: string, count: number): Promise<string[]> {
  const hands = new Hands(broker, queue);
  for (let i = 0; i < count; i++) await (await hands.next()).settle(`{"result":${i}}`);
  await hands.feed.stop();
  return hands.ids;
}
