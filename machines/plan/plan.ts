import type { AnyMachineSnapshot, AnyStateMachine, ContextFrom } from 'xstate';
import { type Collector, isSending, type Scope, sendAll } from './collector.ts';
import { type Guard, isPlannable, Plans, type Step, type Target } from './steps.ts';

type Transition = AnyStateMachine['transition'];

/**
 * The value of `ProcessingStatus.Running`. In another status XState defers actions, or only computes which there would
 * be.
 */
const RUNNING = 1;

/** The arguments that XState gives its own actions beside those of other actions. */
const EXTRA = { internalQueue: [], deferredActorIds: undefined };

/**
 * Plans the steps of a machine: transitions of its atomic top-level states, with plain guards and actions, that stay in the
 * state or go to another such state. Actions that send to other actors or emit are planned too. So is a step of which the
 * only action is made by `enqueueActions`, as long as it only sends to children or emits, and no eventless transition
 * follows. A planned step has the same effect as XState's, in a fraction of the time. XState's own interpreter runs
 * everything else, and everything while `isOff` returns true for the context. It also runs the first time that a step is taken; if its
 * result is not the planned one, on any version, it runs that step from then on. Guards must be pure, as XState requires:
 * they may be called twice.
 *
 * Changes the given machine, which must be of the caller's own making (`provide`), and returns it.
 */
export function planSteps<M extends AnyStateMachine>(machine: M, isOff: (context: ContextFrom<M>) => boolean): M {
  if (!isPlannable(machine)) return machine;
  const plans = new Plans(machine, (collector) => collector.install(machine));
  const interpret = machine.transition.bind(machine) as Transition;
  let clone = cloneAny;
  const transition: Transition = (snapshot: AnyMachineSnapshot, event, scope) => {
    if (snapshot.status !== 'active' || snapshot.machine !== machine || isOff(snapshot.context))
      return interpret(snapshot, event, scope);
    const steps = plans.of(snapshot.value as string, event.type);
    if (steps === undefined) return interpret(snapshot, event, scope);
    if ((scope.self as { _processingStatus?: unknown })._processingStatus !== RUNNING)
      return interpret(snapshot, event, scope);
    const step = choose(steps, snapshot.context, event);
    if (step === undefined || step.trust === 'none') return interpret(snapshot, event, scope);
    const { collector } = step;
    if (collector !== undefined) {
      return collect(step, collector, snapshot, event, scope as never, () => interpret(snapshot, event, scope));
    }
    if (step.trust === 'unproven') {
      const next = interpret(snapshot, event, scope) as AnyMachineSnapshot;
      clone = isUsual(snapshot) ? cloneUsual : cloneAny;
      step.trust = isSame(next, after(snapshot, step, clone)) ? 'proven' : 'none';
      return next;
    }
    act(step, snapshot, event, scope as never);
    return after(snapshot, step, clone);
  };
  try {
    machine.transition = transition as M['transition'];
  } catch {
    // The machine is frozen: XState runs all of it.
  }
  return machine;
}

/** Runs the actions of a step in order. */
function act({ actions }: Step, snapshot: AnyMachineSnapshot, event: object, scope: Scope): void {
  const { self, system } = scope;
  for (const action of actions) {
    const args = { context: snapshot.context, event, self, system };
    if (typeof action === 'function') action(args, undefined);
    else {
      const { send } = action;
      const [, params] = send.resolve(scope, snapshot, args, undefined, send, EXTRA);
      send.execute?.(scope, params);
    }
  }
}

/** Takes a step of which the only action collects what is to be done. XState takes it if more than sending is needed. */
function collect(
  step: Step,
  collector: Collector,
  snapshot: AnyMachineSnapshot,
  event: object,
  scope: Scope,
  interpret: () => unknown,
): AnyMachineSnapshot {
  const collection = collector.run(snapshot.context, event, scope);
  if (collection === undefined) return interpret() as AnyMachineSnapshot;
  const isPlanned = isSending(collection, snapshot) && !holds(step.always, snapshot.context, event);
  if (isPlanned && step.trust === 'proven') {
    sendAll(collection, snapshot, scope);
    return snapshot;
  }
  const next = collector.replay(collection, interpret) as AnyMachineSnapshot;
  if (isPlanned) step.trust = isSame(next, snapshot) ? 'proven' : 'none';
  return next;
}

/** Returns whether any of these guards holds. A guard that throws counts: XState fails in its own words. */
function holds(guards: readonly Guard[], context: unknown, event: object): boolean {
  try {
    for (const guard of guards) if (guard({ context, event }, undefined)) return true;
    return false;
  } catch {
    return true;
  }
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
function after(snapshot: AnyMachineSnapshot, { target }: Step, clone: Clone): AnyMachineSnapshot {
  return target === undefined ? snapshot : clone(snapshot, target);
}

/** Makes a copy of a snapshot in another state. */
type Clone = (snapshot: AnyMachineSnapshot, target: Target) => AnyMachineSnapshot;

const cloneAny: Clone = (snapshot, target) => ({ ...snapshot, ...target });

/** Clones a snapshot of the usual form: this takes a tenth of the time of a copy that asks for the names. */
const cloneUsual: Clone = (snapshot, target) =>
  ({
    status: snapshot.status,
    output: snapshot.output,
    error: snapshot.error,
    machine: snapshot.machine,
    context: snapshot.context,
    _nodes: target._nodes,
    value: target.value,
    tags: target.tags,
    children: snapshot.children,
    historyValue: snapshot.historyValue,
    matches: snapshot.matches,
    hasTag: snapshot.hasTag,
    can: snapshot.can,
    getMeta: snapshot.getMeta,
    toJSON: snapshot.toJSON,
  }) as AnyMachineSnapshot;

/** Returns whether a snapshot has the properties of the usual form, in their order. */
function isUsual(snapshot: AnyMachineSnapshot): boolean {
  const usual = Reflect.ownKeys(cloneUsual(snapshot, snapshot as unknown as Target));
  const own = Reflect.ownKeys(snapshot);
  return own.length === usual.length && own.every((key, i) => key === usual[i]);
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
