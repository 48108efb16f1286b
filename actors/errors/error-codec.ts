import { inspect } from 'node:util';
import { portableCopy } from '../platform/platform.ts';

/**
 * Errors on the wire. Structured clone loses an error's custom name, code, own properties and `AggregateError.errors`,
 * and turns a DOMException into `{}`. So this module takes errors apart and rebuilds them.
 */

const DEPTH = 8;
/** The most characters of a value that a message shows. */
export const LONGEST = 100;
const IN_A_MESSAGE = { depth: 1, breakLength: Number.POSITIVE_INFINITY, compact: true, customInspect: false } as const;
/**
 * The most members of `errors` lists that are sent with one error. Without this limit, an error that contains itself
 * several times would be sent millions of times.
 */
const MOST = 1000;
const KNOWN = new Map<string, ErrorConstructor>(
  [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((known) => [known.name, known]),
);
const OWN_PARTS = new Set(['name', 'message', 'stack', 'cause', 'errors', '__proto__']);

/** An error as plain, cloneable data. Any other thrown value is in `value`. */
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

/** Takes an error apart. Parts that cannot be cloned are left out or described in text. Never throws. */
export function encodeError(error: unknown, depth = DEPTH, room = { left: MOST }): EncodedError {
  try {
    if (!isError(error)) return { value: copyOf(error) };
    const cause = depth > 0 && 'cause' in error ? { cause: encodeError(error.cause, depth - 1, room) } : {};
    const list = (error as { errors?: unknown }).errors;
    const listed = depth > 0 && Array.isArray(list) ? list.filter(() => room.left-- > 0) : undefined;
    const errors = listed === undefined ? {} : { errors: listed.map((each) => encodeError(each, depth - 1, room)) };
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

/**
 * Copies a value, so that no getter runs a second time. Returns a short description if the value cannot be copied or if
 * some hosts cannot send the copy.
 */
function copyOf(value: unknown): unknown {
  try {
    return copied(value);
  } catch {
    return describe(value);
  }
}

/** Copies a value. @throws if the value cannot be sent to another process */
function copied(value: unknown): unknown {
  const isSimple =
    value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');
  return isSimple ? value : portableCopy(value);
}

/** Rebuilds an error: of its built-in class if it had one, otherwise an Error with its name. */
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

/** Returns whether a value is an encoded error, as far as `decodeError` reads it. */
export function isEncodedError(value: unknown, depth = DEPTH): value is EncodedError {
  if (typeof value !== 'object' || value === null) return false;
  if ('value' in value) return true;
  const { name, message, properties, cause, errors } = value as Partial<Record<string, unknown>>;
  const isPart = (part: unknown) => depth > 0 && isEncodedError(part, depth - 1);
  return (
    typeof name === 'string' &&
    typeof message === 'string' &&
    Array.isArray(properties) &&
    properties.every((each) => Array.isArray(each) && typeof each[0] === 'string') &&
    (cause === undefined || isPart(cause)) &&
    (errors === undefined || (Array.isArray(errors) && errors.every(isPart)))
  );
}

/** Returns an Error for any thrown value. Never throws. */
export function asError(thrown: unknown): Error {
  try {
    if (isError(thrown)) return thrown;
  } catch {
    // A proxy whose traps throw.
  }
  return new Error(describe(thrown), { cause: thrown });
}

/** Checks `instanceof`. A proxy whose traps throw is an instance of nothing. */
export function isOf<T>(value: unknown, type: abstract new (...parts: never[]) => T): value is T {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}

/** Returns the message of an error, or a short description of any other value. Never throws. */
export function wordsOf(thrown: unknown): string {
  try {
    return isError(thrown) ? String(thrown.message) : describe(thrown);
  } catch {
    return describe(thrown);
  }
}

/** Describes a value in a few words, for messages. Never throws. */
export function describe(value: unknown): string {
  try {
    const text = typeof value === 'string' ? value : String(value);
    return typeof value === 'object' && text === '[object Object]' ? shortText(inspect(value, IN_A_MESSAGE)) : text;
  } catch {
    return tagOf(value);
  }
}

/** Returns a text on one line, cut where it is long for a message. */
export function shortText(text: string): string {
  const line = text.replaceAll(/\s*\n\s*/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line;
}

function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value);
  } catch {
    // A proxy whose traps throw, or one that was revoked.
    return 'an object that cannot be read';
  }
}

function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

/** Lists the own properties of an error, and its code: a DOMException has the code on its prototype. */
function propertiesOf(error: Error): [string, unknown][] {
  const properties: [string, unknown][] = [];
  const keys = Object.keys(error);
  if (!keys.includes('code') && 'code' in error) keys.push('code');
  for (const key of keys) {
    if (OWN_PARTS.has(key)) continue;
    try {
      // A copy, so that no getter runs a second time.
      properties.push([key, copied((error as unknown as Record<string, unknown>)[key])]);
    } catch {
      // Values that cannot be cloned and getters that throw are left out.
    }
  }
  return properties;
}

function define(error: Error, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}
