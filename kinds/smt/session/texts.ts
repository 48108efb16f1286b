import type { Hash } from '../text/goal.ts';

/** The texts of a worker by their hashes, up to `limit` UTF-16 units. The least recently used are removed first. */
export class Texts {
  readonly #texts = new Map<Hash, string>();
  readonly #limit: number;
  #size = 0;

  constructor(limit = 64 << 20) {
    this.#limit = limit;
  }

  get(hash: Hash): string | undefined {
    const text = this.#texts.get(hash);
    if (text === undefined) return undefined;
    this.#texts.delete(hash);
    this.#texts.set(hash, text);
    return text;
  }

  /** Keeps a text. Returns `true` if it was not kept before. A text above the limit is not kept. */
  add(hash: Hash, text: string): boolean {
    if (this.#texts.has(hash) || text.length > this.#limit) return false;
    this.#texts.set(hash, text);
    this.#size += text.length;
    for (const [oldest, old] of this.#texts) {
      if (this.#size <= this.#limit) break;
      this.#texts.delete(oldest);
      this.#size -= old.length;
    }
    return true;
  }

  get hashes(): Hash[] {
    return [...this.#texts.keys()];
  }
}
