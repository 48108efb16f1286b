import type { TestFn } from 'ava';
import type { Broker } from '../../../fleet/broker.ts';
import { openBroker } from '../../../fleet/bullmq/open.ts';
import type { TestEngine } from './engine.ts';
import { type Gate, startProxy } from './proxy.ts';

/** The times of brokers in tests, in ms. */
const LEASE = 1500;
const ANSWER = 1000;

/** A broker behind a proxy. */
export interface Wired {
  readonly broker: Broker;
  readonly proxy: Gate;
  silence(): void;
  heal(): void;
}

/** Opens a broker behind a proxy of its own. */
export async function openWired(engine: TestEngine, options: { lease?: number; answer?: number } = {}): Promise<Wired> {
  const proxy = await startProxy(engine.port);
  const opening = openBroker(engine.urlAt(proxy.port), { lease: LEASE, answer: ANSWER, ...options });
  const broker = await opening.catch(async (error) => {
    await proxy.close();
    throw error;
  });
  return {
    broker: Object.assign(broker, {
      close: async () => {
        await Object.getPrototypeOf(broker).close.call(broker);
        await proxy.close();
      },
    }),
    proxy,
    silence: () => proxy.swallow(),
    heal: () => proxy.heal(),
  };
}

/** Returns what starts the engine of a test file with its first test, and ends it after the last. */
export function groundOn(test: TestFn, start: () => Promise<TestEngine>) {
  let engine: Promise<TestEngine> | undefined;
  test.after.always(async () => {
    await (await engine)?.stop();
  });
  return async () => {
    engine ??= start();
    const started = await engine;
    return { engine: started, lease: LEASE, open: () => openWired(started) };
  };
}
