import { hashOf, type RocqDocument, textsOf } from '../text/document.ts';
import type { RocqResult } from './tasks.ts';

type Verdict = Extract<RocqResult, { type: 'proved' | 'error' }>;

/** A store that keeps what is right for later programs. A key has no blanks, and names all that the fact depends on, if the document does. */
export interface RocqStore {
  has(key: string): boolean;
  add(key: string): void;
}

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
  return hashOf([document.chain[segment] as string, ...textsOf(document, segment)]);
}

function contentOf(document: RocqDocument, segment: number): string {
  return hashOf([document.chain[0] as string, ...textsOf(document, segment)]);
}
