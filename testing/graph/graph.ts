import { getAdjacencyMap } from '@xstate/graph';
import type { AnyEventObject, AnyMachineSnapshot, AnyStateMachine } from 'xstate';

/** A transition of a graph. */
export interface Edge {
  /** The number of the transition, from 0 in the order of the graph. */
  readonly id: number;
  readonly from: string;
  readonly event: string;
  readonly to: string;
}

/** The states and transitions of a machine, for paths to follow. */
export interface Graph {
  readonly initial: string;
  readonly states: readonly string[];
  readonly edges: readonly Edge[];
  /** The transitions that leave a state. */
  readonly out: ReadonlyMap<string, readonly Edge[]>;
}

/** A state with the transitions that leave it, as the traversal of a machine returns it. */
interface Adjacent {
  readonly state: AnyMachineSnapshot;
  readonly transitions: Readonly<
    Record<string, { readonly event: AnyEventObject; readonly state: AnyMachineSnapshot }>
  >;
}

/** The most states of a machine. A wrong machine may have no end. */
const MOST_STATES = 10_000;

/**
 * Returns the graph of a machine without context: every state that it can reach, and every event with an effect there.
 */
export function graphOf(machine: AnyStateMachine): Graph {
  const adjacency = getAdjacencyMap(machine, { limit: MOST_STATES });
  const from = Object.values(adjacency as unknown as Record<string, Adjacent>);
  const triples = from.flatMap(({ state, transitions }) =>
    Object.values(transitions).map(
      ({ event, state: next }) => [nameOf(state.value), event.type, nameOf(next.value)] as const,
    ),
  );
  const [first] = from;
  return linked(
    first === undefined ? '' : nameOf(first.state.value),
    from.map(({ state }) => nameOf(state.value)),
    triples,
  );
}

/** Makes a graph from its states and its transitions, each as from, event, to. */
export function linked(
  initial: string,
  states: readonly string[],
  triples: Iterable<readonly [string, string, string]>,
): Graph {
  const edges: Edge[] = [];
  const out = new Map<string, Edge[]>(states.map((state) => [state, []]));
  for (const [from, event, to] of triples) {
    const edge: Edge = { id: edges.length, from, event, to };
    edges.push(edge);
    out.get(from)?.push(edge);
  }
  return { initial, states, edges, out };
}

/** Returns the same graph without some of its transitions, and without the states that become unreachable. */
export function without(graph: Graph, isLeftOut: (edge: Edge) => boolean): Graph {
  const kept = graph.edges.filter((edge) => !isLeftOut(edge));
  const reached = new Set([graph.initial]);
  for (const state of reached) for (const { from, to } of kept) if (from === state) reached.add(to);
  const edges = kept.filter(({ from }) => reached.has(from));
  return linked(
    graph.initial,
    graph.states.filter((state) => reached.has(state)),
    edges.map(({ from, event, to }) => [from, event, to]),
  );
}

/** Maps each reachable state to the transition that reached it first. */
export function spread(graph: Graph): Map<string, Edge | undefined> {
  const cameBy = new Map<string, Edge | undefined>([[graph.initial, undefined]]);
  for (const state of cameBy.keys()) {
    for (const edge of graph.out.get(state) ?? []) if (!cameBy.has(edge.to)) cameBy.set(edge.to, edge);
  }
  return cameBy;
}

/** Returns the way to a state along the transitions by which states were reached. */
export function wayTo(cameBy: ReadonlyMap<string, Edge | undefined>, state: string): Edge[] {
  const way: Edge[] = [];
  for (let edge = cameBy.get(state); edge !== undefined; edge = cameBy.get(edge.from)) way.unshift(edge);
  return way;
}

/** Returns a state's value as text: `old.warm`. */
function nameOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[group, inner] = ['', '']] = Object.entries(value as object);
  return `${group}.${nameOf(inner)}`;
}
