import { type Edge, type Graph, spread, wayTo } from './graph.ts';

/** The way in which paths are chosen: every transition, every pair of transitions in a row, the shortest way to each, or by chance. */
export type Mode = 'edges' | 'pairs' | 'shortest' | 'walk';

/** All modes. */
export const MODES: readonly Mode[] = ['edges', 'pairs', 'shortest', 'walk'];

/** The numbers of states, transitions and pairs of transitions in a row that some paths have covered, of all that there are. */
export interface Coverage {
  readonly states: readonly [covered: number, all: number];
  readonly transitions: readonly [covered: number, all: number];
  readonly pairs: readonly [covered: number, all: number];
}

/** The options of a search for paths. */
export interface CoverOptions {
  /** The most steps of a path. */
  readonly length: number;
  /** The seed of the walks. */
  readonly seed: number;
  /** The number of walks. */
  readonly walks: number;
}

/** Returns the paths through a graph in a mode; each starts in its initial state. */
export function pathsOf(graph: Graph, mode: Mode, { length, seed, walks }: CoverOptions): Edge[][] {
  switch (mode) {
    case 'edges':
      return edgeCover(graph, length);
    case 'pairs':
      return pairCover(graph, length);
    case 'shortest':
      return shortestPaths(graph);
    case 'walk':
      return Array.from({ length: walks }, (_, i) => randomWalk(graph, seed + i, length));
  }
}

/**
 * Makes few, long paths that take every transition at least once. Each has at most `length` steps, unless the shortest
 * way is longer.
 */
function edgeCover(graph: Graph, length: number): Edge[][] {
  const todo = new Set(graph.edges);
  return covering(
    graph,
    length,
    (edge) => todo.has(edge),
    (_, edge) => todo.delete(edge),
    () => todo.size > 0,
  );
}

/**
 * Makes paths that take every pair of consecutive transitions at least once, and every transition that is in no pair.
 */
function pairCover(graph: Graph, length: number): Edge[][] {
  const todo = new Map<Edge, Set<Edge>>();
  const lone = new Set<Edge>();
  for (const edge of graph.edges) {
    const after = graph.out.get(edge.to) ?? [];
    if (after.length > 0) todo.set(edge, new Set(after));
    else if (edge.from === graph.initial) lone.add(edge);
  }
  // Wants a transition with pairs left only if the transition before it has none left. Otherwise the two could
  // alternate for ever.
  const isWanted = (edge: Edge, before: Edge | undefined) =>
    (before === undefined ? undefined : todo.get(before))?.has(edge) ?? (todo.has(edge) || lone.has(edge));
  const take = (before: Edge | undefined, edge: Edge) => {
    lone.delete(edge);
    const rest = before === undefined ? undefined : todo.get(before);
    rest?.delete(edge);
    if (rest?.size === 0) todo.delete(before as Edge);
  };
  return covering(graph, length, isWanted, take, () => todo.size > 0 || lone.size > 0);
}

/**
 * Makes paths until no transition is wanted any more. A path goes on to the nearest wanted transition. It ends when it
 * can reach none, or when its length is used up.
 */
function covering(
  graph: Graph,
  length: number,
  isWanted: (edge: Edge, before: Edge | undefined) => boolean,
  take: (before: Edge | undefined, edge: Edge) => void,
  isMoreWanted: () => boolean,
): Edge[][] {
  const paths: Edge[][] = [];
  while (isMoreWanted()) {
    const path: Edge[] = [];
    for (;;) {
      const last = path.at(-1);
      const leg = seek(graph, last?.to ?? graph.initial, last, isWanted);
      if (leg === undefined || (path.length > 0 && path.length + leg.length > length)) break;
      for (const edge of leg) {
        take(path.at(-1), edge);
        path.push(edge);
      }
    }
    if (path.length === 0) throw new Error('a transition cannot be reached from the initial state');
    paths.push(path);
  }
  return paths;
}

/** The shortest way from a state to a wanted transition, including that transition. */
function seek(
  graph: Graph,
  from: string,
  last: Edge | undefined,
  isWanted: (edge: Edge, before: Edge | undefined) => boolean,
): Edge[] | undefined {
  // A transition directly after the last one may complete a pair. Check those first, and pass the last transition to
  // the check.
  const direct = graph.out.get(from)?.find((edge) => isWanted(edge, last));
  if (direct !== undefined) return [direct];
  const cameBy = new Map<string, Edge | undefined>([[from, undefined]]);
  for (const state of cameBy.keys()) {
    for (const edge of graph.out.get(state) ?? []) {
      if (isWanted(edge, cameBy.get(state) ?? last)) return [...wayTo(cameBy, state), edge];
      if (!cameBy.has(edge.to)) cameBy.set(edge.to, edge);
    }
  }
  return undefined;
}

/** Makes the shortest path that ends with each transition. Leaves out paths that are the beginning of another. */
function shortestPaths(graph: Graph): Edge[][] {
  const cameBy = spread(graph);
  const inner = new Set(
    [...cameBy.values()].filter((edge) => edge !== undefined).filter(({ to }) => graph.out.get(to)?.length),
  );
  return graph.edges.filter((edge) => !inner.has(edge)).map((edge) => [...wayTo(cameBy, edge.from), edge]);
}

/** The weight of going on, for a walk that may end here: ending has weight 1. */
const RELUCTANCE = 8;

/** Makes a random walk; the same seed gives the same walk. The walk prefers going on to ending. */
function randomWalk(graph: Graph, seed: number, length: number): Edge[] {
  const chance = chanceOf(seed);
  const path: Edge[] = [];
  for (let at = graph.initial; path.length < length; at = (path.at(-1) as Edge).to) {
    const edges = graph.out.get(at) ?? [];
    if (edges.length === 0) break;
    const goingOn = edges.filter(({ to }) => graph.out.get(to)?.length);
    const some = goingOn.length > 0 && chance() > 1 / RELUCTANCE ? goingOn : edges;
    path.push(some[Math.floor(chance() * some.length)] as Edge);
  }
  return path;
}

/** Numbers from 0 up to 1 that look random and depend on the seed alone (mulberry32). */
export function chanceOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Counts what some paths cover of a graph. */
export function coverageOf(graph: Graph, paths: Iterable<readonly Edge[]>): Coverage {
  const states = new Set([graph.initial]);
  const edges = new Set<Edge>();
  const pairs = new Set<string>();
  for (const path of paths) {
    for (const [i, edge] of path.entries()) {
      states.add(edge.to);
      edges.add(edge);
      if (i > 0) pairs.add(`${(path[i - 1] as Edge).id},${edge.id}`);
    }
  }
  let all = 0;
  for (const { to } of graph.edges) all += graph.out.get(to)?.length ?? 0;
  return {
    states: [states.size, graph.states.length],
    transitions: [edges.size, graph.edges.length],
    pairs: [pairs.size, all],
  };
}
