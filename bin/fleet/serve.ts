import { loadKind } from '../../actors/tooling.ts';
import { serve as serveFleet } from '../../fleet/index.ts';
import { type BrokerFlags, brokerOf, shownAddress } from '../flags/broker-flags.ts';
import { urlOfKind } from '../flags/kind-url.ts';
import type { PoolFlags } from '../flags/pool-flags.ts';
import { showPool } from '../flags/view-flags.ts';
import { complain } from '../terminal/exit.ts';
import { note } from '../terminal/terminal.ts';
import { untilSignal } from './signals.ts';

/** The flags of `statepool serve`. */
export interface ServeFlags extends PoolFlags, BrokerFlags {
  readonly name?: string;
  readonly ahead?: number;
  readonly redeliver?: number;
  readonly lease?: number;
  /** Refuses to start beside nodes whose kind has another version. */
  readonly strict: boolean;
  /** The time for the tasks under way after a signal to end. In ms. */
  readonly grace: number;
}

/**
 * Makes this process a node of a fleet, until a signal tells it to end. It then finishes what it has within the grace, gives
 * the rest back, and exits with 0. Sets the exit code 2 if it cannot start.
 */
export async function serve(kindName: string, flags: ServeFlags): Promise<void> {
  try {
    const { name, ahead, redeliver, lease, size, host, strict } = flags;
    const kind = await loadKind(urlOfKind(kindName));
    const at = brokerOf(flags);
    const given = Object.entries({ name, ahead, redeliver, lease, size }).filter(([, value]) => value !== undefined);
    const node = await serveFleet(kind, {
      ...at,
      ...Object.fromEntries(given),
      host,
      strict,
      onOutput: ({ worker, line }) => note(`[${worker}] ${line}`),
    });
    node.on('down', () => note('statepool: the broker does not answer'));
    node.on('up', () => note('statepool: the broker answers again'));
    node.on('lost', (id) => note(`statepool: the task ${id} is another node's now`));
    node.on('inherits', (id) => note(`statepool: the node ${id} is dead: its tasks go on elsewhere`));
    const stopShowing = await showPool(node.pool, flags);
    note(`statepool: ${node.name} serves ${kind.name} at ${shownAddress(at.broker)} with ${node.pool.size} workers`);
    const signal = await untilSignal();
    note(`statepool: ${signal}: the node takes no more tasks; send the signal again to exit at once`);
    await node.drain(flags.grace);
    stopShowing();
    note('statepool: the node has left the fleet');
    process.exitCode = 0;
  } catch (error) {
    complain(error);
  }
}
