import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';

type Guard = (args: { context: unknown; event: unknown }, params: undefined) => boolean;
type Action = (args: { context: unknown; event: unknown; self: unknown; system: unknown }, params: undefined) => void;

/** A transition that leaves its state alone: what it asks, and what it does. */
interface Step {
  readonly guard: Guard | undefined;
  readonly actions: readonly Action[];
}

type Transition = AnyStateMachine['transition'];

/**
 * Plans the steps that a machine takes most: transitions without a target, the first candidates of their event in an atomic
 * state, with plain guards and actions. A planned step does what XState would, in a fraction of the time, and leaves the
 * snapshot as it is; for all else, and while `isOff` says so, XState's own interpreter runs.
 *
 * It changes the machine that it is given, which must be of the caller's own making (`provide`), and answers it.
 */
export function planSteps<M extends AnyStateMachine>(machine: M, isOff: () => boolean): M {
  const plans = new Map<string, Map<string, Step>>();
  for (const [name, state] of Object.entries(machine.root.states)) {
    // An eventless transition could fire after any step, and a wildcard or an event of the root takes part in each choice.
    if (state.type !== 'atomic' || state.always !== undefined || machine.root.always !== undefined) continue;
    if (machine.root.transitions.size > 0 || state.transitions.has('*')) continue;
    const steps = new Map<string, Step>();
    for (const [event, candidates] of state.transitions) {
      const step = stepOf(machine, candidates[0]);
      if (step !== undefined) steps.set(event, step);
    }
    if (steps.size > 0) plans.set(name, steps);
  }
  const interpret = machine.transition.bind(machine) as Transition;
  const transition: Transition = (snapshot: AnyMachineSnapshot, event, scope) => {
    const step = plans.get(snapshot.value as string)?.get(event.type);
    if (step === undefined || snapshot.status !== 'active' || isOff()) return interpret(snapshot, event, scope);
    const { context } = snapshot;
    if (step.guard !== undefined && !step.guard({ context, event }, undefined))
      return interpret(snapshot, event, scope);
    const args = { context, event, self: scope.self, system: scope.system };
    for (const action of step.actions) action(args, undefined);
    return snapshot;
  };
  machine.transition = transition as M['transition'];
  return machine;
}

function stepOf(machine: AnyStateMachine, candidate: unknown): Step | undefined {
  const { target, guard, actions, reenter } = candidate as {
    target?: unknown;
    guard?: unknown;
    actions: readonly unknown[];
    reenter?: boolean;
  };
  if (target !== undefined || reenter === true || actions.length === 0) return undefined;
  const { guards, actions: implementations } = machine.implementations;
  const check = guard === undefined ? undefined : plain<Guard>(guard, guards, 'check');
  const planned = actions.map((action) => plain<Action>(action, implementations, 'resolve'));
  if ((guard !== undefined && check === undefined) || planned.includes(undefined)) return undefined;
  return { guard: check, actions: planned as Action[] };
}

/** The function behind a name or a reference without parameters; none where XState itself has to interpret it (`builtin`). */
function plain<F>(reference: unknown, implementations: object, builtin: string): F | undefined {
  if (typeof reference === 'object' && reference !== null && 'params' in reference) return undefined;
  const name = typeof reference === 'object' ? (reference as { type?: unknown } | null)?.type : reference;
  const found = typeof name === 'string' ? (implementations as Record<string, unknown>)[name] : name;
  return typeof found === 'function' && !(builtin in found) ? (found as F) : undefined;
}
