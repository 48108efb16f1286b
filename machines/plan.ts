import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode } from 'xstate';

type Guard = (args: { context: unknown; event: unknown }, params: undefined) => unknown;
type Action = (args: { context: unknown; event: unknown; self: unknown; system: unknown }, params: undefined) => void;
type Transition = AnyStateMachine['transition'];

/** A transition that XState may take at an event. */
interface Step {
  readonly guard: Guard | undefined;
  /** The actions in order: those of the exit, of the transition, of the entry. */
  readonly actions: readonly Action[];
  readonly target: AnyStateNode | undefined;
  /**
   * The trust in the plan. A step runs without XState only when `proven`: XState once made the same result as the plan.
   */
  trust: 'none' | 'unproven' | 'proven';
}

/** The candidate steps in order, by state and event. */
type Plans = ReadonlyMap<string, ReadonlyMap<string, readonly Step[]>>;

/** The properties of a transition that are understood here. Any other property may have any meaning. */
const KNOWN = new Set('actions description eventType guard meta reenter source target toJSON'.split(' '));

/**
 * The value of `ProcessingStatus.Running`. In another status XState defers actions, or only computes which there would
 * be.
 */
const RUNNING = 1;

/**
 * Plans the steps of a machine: transitions of its atomic top-level states, with plain guards and actions, that stay in the
 * state or go to another such state. A planned step has the same effect as XState's, in a fraction of the time. XState's own
 * interpreter runs everything else, and everything while `isOff` returns true. It also runs the first time that a step is
 * taken; if its result is not the planned one, on any version, it runs that step from then on. Guards must be pure, as XState
 * requires: they may be called twice.
 *
 * Changes the given machine, which must be of the caller's own making (`provide`), and returns it.
 */
export function planSteps<M extends AnyStateMachine>(machine: M, isOff: () => boolean): M {
  const plans = plansOf(machine);
  if (plans.size === 0) return machine;
  const interpret = machine.transition.bind(machine) as Transition;
  const transition: Transition = (snapshot: AnyMachineSnapshot, event, scope) => {
    const steps = plans.get(snapshot.value as string)?.get(event.type);
    if (steps === undefined || snapshot.status !== 'active' || snapshot.machine !== machine || isOff())
      return interpret(snapshot, event, scope);
    const { self, system } = scope;
    if ((self as { _processingStatus?: unknown })._processingStatus !== RUNNING)
      return interpret(snapshot, event, scope);
    const { context } = snapshot;
    const step = choose(steps, context, event);
    if (step === undefined || step.trust === 'none') return interpret(snapshot, event, scope);
    if (step.trust === 'unproven') {
      const next = interpret(snapshot, event, scope) as AnyMachineSnapshot;
      step.trust = isSame(next, after(snapshot, step)) ? 'proven' : 'none';
      return next;
    }
    for (const action of step.actions) action({ context, event, self, system }, undefined);
    return after(snapshot, step);
  };
  try {
    machine.transition = transition as M['transition'];
  } catch {
    // The machine is frozen: XState runs all of it.
  }
  return machine;
}

/** Returns the plans of a machine; none if the machine is not built as expected. */
export function plansOf(machine: AnyStateMachine): Plans {
  const plans = new Map<string, Map<string, Step[]>>();
  try {
    if (machine.root.type !== 'compound') return plans;
    for (const [name, state] of Object.entries(machine.root.states)) {
      if (!isPlain(machine, state) || !(state.transitions instanceof Map)) continue;
      // A wildcard takes part in the choice, at a place that depends on the version of XState.
      if ([...state.transitions.keys()].some((event) => event.includes('*'))) continue;
      const events = new Map<string, Step[]>();
      for (const [event, candidates] of state.transitions) {
        const steps = candidates.map((candidate) => stepOf(machine, state, candidate as never));
        // XState's own events do more than their transitions: they stop, end and fail actors.
        if (!event.startsWith('xstate.') && steps.some(({ trust }) => trust !== 'none')) events.set(event, steps);
      }
      if (events.size > 0) plans.set(name, events);
    }
    return plans;
  } catch {
    return new Map();
  }
}

/**
 * Returns whether a state is atomic, at the top, and without eventless transitions, which could fire after any step.
 */
function isPlain(machine: AnyStateMachine, state: AnyStateNode): boolean {
  if (state.type !== 'atomic' || state.always !== undefined || machine.root.always !== undefined) return false;
  return state.parent === machine.root && machine.root.states[state.key] === state;
}

function stepOf(machine: AnyStateMachine, source: AnyStateNode, candidate: Record<string, unknown>): Step {
  const {
    target: targets,
    guard,
    reenter,
  } = candidate as { target?: AnyStateNode[]; guard: unknown; reenter: unknown };
  const { guards, actions: implementations } = machine.implementations;
  const check = guard === undefined ? undefined : plain<Guard>(guard, guards, 'check');
  const none: Step = { guard: check, actions: [], target: undefined, trust: 'none' };
  if (guard !== undefined && check === undefined) return none;
  if (reenter !== false || Object.keys(candidate).some((key) => !KNOWN.has(key))) return none;
  const target = targets?.[0];
  const references = [...(candidate.actions as unknown[])];
  if (targets !== undefined) {
    if (target === undefined || targets.length > 1 || target === source || !isPlain(machine, target)) return none;
    for (const { config } of [source, target])
      if (config.invoke !== undefined || config.after !== undefined) return none;
    references.unshift(...source.exit);
    references.push(...target.entry);
  }
  const actions = references.map((reference) => plain<Action>(reference, implementations, 'resolve'));
  return actions.includes(undefined) ? none : { guard: check, actions: actions as Action[], target, trust: 'unproven' };
}

/**
 * Returns the function behind a name or a reference without parameters; `undefined` if XState itself must interpret it
 * (`builtin`).
 */
function plain<F>(reference: unknown, implementations: object, builtin: string): F | undefined {
  if (typeof reference === 'object' && reference !== null && 'params' in reference) return undefined;
  const name = typeof reference === 'object' ? (reference as { type?: unknown } | null)?.type : reference;
  const found = typeof name === 'string' ? (implementations as Record<string, unknown>)[name] : name;
  return typeof found === 'function' && !(builtin in found) ? (found as F) : undefined;
}

/**
 * Returns the first candidate whose guard holds. Returns none if a guard throws: XState calls it again, and fails in
 * its own words.
 */
function choose(steps: readonly Step[], context: unknown, event: unknown): Step | undefined {
  try {
    for (const step of steps) if (step.guard === undefined || step.guard({ context, event }, undefined)) return step;
  } catch {}
  return undefined;
}

/** Makes the snapshot after a step, as XState clones it. */
function after(snapshot: AnyMachineSnapshot, { target }: Step): AnyMachineSnapshot {
  if (target === undefined) return snapshot;
  const nodes = [snapshot.machine.root, target];
  return { ...snapshot, _nodes: nodes, value: target.key, tags: new Set(nodes.flatMap(({ tags }) => tags)) };
}

/** Returns whether two snapshots have the same properties in the same order, with the same nodes and tags. */
function isSame(a: AnyMachineSnapshot, b: AnyMachineSnapshot): boolean {
  if (a === b) return true;
  const [left, right] = [a, b].map((each) =>
    Reflect.ownKeys(each).flatMap((key) => {
      const value = (each as unknown as Record<PropertyKey, unknown>)[key];
      return [key, ...(key === '_nodes' || key === 'tags' ? (value as Iterable<unknown>) : [value])];
    }),
  ) as [unknown[], unknown[]];
  return left.length === right.length && left.every((each, i) => each === right[i]);
}
