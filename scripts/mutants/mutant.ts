/** The parts of the package that bugs are seeded in. */
export type Area = 'machines' | 'charts' | 'pool' | 'hosts' | 'wire';

/** One seeded bug: a piece of a file and what it becomes. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
  /** Which behaviour is broken by it. */
  readonly breaks: string;
  /** The test files that must fail, the quickest first. */
  readonly catchers: readonly string[];
}
