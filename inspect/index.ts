/**
 * Shows a running pool in a browser.
 *
 * @module statepool/inspect
 */

export { type Inspection, type InspectOptions, inspect } from './inspect.ts';
export type {
  ActorView,
  EndedMessage,
  FiredView,
  FullMessage,
  HeaderView,
  MachineView,
  MessageView,
  PoolView,
  QueueView,
  TickMessage,
  ToPage,
  VisitCounts,
  WaitingView,
} from './messages.ts';
