import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { nameOf, namesOf } from './names.ts';

/** A transition as plain JSON; actions and guards are names. */
export interface TransitionConfig {
  readonly target?: string | readonly string[];
  readonly guard?: string;
  readonly actions?: readonly string[];
  readonly reenter?: true;
  readonly description?: string;
  readonly meta?: unknown;
}

/** A state as plain JSON. */
export interface StateConfig {
  readonly id?: string;
  readonly type?: 'parallel' | 'final' | 'history';
  readonly history?: 'shallow' | 'deep';
  readonly description?: string;
  readonly initial?: string;
  readonly entry?: readonly string[];
  readonly exit?: readonly string[];
  readonly invoke?: readonly { readonly id: string; readonly src: string }[];
  readonly tags?: readonly string[];
  readonly meta?: unknown;
  readonly on?: Readonly<Record<string, readonly TransitionConfig[]>>;
  readonly always?: readonly TransitionConfig[];
  readonly states?: Readonly<Record<string, StateConfig>>;
}

/**
 * Returns a machine as the plain JSON that `createMachine` takes and Stately's editor opens. Actions and guards are
 * only names; their code and the machine's context are left out.
 */
export function configOf(machine: AnyStateMachine): StateConfig {
  return { id: machine.id, ...stateOf(machine.root) };
}

function stateOf(node: AnyStateNode): StateConfig {
  const children = Object.values(node.states) as AnyStateNode[];
  const isPlain = node.type === 'atomic' || node.type === 'compound';
  const [initial] = node.initial?.target ?? [];
  const on = [...node.transitions].map(([event, transitions]) => [
    event,
    transitions.map((transition) => transitionOf(node, transition)),
  ]);
  return without({
    type: isPlain ? undefined : (node.type as StateConfig['type']),
    history: node.type === 'history' && node.history !== false ? (node.history as StateConfig['history']) : undefined,
    description: node.description,
    initial: node.type === 'compound' && initial ? initial.key : undefined,
    entry: some(namesOf(node.entry)),
    exit: some(namesOf(node.exit)),
    invoke: some(node.invoke.map(({ id, src }: { id: string; src: unknown }) => ({ id, src: nameOf(src) }))),
    tags: some(node.tags),
    meta: node.meta,
    on: on.length === 0 ? undefined : Object.fromEntries(on),
    always: some((node.always ?? []).map((transition: AnyTransitionDefinition) => transitionOf(node, transition))),
    states:
      children.length === 0 ? undefined : Object.fromEntries(children.map((child) => [child.key, stateOf(child)])),
  });
}

function transitionOf(node: AnyStateNode, transition: AnyTransitionDefinition): TransitionConfig {
  const targets = (transition.target as readonly AnyStateNode[] | undefined)?.map((target) => targetOf(node, target));
  return without({
    target: targets?.length === 1 ? targets[0] : targets,
    guard: transition.guard === undefined ? undefined : nameOf(transition.guard),
    actions: some(namesOf(transition.actions)),
    reenter: transition.reenter === true ? true : undefined,
    description: transition.description,
    meta: transition.meta,
  });
}

/** Returns a sibling by its key, as in handwritten machines; any other state by its path from the root. */
function targetOf(from: AnyStateNode, to: AnyStateNode): string {
  const isSibling = from.parent !== undefined && from.parent === to.parent;
  if (isSibling && !/^[.#]|[.\\]/.test(to.key)) return to.key;
  return `#${[to.machine.id, ...to.path].map((key) => key.replaceAll('\\', '\\\\').replaceAll('.', '\\.')).join('.')}`;
}

function some<T>(list: Iterable<T>): readonly T[] | undefined {
  const items = [...list];
  return items.length === 0 ? undefined : items;
}

/** Removes the members that are `undefined`, which JSON cannot express. */
function without<T extends object>(value: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}
