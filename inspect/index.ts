/**
 * Shows a running pool, or a fleet, in a browser.
 *
 * @module statepool/inspect
 */

export type { InspectedFleet } from './fleet/fleet-view.ts';
export { type Inspection, type InspectOptions, inspect } from './inspect.ts';
export type {
  ActorView,
  BarView,
  CompetenceView,
  EndedMessage,
  FailedView,
  FiredView,
  FleetMessage,
  FullMessage,
  HeaderView,
  MachineView,
  MarkView,
  MessageView,
  NodeView,
  PoolView,
  QueueView,
  ReasonView,
  TickMessage,
  TimelineView,
  ToFleetPage,
  ToPage,
  VisitCounts,
  WaitingView,
} from './messages.ts';
