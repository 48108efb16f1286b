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
  const near = whole ?? closestMatch(name, legal, Math.min(FAR, Math.ceil(name.length / 2)));
  return near === undefined ? '' : `: did you mean ${near}?`;
}

/**
 * Returns whether a name is so close to a legal one that it must be a misspelling. Short names are close to many words,
 * so a short legal name counts only if the case alone differs.
 */
export function isMisspelling(name: string, legal: readonly string[]): boolean {
  if (legal.some((each) => each.toLowerCase() === name.toLowerCase())) return true;
  const long = legal.filter((each) => each.length >= LONG);
  return closestMatch(name, long, NEAR) !== undefined;
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

/** Returns the name that differs in the fewest letters, `most` at most; the first of several. */
function closestMatch(name: string, legal: readonly string[], most: number): string | undefined {
  let closest: string | undefined;
  let least = most + 1;
  for (const each of legal) {
    const distance = distanceOf(name, each);
    if (distance >= least) continue;
    closest = each;
    least = distance;
  }
  return closest;
}

/** Returns the number of letters to change, add or remove that makes one text the other (Levenshtein). */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...from].entries()) {
    let left = i + 1;
    row = row.map((above, j) => {
      if (j === 0) return left;
      const changed = (row[j - 1] as number) + (letter === to[j - 1] ? 0 : 1);
      left = Math.min(above + 1, left + 1, changed);
      return left;
    });
  }
  return row[to.length] as number;
}
