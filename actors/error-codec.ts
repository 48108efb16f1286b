/**
 * Errors on the wire. Structured clone loses an error's custom name, code, own properties and `AggregateError.errors`,
 * and makes `{}` of a DOMException; so we take them apart and put them together ourselves.
 */

import { isCloneable } from './marshal-path.ts';

const DEPTH = 8;
const KNOWN = new Map<string, ErrorConstructor>(
  [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((known) => [known.name, known]),
);
const OWN_PARTS = new Set(['name', 'message', 'stack', 'cause', 'errors', '__proto__']);

/** An error as plain, cloneable data; anything else that was thrown, as `value`. */
export type EncodedError =
  | { readonly value: unknown }
  | {
      readonly name: string;
      readonly message: string;
      readonly stack?: string;
      readonly properties: ReadonlyArray<readonly [string, unknown]>;
      readonly cause?: EncodedError;
      readonly errors?: readonly EncodedError[];
    };

/** Takes an error apart; parts that cannot be cloned are left out or told as text. Never throws. */
export function encodeError(error: unknown, depth = DEPTH): EncodedError {
  try {
    if (!isError(error)) return { value: isCloneable(error) ? error : describe(error) };
    const cause = depth > 0 && 'cause' in error ? { cause: encodeError(error.cause, depth - 1) } : {};
    const list = (error as { errors?: unknown }).errors;
    const errors = depth > 0 && Array.isArray(list) ? { errors: list.map((each) => encodeError(each, depth - 1)) } : {};
    const stack = typeof error.stack === 'string' ? { stack: error.stack } : {};
    return {
      name: String(error.name),
      message: String(error.message),
      ...stack,
      properties: propertiesOf(error),
      ...cause,
      ...errors,
    };
  } catch {
    return { value: describe(error) };
  }
}

/** Puts an error together again: of its built-in class where it had one, otherwise an Error of its name. */
export function decodeError(encoded: EncodedError): unknown {
  if ('value' in encoded) return encoded.value;
  const error =
    encoded.errors === undefined
      ? new (KNOWN.get(encoded.name) ?? Error)(encoded.message)
      : new AggregateError(encoded.errors.map(decodeError), encoded.message);
  define(error, 'stack', encoded.stack);
  if (error.name !== encoded.name) define(error, 'name', encoded.name);
  for (const [key, value] of encoded.properties) define(error, key, value, true);
  if (encoded.cause !== undefined) define(error, 'cause', decodeError(encoded.cause));
  return error;
}

/** An Error for whatever was thrown. */
export function asError(thrown: unknown): Error {
  return isError(thrown) ? thrown : new Error(describe(thrown), { cause: thrown });
}

/** A value in a few words, for messages. Never throws. */
export function describe(value: unknown): string {
  try {
    return typeof value === 'string' ? value : String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

/** A DOMException keeps its code and name on its prototype: they are read by name. */
function propertiesOf(error: Error): [string, unknown][] {
  const properties: [string, unknown][] = [];
  const keys = Object.keys(error);
  if (!keys.includes('code') && 'code' in error) keys.push('code');
  for (const key of keys) {
    if (OWN_PARTS.has(key)) continue;
    try {
      const value = (error as unknown as Record<string, unknown>)[key];
      if (isCloneable(value)) properties.push([key, value]);
    } catch {
      // A getter that throws has nothing to tell.
    }
  }
  return properties;
}

function define(error: Error, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}
