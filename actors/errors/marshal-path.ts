import { structuredClone } from '../platform/platform.ts';

const DEPTH = 64;

/** Returns whether a value can be sent as a message. */
export type IsSendable = (value: unknown) => boolean;

/**
 * Returns the path to the first value that cannot be sent, as a program would write it: `request.items[3].onDone`.
 * Returns the root's own name if the value as a whole is at fault. `isSendable` is the host's test. By default, a value
 * that can be cloned can be sent. Never throws.
 */
export function marshalPath(value: unknown, root: string, isSendable: IsSendable = isCloneable): string {
  const whole = { value, path: root, depth: 0 };
  return portIn(whole, new Set()) ?? search(whole, new Set(), isSendable) ?? root;
}

/** A value that the search has reached. */
interface Place {
  readonly value: unknown;
  readonly path: string;
  readonly depth: number;
}

/** Returns the path to the first port: it can only be moved, and Node 20 crashes where it clones a closed one. */
function portIn({ value, path, depth }: Place, seen: Set<unknown>): string | undefined {
  if (value instanceof MessagePort) return path;
  if (typeof value !== 'object' || value === null || seen.has(value) || depth > DEPTH) return undefined;
  if (ArrayBuffer.isView(value)) return undefined;
  seen.add(value);
  try {
    for (const [step, read] of steps(value)) {
      const found = portIn({ value: read(), path: path + step, depth: depth + 1 }, seen);
      if (found !== undefined) return found;
    }
  } catch {
    // A getter or a proxy that throws: the search finds it again.
  }
  return undefined;
}

function search({ value, path, depth }: Place, seen: Set<unknown>, isSendable: IsSendable): string | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') return path;
  if (typeof value !== 'object' || value === null || seen.has(value) || depth > DEPTH) return undefined;
  if (isSendable(value)) return undefined;
  seen.add(value);
  try {
    for (const [step, read] of steps(value)) {
      let part: unknown;
      try {
        part = read();
      } catch {
        return path + step;
      }
      const found = search({ value: part, path: path + step, depth: depth + 1 }, seen, isSendable);
      if (found !== undefined) return found;
    }
  } catch {
    // A proxy whose traps throw, or a key that cannot be written as text: the fault is here.
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

/** Returns whether a value can be cloned, as a message to a thread is. */
function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
