import { types } from 'node:util';

/**
 * The greatest depth, number of parts and string length of a payload that is checked: larger ones gain nothing as text.
 */
const DEPTH = 6;
const PARTS = 64;
const LENGTH = 4096;

/**
 * Returns whether one JSON text of several requests or answers carries the same as a structured clone of each. The text
 * is cheaper to write, to send and to read. One clone of all would not do: payloads that share an object would share it
 * on the other side too.
 *
 * @throws the error of a getter
 */
export function arePlain(payloads: readonly unknown[]): boolean {
  for (const payload of payloads) if (!isPlain(payload)) return false;
  return true;
}

/**
 * Returns whether JSON restores exactly this value. The value must be small, made of plain objects and arrays, without
 * a repeated object, and without parts that JSON leaves out.
 */
export function isPlain(value: unknown): boolean {
  left = PARTS;
  seen.length = 0;
  return check(value, DEPTH);
}

// Only one check runs at a time, a million a second. So these variables serve all of them, and no object is made.
let left = 0;
const seen: object[] = [];

function check(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
      return value.length <= LENGTH;
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      if (value === null) return true;
      // A clone keeps two references to one object. JSON makes two objects of it.
      if (depth === 0 || seen.includes(value) || types.isProxy(value)) return false;
      if ((value as { toJSON?: unknown }).toJSON !== undefined) return false;
      seen.push(value);
      return Array.isArray(value) ? isPlainArray(value, depth) : isPlainObject(value, depth);
    default:
      return false;
  }
}

function isPlainObject(value: object, depth: number): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const key in value) {
    if (--left < 0 || !check((value as Record<string, unknown>)[key], depth - 1)) return false;
  }
  return true;
}

function isPlainArray(value: readonly unknown[], depth: number): boolean {
  left -= value.length;
  if (left < 0 || Object.getPrototypeOf(value) !== Array.prototype) return false;
  for (const part of value) if (!check(part, depth - 1)) return false;
  return Object.keys(value).length === value.length;
}
