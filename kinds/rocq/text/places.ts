/** A range in a file, as coqc prints it. */
export interface RocqPlace {
  /** The line, from 1. */
  readonly line: number;
  /** The first byte, counted from the start of that line. */
  readonly start: number;
  /** The byte after the last one, counted from the start of the same line. */
  readonly end: number;
}

/** Returns the place of the bytes from `start` to `end`, counted from the line of `from`. @default `from` is the start */
export function placeOf(source: string, start: number, end: number, from = start): RocqPlace {
  let line = 1;
  let begin = 0;
  for (let at = source.indexOf('\n'); at >= 0 && at < from; at = source.indexOf('\n', at + 1)) {
    line++;
    begin = at + 1;
  }
  return { line, start: start - begin, end: end - begin };
}

/** Returns the text of bytes that were read with one character for each byte. */
export function decoded(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Returns a text with one character for each of its bytes. */
export function encoded(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
