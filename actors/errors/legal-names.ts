import { closestMatch } from 'leven';
import { UsageError } from './errors.ts';

/** A misspelt name is at most so many letters from the one that was meant. */
const FAR = 4;

/** A name of so many letters is told from other words by so few. */
const LONG = 6;
const NEAR = 2;

/** The legal name that is nearest to one that is not, as a question; nothing where none is near. */
export function didYouMean(name: string, legal: readonly string[]): string {
  const [whole] = legal.filter((each) => each.toLowerCase() === name.toLowerCase());
  const near = whole ?? closestMatch(name, legal, { maxDistance: Math.min(FAR, Math.ceil(name.length / 2)) });
  return near === undefined ? '' : `: did you mean ${near}?`;
}

/** Whether a name is so near to a legal one that it must be a misspelling of it: short names are near to many words. */
export function isMisspelling(name: string, legal: readonly string[]): boolean {
  if (legal.some((each) => each.toLowerCase() === name.toLowerCase())) return true;
  const long = legal.filter((each) => each.length >= LONG);
  return closestMatch(name, long, { maxDistance: NEAR }) !== undefined;
}

/** Checks the names of options. @throws {UsageError} naming one that is unknown, the nearest that is legal, and all of them */
export function checkOptionNames(of: string, options: object, legal: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (legal.includes(name)) continue;
    const all = `the options are ${legal.join(', ')}`;
    throw new UsageError(`there is no option ${name} of ${of}${didYouMean(name, legal)}; ${all}`);
  }
}
