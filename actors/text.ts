import type { MessageToMaster, MessageToWorker } from './wire.ts';

/** How deep and how large a payload may be to be looked through: larger ones gain nothing from being text. */
const DEPTH = 6;
const PARTS = 64;
const LENGTH = 4096;

/**
 * A message of several requests or answers as one JSON text, where that says the same as a structured clone of each: it is
 * cheaper to write, to send and to read. `undefined` where it does not, and for messages of another tag.
 */
export function textOf(message: MessageToWorker | MessageToMaster, several: number): string | undefined {
  if (message[0] !== several) return undefined;
  for (const payload of message[1] as readonly unknown[]) if (!isPlain(payload)) return undefined;
  return JSON.stringify(message);
}

/** Whether JSON gives back just this value: small, of plain objects and arrays, nothing in it twice, nothing that JSON leaves out. */
export function isPlain(value: unknown): boolean {
  left = PARTS;
  const answer = look(value, DEPTH);
  seen.length = 0;
  return answer;
}

// One look at a time, a million a second: nothing is made for it.
let left = 0;
const seen: object[] = [];

function look(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
      return value.length <= LENGTH;
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      if (value === null) return true;
      // A clone keeps two ways to one object; JSON makes two of it.
      if (depth === 0 || seen.includes(value) || (value as { toJSON?: unknown }).toJSON !== undefined) return false;
      seen.push(value);
      return Array.isArray(value) ? isPlainArray(value, depth) : isPlainObject(value, depth);
    default:
      return false;
  }
}

function isPlainObject(value: object, depth: number): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const key in value) {
    if (--left < 0 || !look((value as Record<string, unknown>)[key], depth - 1)) return false;
  }
  return true;
}

function isPlainArray(value: readonly unknown[], depth: number): boolean {
  left -= value.length;
  if (left < 0 || Object.getPrototypeOf(value) !== Array.prototype) return false;
  for (const part of value) if (!look(part, depth - 1)) return false;
  return Object.keys(value).length === value.length;
}
