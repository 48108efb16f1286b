/** The question for the universes of an open proof. */
export const UNIVERSES = 'Show Universes.';

/** The universes of an open proof, as `Show Universes` prints them. */
export interface Universes {
  /** The universes that this proof made. */
  readonly local: ReadonlySet<string>;
  readonly edges: readonly Edge[];
}

/** A constraint: `from` is below `to`, or at most as high. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly strict: boolean;
}

/** Reads the answer to `Show Universes`; returns `undefined` if it has another form. */
export function readUniverses(text: string): Universes | undefined {
  const begin = text.lastIndexOf('Normalized constraints:');
  if (begin < 0) return undefined;
  const parts = /^Normalized constraints:\s*(?:\{([^}]*)\}\s*(?:\|=([\s\S]*))?)?$/.exec(text.slice(begin).trim());
  if (!parts) return undefined;
  const [, names = '', constraints = ''] = parts;
  const edges: Edge[] = [];
  let left = '';
  for (const line of constraints.split('\n')) {
    const words = line.trim().split(/\s+/).filter(Boolean);
    if (words.length === 0) continue;
    if (words.length === 1) {
      left = words[0] as string;
      continue;
    }
    // A line without its left side goes on with the one above.
    const [from, relation, to, ...rest] = words.length === 2 ? [left, ...words] : words;
    if (from === undefined || to === undefined || rest.length > 0 || !/^(?:<|<=|=)$/.test(relation ?? ''))
      return undefined;
    left = from;
    edges.push({ from, to, strict: relation === '<' });
    if (relation === '=') edges.push({ from: to, to: from, strict: false });
  }
  return { local: new Set(names.split(/\s+/).filter(Boolean)), edges };
}

/** Reads the answer to `Print Universes`; returns `undefined` if it has another form. */
export function readGraph(text: string): UniverseGraph | undefined {
  const universes = readUniverses(`Normalized constraints: {} |= ${text}`);
  return universes && new UniverseGraph(universes.edges);
}

/** The constraints between the universes of a state. */
export class UniverseGraph {
  readonly #next = new Map<string, Edge[]>();

  constructor(edges: readonly Edge[]) {
    for (const edge of edges) {
      const list = this.#next.get(edge.from);
      if (list) list.push(edge);
      else this.#next.set(edge.from, [edge]);
    }
  }

  /** The universes that are below others. */
  get lower(): Iterable<string> {
    return this.#next.keys();
  }

  /** Is `true` if the constraints imply this one. */
  implies({ from, to, strict }: Edge): boolean {
    if (from === to && !strict) return true;
    // Every universe is at least Set, and Prop is below them.
    if (!strict && (from === 'Set' || from === 'Prop')) return true;
    return (
      this.#search(
        from,
        () => true,
        (each) => each.to === to && (each.strict || !strict),
      ) !== undefined
    );
  }

  /** Returns the relations from one universe to others that the constraints imply through the universes that `isInner` accepts. */
  reach(start: string, isInner: (name: string) => boolean): Edge[] {
    const found: Edge[] = [];
    this.#search(start, isInner, (edge) => {
      found.push(edge);
      return false;
    });
    return found;
  }

  /** Follows the constraints through the universes that `isInner` accepts, to the first relation that `isFound` accepts. */
  #search(start: string, isInner: (name: string) => boolean, isFound: (edge: Edge) => boolean): Edge | undefined {
    const seen = { strict: new Set<string>(), weak: new Set<string>() };
    const open: Edge[] = [{ from: start, to: start, strict: false }];
    for (let at = open.pop(); at; at = open.pop()) {
      for (const { to, strict } of this.#next.get(at.to) ?? []) {
        const edge: Edge = { from: start, to, strict: at.strict || strict };
        const known = edge.strict ? seen.strict : seen.weak;
        if (known.has(to)) continue;
        known.add(to);
        if (isFound(edge)) return edge;
        if (isInner(to)) open.push(edge);
      }
    }
    return undefined;
  }
}

/**
 * Returns the constraints that a proof adds between universes that others can see: those that existed before, and those
 * of its statement. Such constraints of several proofs may contradict each other although each proof is right.
 */
export function gainsOf(before: Universes, after: Universes): Edge[] {
  const isInner = (name: string): boolean => after.local.has(name) && !before.local.has(name);
  const known = new UniverseGraph(before.edges);
  const graph = new UniverseGraph(after.edges);
  const relations = [...graph.lower].filter((name) => !isInner(name)).flatMap((name) => graph.reach(name, isInner));
  return relations.filter((edge) => !isInner(edge.to) && !known.implies(edge));
}

/**
 * Is `true` if a command of the text may give the name of this universe to another one: `list.u0` is a universe of the
 * last definition of `list`.
 */
export function isRedefined(universe: string, text: string): boolean {
  if (universe === 'Set' || universe === 'Prop') return false;
  const owner = universe.replace(/\.u?\d+$/, '').replace(/^.*\./, '');
  const names = [owner, owner.replace(/_(?:rect?|s?ind)$/, '')].map((name) => name.replaceAll(/[^\w]/g, '.'));
  return new RegExp(`\\b(?:[A-Z]\\w*|with)\\s+(?:${names.join('|')})(?![\\w'])`).test(text);
}
