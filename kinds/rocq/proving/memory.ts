import { hashOf, type RocqDocument, textsOf } from '../text/document.ts';
import type { RocqResult } from './tasks.ts';

type Verdict = Extract<RocqResult, { type: 'proved' | 'error' }>;

/**
 * The verdicts of earlier checks, by content. A proof has its verdict from before if neither its text nor anything that
 * it sees has changed. In the master, for as long as its owner keeps it.
 */
export class RocqMemory {
  readonly #verdicts = new Map<string, Verdict>();
  readonly #joins = new Set<string>();
  readonly #ends = new Map<string, string | undefined>();

  /** Returns the verdict on a proof from an earlier check. */
  verdictOf(key: string): Verdict | undefined {
    return this.#verdicts.get(key);
  }

  /** Keeps a verdict; a time limit is no verdict. */
  keep(key: string, result: Verdict): void {
    if (result.type === 'proved' || !result.timeout) this.#verdicts.set(key, result);
  }

  /** Is `true` if the whole spine with this last hash has been executed. `pending` is then known too. */
  knowsEnd(hash: string): boolean {
    return this.#ends.has(hash);
  }

  /** Returns what was missing at the end of the spine with this hash. */
  pendingOf(hash: string): string | undefined {
    return this.#ends.get(hash);
  }

  /** Keeps the end of a spine. */
  keepEnd(hash: string, pending: string | undefined): void {
    this.#ends.set(hash, pending);
  }

  /** Keeps that every worker must execute a proof. */
  keepJoin(document: RocqDocument, segment: number): void {
    this.#joins.add(contentOf(document, segment));
  }

  /** Returns the proofs of a document that every worker must execute, as earlier checks have found. */
  joinsOf(document: RocqDocument): number[] {
    if (this.#joins.size === 0) return [];
    return document.segments.flatMap(({ type }, i) =>
      type === 'proof' && this.#joins.has(contentOf(document, i)) ? [i] : [],
    );
  }
}

/** Returns the key of a proof: its text, and all that it sees. */
export function keyOf(document: RocqDocument, segment: number): string {
  return hashOf([document.chain[segment] as string, ...textsOf(document, segment)]);
}

function contentOf(document: RocqDocument, segment: number): string {
  return hashOf([document.chain[0] as string, ...textsOf(document, segment)]);
}
