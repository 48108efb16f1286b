import { type Edge, type Graph, spread, wayTo } from './graph.ts';

/** The way in which paths are chosen: every transition, every pair of transitions in a row, the shortest way to each, or by chance. */
export type Mode = 'edges' | 'pairs' | 'shortest' | 'walk';

/** Every mode there is. */
export const MODES: readonly Mode[] = ['edges', 'pairs', 'shortest', 'walk'];

/** The numbers of states, transitions and pairs of transitions in a row that some paths have covered, of all that there are. */
export interface Coverage {
  readonly states: readonly [covered: number, all: number];
  readonly transitions: readonly [covered: number, all: number];
  readonly pairs: readonly [covered: number, all: number];
}

/** What paths to look for. */
export interface CoverOptions {
  /** The most steps of a path. */
  readonly length: number;
  /** For walks: where chance begins. */
  readonly seed: number;
  /** For walks: how many. */
  readonly walks: number;
}

/** The paths through a graph in a mode; each starts in its initial state. */
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

/** Paths that take every transition at least once; few and long ones, of so many steps at most unless the way is longer. */
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

/** Paths that take every pair of consecutive transitions at least once; single transitions that no pair has, too. */
function pairCover(graph: Graph, length: number): Edge[][] {
  const todo = new Map<Edge, Set<Edge>>();
  const lone = new Set<Edge>();
  for (const edge of graph.edges) {
    const after = graph.out.get(edge.to) ?? [];
    if (after.length > 0) todo.set(edge, new Set(after));
    else if (edge.from === graph.initial) lone.add(edge);
  }
  // A transition with pairs left is only wanted where the one before it has none: else the two could take turns for ever.
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
 * Lays paths until nothing is wanted any more. A path goes on to the nearest wanted transition, and ends where there is
 * none to be reached, or its length is used up.
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

/** The shortest way from a state to a wanted transition, with it. */
function seek(
  graph: Graph,
  from: string,
  last: Edge | undefined,
  isWanted: (edge: Edge, before: Edge | undefined) => boolean,
): Edge[] | undefined {
  // One that follows the last transition directly may complete a pair: those are looked at first, and with it in mind.
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

/** For each transition the shortest path that ends with it; those that others begin with are left out. */
function shortestPaths(graph: Graph): Edge[][] {
  const cameBy = spread(graph);
  const inner = new Set(
    [...cameBy.values()].filter((edge) => edge !== undefined).filter(({ to }) => graph.out.get(to)?.length),
  );
  return graph.edges.filter((edge) => !inner.has(edge)).map((edge) => [...wayTo(cameBy, edge.from), edge]);
}

/** How likely a walk ends where it could go on: one end to so many other steps. */
const RELUCTANCE = 8;

/** A walk by chance; the same seed gives the same walk. It is in no hurry to end. */
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

/** What some paths cover of a graph. */
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
