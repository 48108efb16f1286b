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
  LaneView,
  MachineView,
  PoolView,
  QueueView,
  TickMessage,
  ToPage,
  Visits,
  WaitingView,
} from './messages.ts';
