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
export interface Target {
  readonly _nodes: AnyStateNode[];
  readonly value: string;
  readonly tags: Set<string>;
}

/** An action of XState's own that sends an event to another actor or to listeners, and changes no snapshot. */
export interface Send {
  readonly send: Builtin;
}

/** The properties of a transition that are understood here. Any other property may have any meaning. */
const KNOWN = new Set('actions description eventType guard meta reenter source target toJSON'.split(' '));

/** The types of the actions that only send. */
const SENDS = new Set(['xstate.sendTo', 'xstate.emit']);

/** Returns whether a machine is built as expected, so that its steps can be planned. */
export function isPlannable({ root, implementations }: AnyStateMachine): boolean {
  try {
    const states = Object.values(root.states);
    const hasParts = typeof implementations.actions === 'object' && typeof implementations.guards === 'object';
    return root.type === 'compound' && hasParts && states.every(({ transitions }) => transitions instanceof Map);
  } catch {
    return false;
  }
}

/** The planned steps of one machine, each made when it is first needed: most are never taken. */
export class Plans {
  readonly #machine: AnyStateMachine;
  readonly #byState = new Map<string, Map<string, readonly Step[] | undefined>>();
  readonly #collectors = new Map<string, Collector>();
  readonly #onCollector: (collector: Collector) => void;

  /** `onCollector` gets each collector before the first step with it. */
  constructor(machine: AnyStateMachine, onCollector: (collector: Collector) => void) {
    this.#machine = machine;
    this.#onCollector = onCollector;
  }

  /** Returns the candidate steps of a state at an event, in order; `undefined` if XState must choose. */
  of(state: string, event: string): readonly Step[] | undefined {
    let events = this.#byState.get(state);
    if (events === undefined) {
      // The value of a nested state is an object, another one for each snapshot.
      if (this.#machine.root.states[state] === undefined) return undefined;
      events = new Map();
      this.#byState.set(state, events);
    }
    const known = events.get(event);
    if (known !== undefined || events.has(event)) return known;
    const steps = this.#make(state, event);
    // Only the machine's own events are kept: there is no end of others.
    if (this.#machine.root.states[state]?.transitions.has(event)) events.set(event, steps);
    return steps;
  }

  #make(name: string, event: string): readonly Step[] | undefined {
    const machine = this.#machine;
    const state = machine.root.states[name];
    // XState's own events do more than their transitions: they stop, end and fail actors.
    if (state === undefined || event.startsWith('xstate.') || !isTop(machine, state)) return undefined;
    // A wildcard takes part in the choice, at a place that depends on the version of XState.
    for (const each of state.transitions.keys()) if (each.includes('*')) return undefined;
    const steps = state.transitions
      .get(event)
      ?.map((candidate, index) =>
        stepOf(machine, state, candidate as never, index === 0 ? (name) => this.#collector(name) : () => undefined),
      );
    return steps?.some(({ trust }) => trust !== 'none') ? steps : undefined;
  }

  /** Returns the collector of this name: one for all steps of the machine. */
  #collector(name: string): Collector | undefined {
    const known = this.#collectors.get(name);
    if (known !== undefined) return known;
    const builtin = this.#machine.implementations.actions[name];
    if (!isCollector(builtin)) return undefined;
    const collector = new Collector(name, builtin);
    this.#collectors.set(name, collector);
    this.#onCollector(collector);
    return collector;
  }
}

/** Returns the events of each state of a machine for which a step can be planned. */
export function plannedEvents(machine: AnyStateMachine): Map<string, string[]> {
  const found = new Map<string, string[]>();
  if (!isPlannable(machine)) return found;
  const plans = new Plans(machine, () => {});
  for (const [name, { transitions }] of Object.entries(machine.root.states)) {
    const events = [...transitions.keys()].filter((event) => plans.of(name, event) !== undefined);
    if (events.length > 0) found.set(name, events);
  }
  return found;
}

/** Returns whether a state is atomic and at the top. */
function isTop({ root }: AnyStateMachine, state: AnyStateNode): boolean {
  return state.type === 'atomic' && state.parent === root && root.states[state.key] === state;
}

/** Returns whether a state is at the top, and no eventless transition could fire after a step to it. */
function isPlain(machine: AnyStateMachine, state: AnyStateNode): boolean {
  return isTop(machine, state) && state.always === undefined && machine.root.always === undefined;
}

/** Makes the step of a candidate. `collectorOf` finds the collector behind a name, if the step may have one. */
function stepOf(
  machine: AnyStateMachine,
  source: AnyStateNode,
  candidate: Record<string, unknown>,
  collectorOf: (name: string) => Collector | undefined,
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
  const [only] = references;
  if (targets === undefined && guard === undefined && references.length === 1 && !hasParameters(only)) {
    const always = guardsOf(machine, source);
    const name = nameOf(only);
    const collector = typeof name === 'string' && always !== undefined ? collectorOf(name) : undefined;
    if (collector !== undefined) return { ...none, collector, always: always as Guard[], trust: 'unproven' };
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
  if (hasParameters(reference)) return undefined;
  const name = nameOf(reference);
  return typeof name === 'string' ? (implementations as Record<string, unknown>)[name] : name;
}

function hasParameters(reference: unknown): boolean {
  return typeof reference === 'object' && reference !== null && 'params' in reference;
}

function nameOf(reference: unknown): unknown {
  return typeof reference === 'object' ? (reference as { type?: unknown } | null)?.type : reference;
}
