import { createHash } from 'node:crypto';
import { IN_SECTION, outlineOf, type Segment, usingOf } from './outline.ts';
import { type Sentence, splitSentences } from './sentences.ts';

/** The engine of a document, and what it is started with. */
export interface RocqOptions {
  /** The path or name of the program. @default coqidetop, or coqidetop.opt, on PATH */
  readonly program?: string;
  /** The flags of the engine, such as `-R theories Logic`. @default none */
  readonly args?: readonly string[];
  /** The file: the engine takes the name of its module from it. @default none */
  readonly file?: string;
  /** The folder in which the engine runs. @default the folder of the program */
  readonly folder?: string;
  /**
   * A text that changes with everything outside of the file that its verdicts depend on, such as the engine's version and
   * the compiled files that it may load. An engine of another environment is started anew. @default nothing changes
   */
  readonly environment?: string;
}

/** A file that is cut into proofs and commands. Its `limit`, its `uses` and its `joined` proofs change while it is checked. */
export interface RocqDocument {
  readonly options: RocqOptions;
  /** The file, with one character for each byte. */
  readonly source: string;
  readonly sentences: readonly Sentence[];
  readonly segments: readonly Segment[];
  /** The texts of each segment as every worker executes them: `Admitted` stands for a delegated proof. */
  readonly spine: readonly (readonly string[])[];
  /** The hash of the start, and of the text up to and with each segment. */
  readonly chain: readonly string[];
  /** The numbers of the proofs that every worker executes although they could be delegated. */
  readonly joined: ReadonlySet<number>;
  /** The numbers of the broken proofs that are taken for admitted, so that the rest can be checked. */
  readonly broken: ReadonlySet<number>;
  /**
   * The section variables that proofs without `Proof using` are taken to use, as words behind `Proof using`: such proofs
   * are delegated. Their workers find out whether the words are right.
   */
  readonly uses: ReadonlyMap<number, string>;
  /** The proofs in sections of which workers find out, while they execute them, whether something could stand for them. */
  readonly asked: ReadonlySet<number>;
  /** The number of the last segment that can be reached: tasks behind it expire. */
  limit: number;
}

/**
 * Reads a Rocq file. `source` has one character for each byte (`latin1`).
 *
 * @example
 * import { readFileSync } from 'node:fs';
 * import { readRocq } from 'statepool/kinds';
 *
 * const document = readRocq(readFileSync('a.v', 'latin1'), { file: 'a.v' });
 */
export function readRocq(source: string, options: RocqOptions = {}): RocqDocument {
  const sentences = splitSentences(source);
  const base = {
    options,
    source,
    sentences,
    segments: outlineOf(sentences),
    uses: new Map(),
    asked: new Set<number>(),
  };
  return withSpine(base, new Set(), new Set());
}

/** Returns the document with more proofs that every worker executes, and more that are taken for admitted. */
export function rejoined(document: RocqDocument, joined: Iterable<number>, broken: Iterable<number>): RocqDocument {
  return withSpine(document, new Set([...document.joined, ...joined]), new Set([...document.broken, ...broken]));
}

/** Returns the document with the section variables that proofs are taken to use, and the proofs of which workers find out more. */
export function withUses(document: RocqDocument, known: Pick<RocqDocument, 'uses' | 'asked'>): RocqDocument {
  return withSpine({ ...document, ...known }, new Set(document.joined), new Set(document.broken));
}

/** Is `true` if the proof of this segment runs apart from the others. */
export function isDelegated({ segments, joined, broken, uses }: RocqDocument, segment: number): boolean {
  const at = segments[segment];
  const canBe = at?.type === 'proof' && (at.why === undefined || uses.has(segment));
  return canBe && !joined.has(segment) && !broken.has(segment);
}

/** Is `true` if only the variables that this proof uses are missing to delegate it. */
export function isInSection({ segments }: Pick<RocqDocument, 'segments'>, segment: number): boolean {
  return segments[segment]?.why === IN_SECTION;
}

/** Returns the texts of a whole segment; none for the end of the document. */
export function textsOf({ sentences, segments }: Pick<Base, 'sentences' | 'segments'>, segment: number): string[] {
  const { from, to } = segments[segment] ?? { from: 0, to: -1 };
  return sentences.slice(from, to + 1).map(({ text }) => text);
}

type Base = Pick<RocqDocument, 'options' | 'source' | 'sentences' | 'segments' | 'uses' | 'asked'>;

function withSpine(base: Base, joined: Set<number>, broken: Set<number>): RocqDocument {
  const document = { ...base, joined, broken, limit: base.segments.length, spine: [], chain: [] };
  const spine = base.segments.map((_, i) => {
    if (broken.has(i)) return admitted(base, i);
    return isDelegated(document, i) ? admitted(base, i, base.uses.get(i)) : textsOf(document, i);
  });
  const { program = '', args = [], file = '', folder = '', environment = '' } = base.options;
  const chain = [hashOf([program, folder, file, environment, ...args])];
  for (const texts of spine) chain.push(hashOf([chain.at(-1) as string, ...texts]));
  return { ...document, spine, chain };
}

function admitted({ sentences, segments }: Base, segment: number, uses?: string): string[] {
  const { from, to } = segments[segment] as Segment;
  const using = uses === undefined ? usingOf(sentences.slice(from + 1, to))?.text : `Proof using ${uses}.`;
  const statement = (sentences[from] as Sentence).text;
  return [statement, ...(using === undefined ? [] : [using]), 'Admitted.'];
}

/** Returns the short hash of some texts. */
export function hashOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}:`).update(text);
  return hash.digest('hex').slice(0, 20);
}
