import type { Kind } from '../kinds/kind.ts';
import { isOf, wordsOf } from './error-codec.ts';
import { UsageError } from './errors.ts';
import { quoted } from './quoted.ts';

/** A kind whose types the pool does not look at. */
// biome-ignore lint/suspicious/noExplicitAny: the pool handles tasks, requests and responses without looking into them.
export type AnyKind = Kind<any>;

/** Checks that a value is a kind. @throws {UsageError} naming what is missing */
export function checkKind(value: unknown, from: string): asserts value is AnyKind {
  try {
    checkMembers(value, from);
  } catch (error) {
    if (isOf(error, UsageError)) throw error;
    const problem = `${from} is not a kind: reading its members threw ${wordsOf(error)}`;
    throw Object.assign(new UsageError(problem), { cause: error });
  }
}

function checkMembers(value: unknown, from: string): void {
  if (typeof value !== 'object' || value === null) {
    throw new UsageError(
      `${from} is not a kind: expected an object with name, url, requestOfTask and perform, got ${value === null ? 'null' : typeof value}`,
    );
  }
  const kind = value as Partial<AnyKind>;
  if (typeof kind.name !== 'string' || kind.name === '') {
    throw new UsageError(`${from} is not a kind: its "name" must be a non-empty string`);
  }
  if (typeof kind.url !== 'string' && !isOf(kind.url, URL)) {
    throw new UsageError(`the kind ${kind.name} (${from}) lacks "url": write url: import.meta.url`);
  }
  for (const member of ['perform', 'requestOfTask'] as const) {
    if (typeof kind[member] !== 'function') {
      throw new UsageError(`the kind ${kind.name} (${from}) lacks "${member}": it must be a function`);
    }
  }
  const { window } = kind;
  if (window !== undefined && !(Number.isInteger(window) && window >= 1 && window <= 1024)) {
    throw new UsageError(
      `the kind ${kind.name} (${from}) has window ${quoted(window)}: it must be a whole number from 1 to 1024`,
    );
  }
}
