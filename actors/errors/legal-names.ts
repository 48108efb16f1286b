import { closestMatch } from 'leven';
import { UsageError } from './errors.ts';

/** The most letters in which a misspelt name differs from the name that was meant. */
const FAR = 4;

/**
 * The least length of a legal name that is checked for misspellings, and the most letters that may differ: shorter
 * names are close to many other words.
 */
const LONG = 6;
const NEAR = 2;

/** Returns a question that names the closest legal name, or an empty text if no legal name is close. */
export function didYouMean(name: string, legal: readonly string[]): string {
  const [whole] = legal.filter((each) => each.toLowerCase() === name.toLowerCase());
  const near = whole ?? closestMatch(name, legal, { maxDistance: Math.min(FAR, Math.ceil(name.length / 2)) });
  return near === undefined ? '' : `: did you mean ${near}?`;
}

/**
 * Returns whether a name is so close to a legal one that it must be a misspelling. Short names are close to many words,
 * so a short legal name counts only if the case alone differs.
 */
export function isMisspelling(name: string, legal: readonly string[]): boolean {
  if (legal.some((each) => each.toLowerCase() === name.toLowerCase())) return true;
  const long = legal.filter((each) => each.length >= LONG);
  return closestMatch(name, long, { maxDistance: NEAR }) !== undefined;
}

/**
 * Checks the names of options. @throws {UsageError} with the unknown name, the closest legal name and all legal names
 */
export function checkOptionNames(of: string, options: object, legal: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (legal.includes(name)) continue;
    const all = `the options are ${legal.join(', ')}`;
    throw new UsageError(`there is no option ${name} of ${of}${didYouMean(name, legal)}; ${all}`);
  }
}
