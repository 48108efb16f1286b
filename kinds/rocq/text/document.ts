import { createHash } from 'node:crypto';
import { outlineOf, type Segment, usingOf } from './outline.ts';
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

/** A file that is cut into proofs and commands. Its `limit` and its `joined` proofs change while it is checked. */
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
  const base = { options, source, sentences, segments: outlineOf(sentences) };
  return withSpine(base, new Set(), new Set());
}

/** Returns the document with more proofs that every worker executes, and more that are taken for admitted. */
export function rejoined(document: RocqDocument, joined: Iterable<number>, broken: Iterable<number>): RocqDocument {
  return withSpine(document, new Set([...document.joined, ...joined]), new Set([...document.broken, ...broken]));
}

/** Is `true` if the proof of this segment runs apart from the others. */
export function isDelegated({ segments, joined, broken }: RocqDocument, segment: number): boolean {
  const at = segments[segment];
  return at?.type === 'proof' && at.why === undefined && !joined.has(segment) && !broken.has(segment);
}

/** Returns the texts of a whole segment; none for the end of the document. */
export function textsOf({ sentences, segments }: Base, segment: number): string[] {
  const { from, to } = segments[segment] ?? { from: 0, to: -1 };
  return sentences.slice(from, to + 1).map(({ text }) => text);
}

type Base = Pick<RocqDocument, 'options' | 'source' | 'sentences' | 'segments'>;

function withSpine(base: Base, joined: Set<number>, broken: Set<number>): RocqDocument {
  const document = { ...base, joined, broken, limit: base.segments.length, spine: [], chain: [] };
  const spine = base.segments.map((_, i) => {
    return isDelegated(document, i) || broken.has(i) ? admitted(base, i) : textsOf(document, i);
  });
  const { program = '', args = [], file = '', folder = '', environment = '' } = base.options;
  const chain = [hashOf([program, folder, file, environment, ...args])];
  for (const texts of spine) chain.push(hashOf([chain.at(-1) as string, ...texts]));
  return { ...document, spine, chain };
}

function admitted({ sentences, segments }: Base, segment: number): string[] {
  const { from, to } = segments[segment] as Segment;
  const using = usingOf(sentences.slice(from + 1, to));
  const statement = (sentences[from] as Sentence).text;
  return [statement, ...(using ? [using.text] : []), 'Admitted.'];
}

/** Returns the short hash of some texts. */
export function hashOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}:`).update(text);
  return hash.digest('hex').slice(0, 20);
}
