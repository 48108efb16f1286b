import { FRAME, knownLine } from './records.ts';

/** How the tasks ended that have names, as it is written: the latest, as many as are to be kept. */
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

  /** About how many bytes their lines have. */
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

  /** Their lines in a compacted journal, the longest ago first. */
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
