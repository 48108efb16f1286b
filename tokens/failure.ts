import { UsageError } from '../actors/index.ts';
import { quoted, wordsOf } from '../actors/tooling.ts';

/** An environment, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns whether a program waits for a source of tokens that has failed, instead of going on without a budget.
 * @throws {UsageError} for an unknown value of STATEPOOL_TOKENS
 */
export function isStrict({ STATEPOOL_TOKENS: value }: Environment): boolean {
  if (value === undefined || value === '' || value === 'strict') return value === 'strict';
  throw new UsageError(`STATEPOOL_TOKENS is ${quoted(value)}: the only value is strict; unset it otherwise`);
}

/** Emits the one warning of a source that has failed. */
export function warnOfFailure(source: string, error: unknown, strict: boolean): void {
  const effect = strict
    ? 'tasks wait for it, because STATEPOOL_TOKENS is strict'
    : 'the program goes on without a budget (STATEPOOL_TOKENS=strict lets it wait)';
  process.emitWarning(`${source} has failed: ${wordsOf(error)}; ${effect}`, { code: 'STATEPOOL_TOKENS' });
}
