import { type Filled, illegal, type OptionTable, oneOf, option, readOptions } from './option-rules.ts';

/** The wait of a task before its next attempt. */
export interface Backoff {
  /** `fixed`: the same wait each time. `exponential`: twice as long each time. */
  readonly type: 'fixed' | 'exponential';
  /** The first wait, in ms. No wait is longer than 2147483647. */
  readonly delay: number;
  /** The largest share of a wait, 0 to 1, that chance takes off, so that tasks which failed together come back apart. @default 0 */
  readonly jitter?: number;
}

/** A backoff with every default. */
export type FullBackoff = Filled<typeof BACKOFF>;

/** The longest delay of a Node timer. In ms. */
const LONGEST = 2 ** 31 - 1;

/** The rule and the default of each option of a backoff. Types and docs are those of `Backoff`. */
const BACKOFF = {
  type: option(oneOf('fixed', 'exponential'), 'fixed' as const),
  delay: option(delayOf, 0),
  jitter: option(shareOf, 0),
} satisfies OptionTable<Backoff>;

/** Reads a backoff, or a number of ms for a fixed one. @throws {UsageError} for an illegal value */
export function backoffOf(name: string, value: number | Backoff): FullBackoff {
  if (typeof value === 'number') return { type: 'fixed', delay: delayOf(name, value), jitter: 0 };
  if (typeof value !== 'object' || value === null)
    throw illegal(name, value, 'a number of ms, or { type, delay, jitter }');
  if (value.delay === undefined) throw illegal(`${name}.delay`, value.delay, `a number of ms from 0 to ${LONGEST}`);
  return readOptions(name, value, BACKOFF, 0, `${name}.`);
}

/** Reads a number of attempts. @throws {UsageError} for any other value */
export function attemptsOf(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= 1_000_000) return value;
  throw illegal(name, value, 'a whole number from 1 to 1000000');
}

/** Returns the wait before the attempt after `failed` failed ones, in ms; `chance` is from 0 to 1. */
export function delayAfter(failed: number, { type, delay, jitter }: FullBackoff, chance: number): number {
  const full = type === 'fixed' ? delay : Math.min(LONGEST, delay * 2 ** Math.min(failed - 1, 31));
  return Math.round(full * (1 - jitter * chance));
}

function delayOf(name: string, value: number): number {
  if (typeof value === 'number' && value >= 0 && value <= LONGEST) return value;
  throw illegal(name, value, `a number of ms from 0 to ${LONGEST}`);
}

function shareOf(name: string, value: number): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw illegal(name, value, 'a number from 0 to 1');
}
