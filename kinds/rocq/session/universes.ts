/** The universes of an open proof, as `Show Universes` prints them. */
export interface Universes {
  /** The universes that this proof made. */
  readonly local: ReadonlySet<string>;
  readonly edges: readonly Edge[];
}

interface Edge {
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

/**
 * Is `true` if the proof adds a constraint between universes that others can see: those that existed before, and those
 * of its statement. Such constraints of several proofs may contradict each other although each proof is right.
 */
export function gains(before: Universes, after: Universes): boolean {
  const isInner = (name: string): boolean => after.local.has(name) && !before.local.has(name);
  const known = reach(before, () => false);
  for (const found of reach(after, isInner)) {
    const [from, to, strict] = JSON.parse(found) as [string, string, boolean];
    if (from === to && !strict) continue;
    if (!strict && (from === 'Set' || from === 'Prop')) continue;
    if (!known.has(found) && !known.has(JSON.stringify([from, to, true]))) return true;
  }
  return false;
}

/** Returns the relations between outer universes that the constraints imply through inner ones. */
function reach({ edges }: Universes, isInner: (name: string) => boolean): Set<string> {
  const next = new Map<string, Edge[]>();
  for (const edge of edges) {
    const list = next.get(edge.from);
    if (list) list.push(edge);
    else next.set(edge.from, [edge]);
  }
  const found = new Set<string>();
  for (const start of next.keys()) {
    if (isInner(start)) continue;
    const seen = new Set<string>();
    const open: [string, boolean][] = [[start, false]];
    for (let at = open.pop(); at; at = open.pop()) {
      const [name, isStrict] = at;
      for (const { to, strict } of next.get(name) ?? []) {
        const step: [string, boolean] = [to, isStrict || strict];
        const mark = JSON.stringify(step);
        if (seen.has(mark)) continue;
        seen.add(mark);
        if (isInner(to)) open.push(step);
        else found.add(JSON.stringify([start, ...step]));
      }
    }
  }
  return found;
}
