import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode } from 'xstate';

type Guard = (args: { context: unknown; event: unknown }, params: undefined) => unknown;
type Action = (args: { context: unknown; event: unknown; self: unknown; system: unknown }, params: undefined) => void;
type Transition = AnyStateMachine['transition'];

/** A candidate of an event, as XState would take it. */
interface Step {
  readonly guard: Guard | undefined;
  /** In order: those of the exit, of the transition and of the entry. */
  readonly actions: readonly Action[];
  readonly target: AnyStateNode | undefined;
  /** Whether it may be run without XState: it may when XState has once made of it what the plan would have made. */
  trust: 'none' | 'unproven' | 'proven';
}

/** By state and event: the candidates, in order. */
type Plans = ReadonlyMap<string, ReadonlyMap<string, readonly Step[]>>;

/** What a transition may have that is understood here; whatever else it has may mean anything. */
const KNOWN = new Set('actions description eventType guard meta reenter source target toJSON'.split(' '));

/** `ProcessingStatus.Running`: else XState puts actions off, or only asks which there would be. */
const RUNNING = 1;

/**
 * Plans what a machine does in a state about an event: in atomic states at its top, transitions with plain guards and
 * actions that stay there or go to another such state. A planned step does what XState would, in a fraction of the time;
 * for all else, and while `isOff` says so, XState's own interpreter runs. So it does the first time that a step is taken,
 * and if what it makes is not what was planned, on whatever version, it does for ever. Guards must be pure, as XState says:
 * they may be asked twice.
 *
 * It changes the machine that it is given, which must be of the caller's own making (`provide`), and answers it.
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
    // It is frozen: XState runs all of it.
  }
  return machine;
}

/** What can be planned of a machine; nothing where it is not built as expected. */
export function plansOf(machine: AnyStateMachine): Plans {
  const plans = new Map<string, Map<string, Step[]>>();
  try {
    if (machine.root.type !== 'compound') return plans;
    for (const [name, state] of Object.entries(machine.root.states)) {
      if (!isPlain(machine, state) || !(state.transitions instanceof Map)) continue;
      // A wildcard takes part in the choice, where depends on the version.
      if ([...state.transitions.keys()].some((event) => event.includes('*'))) continue;
      const events = new Map<string, Step[]>();
      for (const [event, candidates] of state.transitions) {
        const steps = candidates.map((candidate) => stepOf(machine, state, candidate as never));
        // Events of XState's own are more than their transitions: they stop, end and fail.
        if (!event.startsWith('xstate.') && steps.some(({ trust }) => trust !== 'none')) events.set(event, steps);
      }
      if (events.size > 0) plans.set(name, events);
    }
    return plans;
  } catch {
    return new Map();
  }
}

/** An atomic state at the top. An eventless transition could fire after any step. */
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

/** The function behind a name or a reference without parameters; none where XState itself has to interpret it (`builtin`). */
function plain<F>(reference: unknown, implementations: object, builtin: string): F | undefined {
  if (typeof reference === 'object' && reference !== null && 'params' in reference) return undefined;
  const name = typeof reference === 'object' ? (reference as { type?: unknown } | null)?.type : reference;
  const found = typeof name === 'string' ? (implementations as Record<string, unknown>)[name] : name;
  return typeof found === 'function' && !(builtin in found) ? (found as F) : undefined;
}

/** The candidate whose guard holds; none where a guard throws: XState asks it again, and fails in its own words. */
function choose(steps: readonly Step[], context: unknown, event: unknown): Step | undefined {
  try {
    for (const step of steps) if (step.guard === undefined || step.guard({ context, event }, undefined)) return step;
  } catch {}
  return undefined;
}

/** The snapshot after a step, as XState clones it. */
function after(snapshot: AnyMachineSnapshot, { target }: Step): AnyMachineSnapshot {
  if (target === undefined) return snapshot;
  const nodes = [snapshot.machine.root, target];
  return { ...snapshot, _nodes: nodes, value: target.key, tags: new Set(nodes.flatMap(({ tags }) => tags)) };
}

/** Whether two snapshots have the same properties in the same order, with the same nodes and tags. */
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
