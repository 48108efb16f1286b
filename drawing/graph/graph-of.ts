import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import type { Chart, ChartEdge, ChartState } from './graph.ts';
import { nameOf, nameOfEvent, namesOf } from './names.ts';

/**
 * Returns the states and all transitions of a machine, as its picture shows them.
 *
 * Reads the machine itself, because its `definition` leaves out transitions without an event.
 */
export function graphOf(machine: AnyStateMachine): Chart {
  const edges: ChartEdge[] = [];
  const root = stateOf(machine.root, edges);
  return { id: machine.id, root, edges };
}

function stateOf(node: AnyStateNode, edges: ChartEdge[]): ChartState {
  for (const [event, transitions] of node.transitions) {
    for (const transition of transitions) edges.push(...edgesOf(node, event, transition));
  }
  for (const transition of node.always ?? []) edges.push(...edgesOf(node, '', transition));
  const [initial] = node.initial?.target ?? [];
  return {
    path: pathOf(node),
    name: node.path.length === 0 ? node.machine.id : node.key,
    type: node.type,
    description: node.description?.trim() || undefined,
    notes: [
      ...namesOf(node.entry).map((name) => `entry / ${name}`),
      ...namesOf(node.exit).map((name) => `exit / ${name}`),
      ...node.invoke.map(({ src }: { src: unknown }) => `invoke ${nameOf(src)}`),
    ],
    initial: node.type === 'compound' && initial ? pathOf(initial) : undefined,
    states: Object.values(node.states).map((child) => stateOf(child as AnyStateNode, edges)),
  };
}

function edgesOf(node: AnyStateNode, type: string, transition: AnyTransitionDefinition): ChartEdge[] {
  const from = pathOf(node);
  const event = nameOfEvent(type);
  const targets: readonly (AnyStateNode | undefined)[] = transition.target ?? [undefined];
  return targets.map((target) => {
    const to = target && pathOf(target);
    return {
      id: edgeId(from, event, to),
      from,
      to,
      event,
      reenters: transition.reenter === true,
      isAlways: type === '',
      guard: transition.guard === undefined ? undefined : nameOf(transition.guard),
      actions: namesOf(transition.actions),
      description: transition.description,
      meta: transition.meta as Readonly<Record<string, unknown>> | undefined,
    };
  });
}

/** Returns the ids of a transition in a picture's `data-edge`, one for each target. */
export function edgeIdsOf(transition: AnyTransitionDefinition): string[] {
  return edgesOf(transition.source, transition.eventType, transition).map(({ id }) => id);
}

/** Returns the id of a transition in a picture's `data-edge`. `event` is `always` for a transition without an event. */
function edgeId(from: string, event: string, to: string | undefined): string {
  return `${from}|${event}|${to ?? ''}`;
}

function pathOf(node: AnyStateNode): string {
  return node.path.join('.');
}
