/**
 * Makes programs on several machines the nodes of one fleet: each is a pool, and a broker holds the backlog of all.
 *
 * @module statepool/fleet
 */

export type { FleetCounts } from './backlog/backlog.ts';
export type { NodeInfo } from './backlog/crowd.ts';
export type {
  Broker,
  BrokerEvent,
  Counts,
  Cursor,
  Ended,
  EndedPage,
  Envelope,
  Feed,
  Flags,
  Found,
  Keep,
  Lease,
  Listener,
  Presence,
  Ranks,
  State,
  WorkOptions,
} from './broker.ts';
export { FleetError, type FleetErrorCode } from './errors.ts';
export type { NodeEntry } from './members/roll.ts';
export {
  type MemoryBroker,
  type MemoryConnection,
  type MemoryFaults,
  type MemoryOptions,
  memoryBroker,
} from './memory.ts';
export type { FleetNode, NodeEvents } from './node/node.ts';
export type { ServeOptions } from './node/options.ts';
export { serve } from './node/serve.ts';
export type { BrokerOptions } from './open-broker.ts';
export type { FleetStatus } from './status.ts';
export { connect, type FleetOf } from './submitter/connect.ts';
export type { FleetEvents } from './submitter/events.ts';
export { Fleet, type FleetCloseOptions, type FleetDestroyOptions } from './submitter/fleet.ts';
export type { ConnectOptions } from './submitter/options.ts';
export type { FleetOutcome } from './submitter/pending.ts';
