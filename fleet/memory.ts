import { setImmediate } from '../actors/tooling.ts';
import type { Broker } from './broker.ts';
import { checkTime } from './engine/checks.ts';
import { realClock, TestClock } from './engine/clock.ts';
import { MemoryConnection } from './engine/memory-connection.ts';
import { MemoryEngine, type MemoryFaults } from './engine/memory-engine.ts';

export type { MemoryConnection } from './engine/memory-connection.ts';
export type { MemoryFaults } from './engine/memory-engine.ts';

/** The options of a broker in memory. */
export interface MemoryOptions extends MemoryFaults {
  /** The time without a sign of life after which a lease is lost, in ms. @default 3000 */
  readonly lease?: number;
  /** The clock: the machine's, or one that only `advance` moves. @default 'real' */
  readonly clock?: 'real' | 'test';
}

/** A broker in this process: for tests, and for programs that try the fleet without an engine. */
export interface MemoryBroker extends Broker {
  /** Opens another connection, as another process would have it. It can be frozen and killed. */
  connect(): MemoryConnection;
  /** Moves the clock by some ms, where it is the test's. Resolves when everything that this caused has happened. */
  advance(ms: number): Promise<void>;
  /** Stops the engine: it answers nobody, and forgets nothing. */
  stop(): void;
  /** Starts the engine again. */
  start(): void;
  /** Takes the lease of a task from its holder. Returns whether the task had one. */
  lose(queue: string, id: string): boolean;
}

/** Turns of the event loop in which everything that a timer caused has happened, if nothing else delays it. */
const TURNS = 5;

/**
 * Makes a broker in this process, which forgets everything with it. Faults happen on request.
 *
 * @example
 * import { connect, memoryBroker, serve } from 'statepool/fleet';
 *
 * const broker = memoryBroker();
 * const node = await serve(kind, { broker, size: 2 });
 * const fleet = await connect(kind, { broker });
 * await fleet.run(task);
 *
 * @throws {FleetError} USAGE if an option is wrong
 */
export function memoryBroker({ lease = 3000, clock = 'real', ...faults }: MemoryOptions = {}): MemoryBroker {
  checkTime('lease', lease, 1);
  const test = clock === 'test' ? new TestClock() : undefined;
  const engine = new MemoryEngine(test ?? realClock(), lease, faults);
  return Object.assign(new MemoryConnection(engine), {
    connect: () => new MemoryConnection(engine),
    advance: async (ms: number) => {
      await test?.advance(ms, settled);
    },
    stop: () => engine.stop(),
    start: () => engine.start(),
    lose(queue: string, id: string): boolean {
      for (const client of engine.clients) {
        for (const held of client.held) {
          if (held.queue !== queue || held.id !== id) continue;
          engine.lose(client, held);
          return true;
        }
      }
      return false;
    },
  });
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
