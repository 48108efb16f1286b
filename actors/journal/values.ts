import { deserialize, serialize } from 'node:v8';
import { isPlain } from '../protocol/plain-json.ts';

/** How deep a value may be to be looked through; deeper ones are written as structured clones. */
const DEPTH = 200;

/** The one member of what stands for a value that JSON has no words for: its structured clone, in base64. */
const CLONE = '$clone';

/**
 * A value as JSON text: itself, where JSON gives it back as it was, else `{"$clone": "<base64>"}`, so that dates, maps, bytes
 * and cycles come back as they do from a worker.
 *
 * @throws what the structured clone throws where the value cannot be cloned
 */
export function textOf(value: unknown): string {
  if (isMarked(value)) return cloneOf(value);
  return isPlain(value) || isJson(value, DEPTH, new Set()) ? JSON.stringify(value) : cloneOf(value);
}

function cloneOf(value: unknown): string {
  return JSON.stringify({ [CLONE]: serialize(value).toString('base64') });
}

/** The value that `textOf` has written, once its JSON is parsed. */
export function valueIn(parsed: unknown): unknown {
  return isMarked(parsed) ? deserialize(Buffer.from(String(parsed[CLONE]), 'base64')) : parsed;
}

/** What is taken for a clone when it is read. */
function isMarked(value: unknown): value is { readonly [CLONE]: unknown } {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, CLONE);
}

/** Whether JSON gives back just this value, however large. */
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
