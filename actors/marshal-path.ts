import { structuredClone } from './platform.ts';

const DEPTH = 64;

/**
 * The path to the first value that cannot be cloned, as one would write it: `request.items[3].onDone`. The root's own
 * name where the value as a whole is at fault. Never throws.
 */
export function marshalPath(value: unknown, root: string): string {
  return search(value, root, new Set(), 0) ?? root;
}

function search(value: unknown, path: string, seen: Set<unknown>, depth: number): string | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') return path;
  if (typeof value !== 'object' || value === null || seen.has(value) || depth > DEPTH) return undefined;
  if (isCloneable(value)) return undefined;
  seen.add(value);
  try {
    for (const [step, read] of steps(value)) {
      let part: unknown;
      try {
        part = read();
      } catch {
        return path + step;
      }
      const found = search(part, path + step, seen, depth + 1);
      if (found !== undefined) return found;
    }
  } catch {
    // A proxy that does not say what it is, or a key without words: the fault is here.
  }
  return path;
}

function* steps(value: object): Generator<[string, () => unknown]> {
  if (value instanceof Map) {
    for (const [key, part] of value) {
      yield [`<key ${String(key)}>`, () => key];
      yield [`.get(${JSON.stringify(key) ?? String(key)})`, () => part];
    }
  } else if (value instanceof Set) {
    let i = 0;
    for (const part of value) yield [`<member ${i++}>`, () => part];
  } else {
    for (const key of keysOf(value)) yield [stepTo(value, key), () => (value as Record<string, unknown>)[key]];
  }
}

function keysOf(value: object): string[] {
  try {
    return Object.keys(value);
  } catch {
    return [];
  }
}

function stepTo(value: object, key: string): string {
  if (Array.isArray(value)) return `[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** Whether a value can be cloned as a message is. */
function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
