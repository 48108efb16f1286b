import { FRAME, knownLine } from './records.ts';

/** The recorded outcomes of tasks with an id: the latest ones, as many as must be kept. */
export class Outcomes {
  readonly #keep: number;
  readonly #texts = new Map<string, string>();
  #size = 0;

  constructor(keep: number) {
    this.#keep = keep;
  }

  get count(): number {
    return this.#texts.size;
  }

  /** The approximate size of their lines, in bytes. */
  get size(): number {
    return this.#size;
  }

  get(id: string): string | undefined {
    return this.#texts.get(id);
  }

  set(id: string, text: string): void {
    this.#forget(id);
    this.#texts.set(id, text);
    this.#size += text.length + FRAME;
    if (this.#texts.size <= this.#keep) return;
    for (const oldest of this.#texts.keys()) return this.#forget(oldest);
  }

  /** Returns their lines for a compacted journal, the oldest first. */
  lines(): string[] {
    return [...this.#texts].map(([id, text]) => knownLine(id, text));
  }

  #forget(id: string): void {
    const text = this.#texts.get(id);
    if (text === undefined) return;
    this.#texts.delete(id);
    this.#size -= text.length + FRAME;
  }
}
