import { decoded, encoded, type RocqPlace } from '../text/places.ts';

/** A position in a text, as editors and the Language Server Protocol count: from 0, in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** A part of a text, from one position to another. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A text and its bytes, with positions in both. */
export class PositionedText {
  readonly text: string;
  /** The text with one character for each of its bytes. */
  readonly source: string;
  readonly #lines: readonly string[];
  /** The first byte of each line. */
  readonly #bytes: number[] = [];

  constructor(text: string) {
    this.text = text;
    this.source = encoded(text);
    this.#lines = text.split('\n');
    for (let at = 0; ; ) {
      this.#bytes.push(at);
      const end = this.source.indexOf('\n', at);
      if (end < 0) break;
      at = end + 1;
    }
  }

  /** Returns the byte at a position. A position behind the end of its line, or of the text, stands for that end. */
  byteOf({ line, character }: Position): number {
    if (line >= this.#bytes.length) return this.source.length;
    return (this.#bytes[line] as number) + Buffer.byteLength((this.#lines[line] as string).slice(0, character));
  }

  /** Returns the position of a byte. */
  positionOf(byte: number): Position {
    const line = this.lineOf(byte);
    return { line, character: decoded(this.source.slice(this.#bytes[line], byte)).length };
  }

  /** Returns the range of a place in coqc's form. */
  rangeOf({ line, start, end }: RocqPlace): Range {
    const at = this.#bytes[line - 1] ?? this.source.length;
    return { start: this.positionOf(at + start), end: this.positionOf(at + end) };
  }

  /** The end of the text. */
  get end(): Position {
    return this.positionOf(this.source.length);
  }

  /** Returns the line of a byte, from 0. */
  lineOf(byte: number): number {
    let low = 0;
    let high = this.#bytes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#bytes[middle] as number) <= byte) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Returns the text with another text in place of a range. */
  replaced({ start, end }: Range, text: string): string {
    const [from, to] = [this.#unitOf(start), this.#unitOf(end)];
    return this.text.slice(0, from) + text + this.text.slice(Math.max(from, to));
  }

  #unitOf({ line, character }: Position): number {
    if (line >= this.#lines.length) return this.text.length;
    const before = this.#lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
    return before + Math.min(character, (this.#lines[line] as string).length);
  }
}
