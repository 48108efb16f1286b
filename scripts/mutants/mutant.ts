/** The parts of the package that bugs are seeded in. */
export type Area = 'machines' | 'charts' | 'pool' | 'hosts' | 'wire' | 'view';

/** One seeded bug: a piece of a file, and what it becomes. */
export interface Mutant {
  /** In kebab-case; unique. */
  readonly name: string;
  /** From the package's folder. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
  /** The behaviour that it breaks, in a sentence. */
  readonly breaks: string;
  /** The test files that must fail; each is run by itself. */
  readonly catchers: readonly string[];
}
