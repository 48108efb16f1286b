import { UsageError } from '../errors/errors.ts';
import { checkOptionNames } from '../errors/legal-names.ts';
import { quoted } from '../errors/quoted.ts';
import { isAbortSignal } from '../platform/abort-signal.ts';

/** The longest delay of a Node timer. In ms. */
const MAX_TIME = 2 ** 31 - 1;
const NONE = Number.POSITIVE_INFINITY;

/**
 * The rule of one option: how a value is read, and the default. `size` is the pool's size; some options depend on it.
 */
export interface OptionRule<In, Out = In> {
  /**
   * Checks a given value, and returns the value to use.
   * @throws {UsageError} naming the option, its value and the legal ones
   */
  readonly read: (name: string, value: In, size: number) => Out;
  /** Returns the default. */
  readonly fallback: (size: number) => Out;
}

/** The rule of each option of an object. */
export type OptionTable<T> = { readonly [K in keyof T]-?: OptionRule<Exclude<T[K], undefined>, unknown> };

/** The options that a table reads, with every default. */
export type Filled<Table> = {
  readonly [K in keyof Table]: Table[K] extends OptionRule<never, infer Out> ? Out : never;
};

/** Reads options by their table. @throws {UsageError} for a name that is not in the table, or an illegal value */
export function readOptions<Table extends object>(
  of: string,
  options: object,
  table: Table,
  size: number,
  prefix = '',
): Filled<Table> {
  checkOptionNames(of, optionsOf(of, options), Object.keys(table));
  const filled: Record<string, unknown> = {};
  for (const [name, { read, fallback }] of Object.entries(table) as [string, OptionRule<unknown>][]) {
    // What a program adds to Object.prototype is not an option.
    const isAdded = name in Object.prototype && !Object.hasOwn(options, name);
    const value = isAdded ? undefined : (options as Readonly<Record<string, unknown>>)[name];
    filled[name] = value === undefined || value === null ? fallback(size) : read(`${prefix}${name}`, value, size);
  }
  return filled as Filled<Table>;
}

/** Checks the given options, each by its name. @throws {UsageError} for an unknown name or an illegal value */
export function checkGiven(
  of: string,
  options: object,
  checks: Readonly<Record<string, (name: string, value: never, size: number) => unknown>>,
): void {
  for (const name of Object.keys(optionsOf(of, options))) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) return checkOptionNames(of, options, Object.keys(checks));
    const value = (options as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined) check(name, value as never, 0);
  }
}

/** Checks that the options of a call are an object. @throws {UsageError} for any other value */
export function optionsOf<T extends object>(of: string, options: T): T {
  return object(`the options argument of ${of}`, options);
}

/** A rule without its default. */
type Read<In, Out = In> = OptionRule<In, Out>['read'];

/** The rule of an option with this default. */
export function option<In, Out>(read: Read<In, Out>, fallback: Out): OptionRule<In, Out> {
  return { read, fallback: () => fallback };
}

/** The rule of an option whose default depends on the pool's size. */
export function optionBySize<In, Out>(read: Read<In, Out>, fallback: (size: number) => Out): OptionRule<In, Out> {
  return { read, fallback };
}

/** The rule of an option that has a table of its own. */
export function optionGroup<T extends object, Table extends OptionTable<T>>(
  table: Table,
): OptionRule<T, Filled<Table>> {
  const read = (name: string, value: T, size: number) =>
    readOptions(name, object(name, value), table, size, `${name}.`);
  return { read, fallback: (size) => readOptions('', {}, table, size) };
}

/** Reads a whole number from 0 to `most`. */
export function count(most = NONE): Read<number> {
  return (name, value) => checkCount(name, value, most);
}

/** Reads a time in ms, at least `least`; `Infinity` means no limit. */
export function time(least = 0): Read<number> {
  return (name, value) => checkTime(name, value, least);
}

/** Checks a whole number from 0 to `most`. @throws {UsageError} for any other value */
export function checkCount(name: string, value: number, most: number): number {
  const isCount = Number.isInteger(value) || (value === NONE && most === value);
  if (isCount && value >= 0 && value <= most) return value;
  throw illegal(name, value, most === NONE ? 'a whole number of at least 0' : `a whole number from 0 to ${most}`);
}

/** Checks a time in ms, at least `least`; `Infinity` means no limit. @throws {UsageError} for any other value */
function checkTime(name: string, value: number, least = 0): number {
  if (typeof value === 'number' && value >= least && (value <= MAX_TIME || value === NONE)) return value;
  throw illegal(name, value, `a number of ms from ${least} to ${MAX_TIME}, or Infinity`);
}

/** Reads true or false. */
export function flag(name: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value;
  throw illegal(name, value, 'true or false');
}

/** Reads a number that is not NaN. */
export function anyNumber(name: string, value: number): number {
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  throw illegal(name, value, 'a number');
}

/** Reads a function. */
export function callback<F>(name: string, value: F): F {
  if (typeof value === 'function') return value;
  throw illegal(name, value, 'a function');
}

/** Reads an array. */
export function list<T extends readonly unknown[]>(name: string, value: T): T {
  if (Array.isArray(value)) return value;
  throw illegal(name, value, 'an array');
}

/** Reads an object that is no array. */
export function object<T extends object>(name: string, value: T): T {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw illegal(name, value, 'an object');
}

/** Reads one of the given words. */
export function oneOf<Word extends string>(...words: readonly Word[]): Read<Word> {
  return (name, value) => {
    if (words.includes(value)) return value;
    throw illegal(name, value, `one of ${words.map((word) => `'${word}'`).join(', ')}`);
  };
}

/** Reads an AbortSignal, also one of another library or realm. */
export function abortSignal(name: string, value: AbortSignal): AbortSignal {
  if (isAbortSignal(value)) return value;
  throw illegal(name, value, 'an AbortSignal');
}

/** Makes the error for an illegal value. */
export function illegal(name: string, value: unknown, legal: string): UsageError {
  return new UsageError(`${name} is ${quoted(value)}: it must be ${legal}`);
}
