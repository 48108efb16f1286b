import { inspect } from 'node:util';
import { describe } from './error-codec.ts';

/** More of a value says no more. In characters. */
const LONGEST = 100;

/** A value as it is written in a program, on one line, for messages: a text in quotes, so that '2' is not taken for 2. Never throws. */
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
