import { structuredClones } from '../platform/platform.ts';
import { isPlain } from '../protocol/plain-json.ts';

/** The greatest depth of a value that is checked. Deeper values are written as structured clones. */
const DEPTH = 200;

/** The only member of the object that replaces a value without a JSON form: its structured clone, in base64. */
const CLONE = '$clone';

/**
 * Returns a value as JSON text. A value that JSON restores exactly is written as it is. Any other becomes
 * `{"$clone":"<base64>"}`, so that dates, maps, bytes and cycles come back as they do from a worker.
 *
 * @throws the error of the structured clone if the value cannot be cloned
 */
export function textOf(value: unknown): string {
  if (isMarked(value)) return cloneOf(value);
  return isPlain(value) || isJson(value, DEPTH, new Set()) ? JSON.stringify(value) : cloneOf(value);
}

function cloneOf(value: unknown): string {
  return JSON.stringify({ [CLONE]: structuredClones().serialize(value).toString('base64') });
}

/** Returns the value that `textOf` has written, from the parsed JSON. */
export function valueIn(parsed: unknown): unknown {
  return isMarked(parsed) ? structuredClones().deserialize(Buffer.from(String(parsed[CLONE]), 'base64')) : parsed;
}

/** Returns whether a parsed value is read as a clone. */
function isMarked(value: unknown): value is { readonly [CLONE]: unknown } {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, CLONE);
}

/** Returns whether JSON restores exactly this value, of any size. */
function isJson(value: unknown, depth: number, seen: Set<object>): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      if (value === null) return true;
      if (depth === 0 || seen.has(value) || (value as { toJSON?: unknown }).toJSON !== undefined) return false;
      seen.add(value);
      return Array.isArray(value) ? isJsonArray(value, depth, seen) : isJsonObject(value, depth, seen);
    default:
      return false;
  }
}

function isJsonArray(value: readonly unknown[], depth: number, seen: Set<object>): boolean {
  if (Object.getPrototypeOf(value) !== Array.prototype || Object.keys(value).length !== value.length) return false;
  return value.every((part) => isJson(part, depth - 1, seen));
}

function isJsonObject(value: object, depth: number, seen: Set<object>): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every((part) => isJson(part, depth - 1, seen));
}
