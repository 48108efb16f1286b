import type { Kind, KindTypes } from '../../actors/index.ts';
import { type AnyKind, checkKind } from '../../actors/tooling.ts';
import type { FeedbackOf, ResultOf } from '../../kinds/kind.ts';
import { openBroker } from '../open-broker.ts';
import { Fleet } from './fleet.ts';
import { type ConnectOptions, fillConnectOptions } from './options.ts';

/** The fleet of a kind's types: its tasks, results and feedbacks are those of a pool of the kind. */
export type FleetOf<X extends KindTypes> = Fleet<X['task'], ResultOf<X>, FeedbackOf<X>>;

/**
 * Connects this program to the fleet of a kind: it submits tasks, and nodes perform them. It needs no worker, and no node to be
 * there.
 *
 * @example
 * import { connect } from 'statepool/fleet';
 *
 * await using fleet = await connect(kind, { broker: 'redis://queue.internal' });
 * const result = await fleet.run(task, { id: 'invoice 17' });
 *
 * @throws {FleetError} USAGE for a wrong option, UNREACHABLE if the engine does not answer, KIND_VERSION if
 * the option `strict` is set and the kind of a node has another version
 * @throws {UsageError} for a wrong kind
 */
export async function connect<X extends KindTypes>(kind: Kind<X>, options: ConnectOptions): Promise<FleetOf<X>> {
  checkKind(kind, 'the first argument of connect');
  const filled = fillConnectOptions(options);
  const opened = await openBroker(options);
  try {
    const fleet = new Fleet(kind as AnyKind, opened, filled);
    await fleet.listen();
    return fleet as unknown as FleetOf<X>;
  } catch (error) {
    await opened.close();
    throw error;
  }
}
