/** The parts of the package with seeded bugs. */
export type Area = 'machines' | 'charts' | 'fleet' | 'pool' | 'hosts' | 'layers' | 'wire' | 'view';

/** A seeded bug: a piece of a file, and its replacement. */
export interface Mutant {
  /** A unique name in kebab-case. */
  readonly name: string;
  /** The path from the package's folder. */
  readonly file: string;
  /** The piece to replace. Occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
  /** The broken behaviour, in a sentence. */
  readonly breaks: string;
  /** The test files that must fail; each is run by itself. */
  readonly catchers: readonly string[];
}
