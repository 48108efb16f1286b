import { inspect } from 'node:util';
import { describe, LONGEST, shortText } from './error-codec.ts';

/**
 * Returns a value as source text on one line, for messages. A string is in quotes, so that '2' is not taken for 2.
 * Never throws.
 */
export function quoted(value: unknown): string {
  return shortText(inOneLine(value));
}

function inOneLine(value: unknown): string {
  try {
    return inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, compact: true, maxStringLength: LONGEST });
  } catch {
    return describe(value);
  }
}
