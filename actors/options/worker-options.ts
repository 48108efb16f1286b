import type { ResourceLimits } from '../hosts/host.ts';
import { illegal, list, type OptionTable, object, option, readOptions } from './option-rules.ts';

/** The smallest stack of a worker, in MB: Node aborts the whole program where a thread cannot start on its stack. */
const LEAST_STACK = 0.5;

/** The rule of each memory limit. Types and docs are those of `ResourceLimits`. */
const RESOURCE_LIMITS = {
  maxOldGenerationSizeMb: option(megabytes(), undefined),
  maxYoungGenerationSizeMb: option(megabytes(), undefined),
  codeRangeSizeMb: option(megabytes(), undefined),
  stackSizeMb: option(megabytes(LEAST_STACK), undefined),
} satisfies OptionTable<ResourceLimits>;

/** Reads memory limits. @throws {UsageError} for an unknown name, or an illegal value */
export function limitsOf(name: string, value: ResourceLimits): ResourceLimits {
  readOptions(name, object(name, value), RESOURCE_LIMITS, 0, `${name}.`);
  return value;
}

/** Reads a size in MB: above 0, and at least `least`. */
function megabytes(least = 0): (name: string, value: number) => number | undefined {
  return (name, value) => {
    if (typeof value === 'number' && value > 0 && value >= least && value < Number.POSITIVE_INFINITY) return value;
    throw illegal(name, value, least === 0 ? 'a number of MB above 0' : `a number of MB of at least ${least}`);
  };
}

/** Reads flags of Node. @throws {UsageError} naming the first one that is no string */
export function flagsOf(name: string, value: readonly string[]): readonly string[] | undefined {
  for (const [i, each] of list(name, value).entries()) {
    if (typeof each !== 'string') throw illegal(`${name}[${i}]`, each, 'a string, such as --no-warnings');
  }
  return value;
}

/** Environment variables: text by name; `undefined` takes a variable away. */
type Variables = Readonly<Record<string, string | undefined>>;

/** Reads environment variables. @throws {UsageError} naming the first one that the system would change or refuse */
export function variablesOf(name: string, value: Variables): Variables {
  for (const [key, text] of Object.entries(object(name, value))) {
    // A variable of Windows may begin with this character.
    if (key === '' || key.includes('=', 1) || key.includes('\0'))
      throw illegal(`a name in ${name}`, key, 'some text without = and without a null character');
    if (!isText(text)) throw illegal(`${name}.${key}`, text, 'a string, or undefined to take the variable away');
  }
  return value;
}

/** Returns whether a value becomes the text that everybody expects. */
function isText(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0');
  return value === undefined || typeof value === 'number' || typeof value === 'boolean';
}
