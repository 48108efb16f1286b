import type { SectionUse } from '../session/messages.ts';
import { hashOf, isDelegated, isInSection, type RocqDocument, textsOf } from '../text/document.ts';
import type { RocqResult } from './tasks.ts';

type Verdict = Extract<RocqResult, { type: 'proved' | 'error' }>;

/** A store that keeps what is right for later programs. A key has no blanks, and names all that the fact depends on, if the document does. */
export interface RocqStore {
  has(key: string): boolean;
  /** Adds a key, with a value that JSON can hold if there is one; the last value of a key stays. */
  add(key: string, value?: unknown): void;
  /** Returns the value of a key. Without this function no section variables are kept. */
  get?(key: string): unknown;
}

/** The section variables that a proof used, and its time at most; `false`: everybody has to execute it. */
type KnownUse = Pick<SectionUse, 'uses' | 'ms'> | false;

/** The vitals of a verdict that no worker has given in this program. */
const NOBODY = { ms: 0, pid: 0, rss: 0, chain: [] };

/**
 * The verdicts of earlier checks, by content. A proof has its verdict from before if neither its text nor anything that
 * it sees has changed. In the master, for as long as its owner keeps it; with a store, what is right for longer.
 */
export class RocqMemory {
  readonly #verdicts = new Map<string, Verdict>();
  readonly #joins = new Set<string>();
  readonly #ends = new Map<string, string | undefined>();
  readonly #uses = new Map<string, KnownUse>();
  readonly #store: RocqStore | undefined;

  constructor(store?: RocqStore) {
    this.#store = store;
  }

  /** Returns the verdict on a proof from an earlier check. */
  verdictOf(key: string): Verdict | undefined {
    const known = this.#verdicts.get(key);
    if (known || !this.#store?.has(`rocq:proved:${key}`)) return known;
    return { type: 'proved', joins: false, ...NOBODY };
  }

  /** Keeps a verdict; a time limit is no verdict. */
  keep(key: string, result: Verdict): void {
    if (result.type === 'proved' || !result.timeout) this.#verdicts.set(key, result);
    if (result.type === 'proved' && !result.joins) this.#store?.add(`rocq:proved:${key}`);
  }

  /** Is `true` if the whole spine with this last hash has been executed. `pending` is then known too. */
  knowsEnd(hash: string): boolean {
    return this.#ends.has(hash) || this.#store?.has(`rocq:end:${hash}`) === true;
  }

  /** Returns what was missing at the end of the spine with this hash. */
  pendingOf(hash: string): string | undefined {
    return this.#ends.get(hash);
  }

  /** Keeps the end of a spine. */
  keepEnd(hash: string, pending: string | undefined): void {
    this.#ends.set(hash, pending);
    if (pending === undefined) this.#store?.add(`rocq:end:${hash}`);
  }

  /** Is `true` if every delegated proof of a document is known to be right, and its end is known. */
  knows(document: RocqDocument): boolean {
    if (!this.knowsEnd(document.chain.at(-1) as string)) return false;
    const isKnown = (_: unknown, i: number): boolean => this.verdictOf(keyOf(document, i))?.type === 'proved';
    return document.segments.every((each, i) => !isDelegated(document, i) || isKnown(each, i));
  }

  /**
   * Returns the section variables that the proofs of a document used when they were last executed without `Proof using`. A
   * proof is known by its statement: an edit of its script may make this wrong. `asked`: the proofs of which nothing is known;
   * `ms`: the time of the others. `least`: the least time in ms that counts.
   */
  usesOf(document: RocqDocument, least: number): Pick<RocqDocument, 'uses' | 'asked'> & { readonly ms: number } {
    const uses = new Map<number, string>();
    const asked = new Set<number>();
    let ms = 0;
    for (const [segment, key] of useKeysOf(document)) {
      const known = this.#useOf(key);
      if (known === undefined) asked.add(segment);
      if (!known || known.ms < least) continue;
      uses.set(segment, known.uses);
      ms += known.ms;
    }
    return { uses, asked, ms };
  }

  /** Keeps the section variables of the proofs that everybody has executed. */
  learnUses(document: RocqDocument, found: readonly SectionUse[]): void {
    const keys = useKeysOf(document);
    for (const { segment, uses, ms, isAlone } of found) {
      const key = keys.get(segment);
      if (key === undefined || isDelegated(document, segment)) continue;
      const known = this.#useOf(key);
      // The first time stays: a proof that is delegated in one run only would change the keys of all behind it.
      const isSame = known && known.uses === uses;
      if (known !== false && !isSame) this.#keepUse(key, !isAlone && { uses, ms: Math.round(ms) });
    }
  }

  /** Keeps that everybody has to execute a proof, whatever section variables it uses. */
  refuseUses(document: RocqDocument, segment: number): void {
    const key = useKeysOf(document).get(segment);
    if (key !== undefined) this.#keepUse(key, false);
  }

  #useOf(key: string): KnownUse | undefined {
    return this.#uses.get(key) ?? useIn(this.#store?.get?.(key));
  }

  #keepUse(key: string, use: KnownUse): void {
    this.#uses.set(key, use);
    this.#store?.add(key, use);
  }

  /** Keeps that every worker must execute a proof. */
  keepJoin(document: RocqDocument, segment: number): void {
    const content = contentOf(document, segment);
    this.#joins.add(content);
    this.#store?.add(`rocq:joined:${content}`);
  }

  /** Returns the proofs of a document that every worker must execute, as earlier checks have found. */
  joinsOf(document: RocqDocument): number[] {
    if (this.#joins.size === 0 && !this.#store) return [];
    return document.segments.flatMap(({ type }, i) =>
      type === 'proof' && this.#isJoined(contentOf(document, i)) ? [i] : [],
    );
  }

  #isJoined(content: string): boolean {
    return this.#joins.has(content) || this.#store?.has(`rocq:joined:${content}`) === true;
  }
}

/** Returns the key of a proof: its text, and all that it sees. */
export function keyOf(document: RocqDocument, segment: number): string {
  const uses = document.uses.get(segment);
  const taken = uses === undefined ? [] : [`Proof using ${uses}.`];
  return hashOf([document.chain[segment] as string, ...textsOf(document, segment), ...taken]);
}

/** Returns the keys of the proofs in sections: the file, the statement, and how often that stands before it. */
function useKeysOf(document: RocqDocument): Map<number, string> {
  const { options, segments, sentences } = document;
  const counts = new Map<string, number>();
  return new Map(
    segments.flatMap(({ from }, i): [number, string][] => {
      if (!isInSection(document, i)) return [];
      const text = sentences[from]?.text ?? '';
      const count = counts.get(text) ?? 0;
      counts.set(text, count + 1);
      return [[i, `rocq:uses:${hashOf([options.file ?? '', text, String(count)])}`]];
    }),
  );
}

/** Reads a value of a store. */
function useIn(value: unknown): KnownUse | undefined {
  if (value === false) return false;
  const { uses, ms } = (value ?? {}) as { uses?: unknown; ms?: unknown };
  // The words become a part of a sentence: they hold nothing but names.
  return typeof uses === 'string' && typeof ms === 'number' && !/[.()"]/.test(uses) ? { uses, ms } : undefined;
}

function contentOf(document: RocqDocument, segment: number): string {
  return hashOf([document.chain[0] as string, ...textsOf(document, segment)]);
}
