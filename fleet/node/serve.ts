import type { Kind, KindTypes, PoolOf } from '../../actors/index.ts';
import { type AnyKind, checkKind } from '../../actors/tooling.ts';
import { openBroker } from '../open-broker.ts';
import { type FleetNode, Node } from './node.ts';
import { type ServeOptions, splitOptions } from './options.ts';

/**
 * Makes this program a node of a fleet: a pool whose tasks come from a broker, and whose outcomes are written there. Every
 * program that serves the same kind at the same broker is a node of the same fleet.
 *
 * @example
 * import { serve } from 'statepool/fleet';
 *
 * const node = await serve(kind, { broker: 'redis://queue.internal', size: 8 });
 * process.once('SIGTERM', () => node.drain(25_000));
 *
 * @throws {FleetError} USAGE for a wrong option, UNREACHABLE if the engine does not answer, KIND_VERSION if
 * the option `strict` is set and the kind of a node has another version
 * @throws {UsageError} for a wrong kind, or a wrong option of its pool
 */
export async function serve<X extends KindTypes>(kind: Kind<X>, options: ServeOptions): Promise<FleetNode<PoolOf<X>>> {
  checkKind(kind, 'the first argument of serve');
  const { own, pool } = splitOptions(options);
  const opened = await openBroker(options);
  try {
    return (await Node.start(kind as AnyKind, opened, own, pool)) as unknown as FleetNode<PoolOf<X>>;
  } catch (error) {
    await opened.close();
    throw error;
  }
}
