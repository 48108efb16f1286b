import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { queueMicrotask } from '../platform/platform.ts';

/** Set by the tests of the package: `on` in STATEPOOL_STRICT. */
const isStrict = process.env.STATEPOOL_STRICT === 'on';

/**
 * XState drops an event that a state has no transition for, in silence: a verdict that comes too late is lost so. In the tests
 * of the package that is an uncaught error. Changes the machine that it is given, and answers it.
 */
export function tellUnknownEvents<M extends AnyStateMachine>(machine: M): M {
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
