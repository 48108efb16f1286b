import { inspect } from 'node:util';
import { describe } from './error-codec.ts';

/** The most characters of a value that a message shows. */
const LONGEST = 100;

/**
 * Returns a value as source text on one line, for messages. A string is in quotes, so that '2' is not taken for 2.
 * Never throws.
 */
export function quoted(value: unknown): string {
  const text = inOneLine(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

function inOneLine(value: unknown): string {
  try {
    return inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, compact: true, maxStringLength: LONGEST });
  } catch {
    return describe(value);
  }
}
