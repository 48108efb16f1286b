import type { TestFn } from 'ava';
import type { Broker } from '../../../fleet/broker.ts';
import type { Case, Wire } from './case.ts';
import { changeCases } from './change-cases.ts';
import { hintCases } from './hint-cases.ts';
import { leaseCases } from './lease-cases.ts';
import { lossCases } from './loss-cases.ts';
import { queueCases } from './queue-cases.ts';

/** The engine of a test file. */
export interface Ground {
  readonly lease: number;
  open(): Promise<Wire>;
}

/** The most cases at a time. */
const AT_A_TIME = 6;

/** All cases. */
export const cases: readonly Case[] = [...queueCases, ...changeCases, ...leaseCases, ...lossCases, ...hintCases];

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
      t.timeout(100_000);
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
