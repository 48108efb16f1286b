import type { ExecutionContext, TestFn } from 'ava';
import type { Broker, Envelope } from '../../../fleet/broker.ts';
import { hintCases } from './hint-cases.ts';
import { leaseCases } from './lease-cases.ts';
import { lossCases } from './loss-cases.ts';
import { queueCases } from './queue-cases.ts';

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

/** The engine of a test file. */
export interface Ground {
  readonly lease: number;
  open(): Promise<Wire>;
}

/** The most cases at a time. */
const AT_A_TIME = 6;

/** All cases. */
export const cases: readonly Case[] = [...queueCases, ...leaseCases, ...lossCases, ...hintCases];

/** Returns a task without a meaning. */
export function taskOf(id: string, more: Partial<Envelope> = {}): Envelope {
  return { id, body: `["${'x'.repeat(3)}"]`, ...more };
}

/** Registers each case as a test. A few run at a time. */
export function checkContract(test: TestFn, ground: () => Promise<Ground>, skip?: string): void {
  let running = 0;
  const waiting: Array<() => void> = [];
  for (const [number, { title, run }] of cases.entries()) {
    if (skip !== undefined) {
      test.skip(`${title} (${skip})`, () => {});
      continue;
    }
    test(title, async (t) => {
      if (running === AT_A_TIME) await new Promise<void>((resolve) => waiting.push(resolve));
      else running++;
      const { open, lease } = await ground();
      const brokers: Broker[] = [];
      const tracked = async () => {
        const wire = await open();
        brokers.push(wire.broker);
        return wire;
      };
      try {
        const name = `case:${number} of @all`;
        await run(t, { name, lease, open: tracked, broker: async () => (await tracked()).broker });
      } finally {
        await Promise.all(brokers.map((broker) => broker.close()));
        const next = waiting.shift();
        if (next === undefined) running--;
        else next();
      }
    });
  }
}
