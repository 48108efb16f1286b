import { EventEmitter } from 'node:events';
import type { StalledError } from '../../actors/index.ts';
import { didYouMean } from '../../actors/tooling.ts';
import { FleetError } from '../errors.ts';
import { attempt, type FleetOutcome } from './pending.ts';

/** The events of a fleet, each with the arguments of its listeners. */
export interface FleetEvents {
  /** A task of this submitter has settled, or a follow-up of one. */
  task: [outcome: FleetOutcome];
  /** All tasks that are left were refused by all nodes, and nothing under way can change that. */
  stalled: [error: StalledError];
  /** The broker does not answer. */
  down: [];
  /** The broker answers again. */
  up: [];
}

const EVENTS = ['task', 'stalled', 'down', 'up'];

/** The listeners of a fleet. */
export class Listeners {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  /** Adds a listener. @throws {FleetError} USAGE for an unknown event */
  on(event: string, listener: (...args: never[]) => void): void {
    checkEvent(event);
    this.#emitter.on(event, listener as (...args: unknown[]) => void);
  }

  /** Removes a listener. @throws {FleetError} USAGE for an unknown event */
  off(event: string, listener: (...args: never[]) => void): void {
    checkEvent(event);
    this.#emitter.off(event, listener as (...args: unknown[]) => void);
  }

  /** Returns whether anybody listens to an event. */
  has(event: keyof FleetEvents): boolean {
    return this.#emitter.listenerCount(event) > 0;
  }

  /** Calls the listeners. Their errors become uncaught exceptions. */
  emit<Name extends keyof FleetEvents>(event: Name, ...args: FleetEvents[Name]): void {
    if (this.has(event)) attempt(() => this.#emitter.emit(event, ...args));
  }
}

function checkEvent(event: string): void {
  if (EVENTS.includes(event)) return;
  const all = `its events are ${EVENTS.join(', ')}`;
  throw new FleetError('USAGE', `a fleet has no event ${event}${didYouMean(event, EVENTS)}; ${all}`);
}
