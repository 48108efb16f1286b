import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { queueMicrotask } from '../platform/platform.ts';

/** Is true in the tests of the package, which set STATEPOOL_STRICT to `on`. */
const isStrict = process.env.STATEPOOL_STRICT === 'on';

/**
 * Makes an event without a transition an uncaught error, in the tests of the package. XState drops such an event in
 * silence, so that a verdict that comes too late would be lost unseen. Changes the given machine, and returns it.
 */
export function throwOnUnknownEvents<M extends AnyStateMachine>(machine: M): M {
  if (!isStrict) return machine;
  const transition = machine.transition.bind(machine);
  machine.transition = ((snapshot: AnyMachineSnapshot, event: { readonly type: string }, scope: never) => {
    const { status, value } = snapshot;
    const isKnown = machine.root.states[String(value)]?.ownEvents.includes(event.type) === true;
    if (status === 'active' && !isKnown && !event.type.startsWith('xstate.')) {
      queueMicrotask(() => {
        throw new Error(
          `the machine ${machine.id} got ${event.type}, but its state ${String(value)} has no transition for it`,
        );
      });
    }
    return transition(snapshot as never, event as never, scope);
  }) as M['transition'];
  return machine;
}
