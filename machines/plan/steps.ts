import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { type Builtin, Collector, isCollector } from './collector.ts';

/** A guard, and an action, as XState calls them. */
export type Guard = (args: { context: unknown; event: unknown }, params: undefined) => unknown;
type Action = (args: { context: unknown; event: unknown; self: unknown; system: unknown }, params: undefined) => void;

/** A transition that XState may take at an event. */
export interface Step {
  readonly guard: Guard | undefined;
  /** The actions in order: those of the exit, of the transition, of the entry. */
  readonly actions: readonly (Action | Send)[];
  /** The one action of a step that has no other: it collects what is to be done. */
  readonly collector: Collector | undefined;
  /** The guards of the eventless transitions that may follow: only a step with a collector has any. */
  readonly always: readonly Guard[];
  readonly target: Target | undefined;
  /**
   * The trust in the plan. A step runs without XState only when `proven`: XState once made the same result as the plan.
   */
  trust: 'none' | 'unproven' | 'proven';
}

/** The part of a snapshot that a state determines. All snapshots in that state share it. */
interface Target {
  readonly _nodes: AnyStateNode[];
  readonly value: string;
  readonly tags: Set<string>;
}

/** An action of XState's own that sends an event to another actor or to listeners, and changes no snapshot. */
export interface Send {
  readonly send: Builtin;
}

/** The candidate steps in order, by state and event. */
export type Plans = ReadonlyMap<string, ReadonlyMap<string, readonly Step[]>>;

/** The properties of a transition that are understood here. Any other property may have any meaning. */
const KNOWN = new Set('actions description eventType guard meta reenter source target toJSON'.split(' '));

/** The types of the actions that only send. */
const SENDS = new Set(['xstate.sendTo', 'xstate.emit']);

/** Returns the plans of a machine; none if the machine is not built as expected. */
export function plansOf(machine: AnyStateMachine): Plans {
  const plans = new Map<string, Map<string, Step[]>>();
  try {
    if (machine.root.type !== 'compound') return plans;
    const collectors = new Map<string, Collector>();
    for (const [name, state] of Object.entries(machine.root.states)) {
      if (!isTop(machine, state) || !(state.transitions instanceof Map)) continue;
      // A wildcard takes part in the choice, at a place that depends on the version of XState.
      if ([...state.transitions.keys()].some((event) => event.includes('*'))) continue;
      const events = new Map<string, Step[]>();
      for (const [event, candidates] of state.transitions) {
        const steps = candidates.map((candidate, index) =>
          stepOf(machine, state, candidate as never, index === 0 ? collectors : undefined),
        );
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

/** Returns whether a state is atomic and at the top. */
function isTop({ root }: AnyStateMachine, state: AnyStateNode): boolean {
  return state.type === 'atomic' && state.parent === root && root.states[state.key] === state;
}

/** Returns whether a state is at the top, and no eventless transition could fire after a step to it. */
function isPlain(machine: AnyStateMachine, state: AnyStateNode): boolean {
  return isTop(machine, state) && state.always === undefined && machine.root.always === undefined;
}

/** Makes the step of a candidate; only the first candidate may collect its actions. */
function stepOf(
  machine: AnyStateMachine,
  source: AnyStateNode,
  candidate: Record<string, unknown>,
  collectors: Map<string, Collector> | undefined,
): Step {
  const {
    target: targets,
    guard,
    reenter,
  } = candidate as { target?: AnyStateNode[]; guard: unknown; reenter: unknown };
  const check = guard === undefined ? undefined : plainGuard(machine, guard);
  const none: Step = { guard: check, actions: [], collector: undefined, always: [], target: undefined, trust: 'none' };
  if (guard !== undefined && check === undefined) return none;
  if (reenter !== false || Object.keys(candidate).some((key) => !KNOWN.has(key))) return none;
  const target = targets?.[0];
  const references = [...(candidate.actions as unknown[])];
  if (targets === undefined && guard === undefined && references.length === 1 && collectors !== undefined) {
    const collector = collectorOf(machine, references[0], collectors);
    const always = guardsOf(machine, source);
    if (collector !== undefined && always !== undefined) return { ...none, collector, always, trust: 'unproven' };
  }
  if (!isPlain(machine, source)) return none;
  if (targets !== undefined) {
    if (target === undefined || targets.length > 1 || target === source || !isPlain(machine, target)) return none;
    for (const { config } of [source, target])
      if (config.invoke !== undefined || config.after !== undefined) return none;
    references.unshift(...source.exit);
    references.push(...target.entry);
  }
  const actions = references.map((reference) => actionOf(machine, reference));
  if (actions.includes(undefined)) return none;
  return { ...none, actions: actions as (Action | Send)[], target: targetOf(machine, target), trust: 'unproven' };
}

function targetOf({ root }: AnyStateMachine, state: AnyStateNode | undefined): Target | undefined {
  if (state === undefined) return undefined;
  const _nodes = [root, state];
  return { _nodes, value: state.key, tags: new Set(_nodes.flatMap(({ tags }) => tags)) };
}

/** Returns the collector behind a name: one for all steps of the machine. */
function collectorOf(
  { implementations }: AnyStateMachine,
  reference: unknown,
  collectors: Map<string, Collector>,
): Collector | undefined {
  const name = nameOf(reference);
  const hasParameters = typeof reference === 'object' && reference !== null && 'params' in reference;
  if (typeof name !== 'string' || hasParameters) return undefined;
  const known = collectors.get(name);
  if (known !== undefined) return known;
  const builtin = implementations.actions[name];
  if (!isCollector(builtin)) return undefined;
  const collector = new Collector(name, builtin);
  collectors.set(name, collector);
  return collector;
}

/** Returns the guards of the eventless transitions of a state; `undefined` if one of them is not plain. */
function guardsOf(machine: AnyStateMachine, state: AnyStateNode): Guard[] | undefined {
  const always = [...(state.always ?? []), ...(machine.root.always ?? [])];
  const guards = always.map(({ guard }) => (guard === undefined ? undefined : plainGuard(machine, guard)));
  return guards.includes(undefined) ? undefined : (guards as Guard[]);
}

/** Returns what a plan runs for an action; `undefined` if XState itself must interpret it. */
function actionOf({ implementations }: AnyStateMachine, reference: unknown): Action | Send | undefined {
  const found = behind(reference, implementations.actions);
  if (typeof found !== 'function') return undefined;
  if (!('resolve' in found)) return found as Action;
  const send = found as unknown as Builtin;
  return SENDS.has(send.type) && typeof send.execute === 'function' ? { send } : undefined;
}

/** Returns the function of a guard; `undefined` if XState itself must interpret it. */
function plainGuard({ implementations }: AnyStateMachine, reference: unknown): Guard | undefined {
  const found = behind(reference, implementations.guards);
  return typeof found === 'function' && !('check' in found) ? (found as Guard) : undefined;
}

/** Returns the implementation behind a name or a reference; `undefined` if it has parameters. */
function behind(reference: unknown, implementations: object): unknown {
  if (typeof reference === 'object' && reference !== null && 'params' in reference) return undefined;
  const name = nameOf(reference);
  return typeof name === 'string' ? (implementations as Record<string, unknown>)[name] : name;
}

function nameOf(reference: unknown): unknown {
  return typeof reference === 'object' ? (reference as { type?: unknown } | null)?.type : reference;
}
