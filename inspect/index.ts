/**
 * Shows a running pool in a browser.
 *
 * @module statepool/inspect
 */

export { type Inspection, type InspectOptions, inspect } from './inspect.ts';
export type {
  ActorView,
  BarView,
  CompetenceView,
  EndedMessage,
  FailedView,
  FiredView,
  FullMessage,
  HeaderView,
  MachineView,
  MarkView,
  MessageView,
  PoolView,
  QueueView,
  ReasonView,
  TickMessage,
  TimelineView,
  ToPage,
  VisitCounts,
  WaitingView,
} from './messages.ts';
