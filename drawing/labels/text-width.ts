/**
 * The widths of characters in a sans-serif font of size 1: values between a narrow font (Arial) and a wide one (DejaVu
 * Sans).
 */
const widths: readonly (readonly [string, number])[] = [
  ["'ijl|", 0.26],
  [' !,./:;I[\\]ft', 0.34],
  ['()-`r{}', 0.42],
  ['"*', 0.47],
  ['Jcksvxyz', 0.54],
  ['0123456789$?L_abdeghnopqu', 0.61],
  ['FTZ', 0.64],
  ['#&ABEKPSVXY', 0.71],
  ['CDHNRUwGOQ+<=>~^', 0.79],
  ['Mm%W@', 0.92],
];

const widthOfCharacter = new Map(widths.flatMap(([characters, width]) => [...characters].map((each) => [each, width])));

/**
 * Returns the approximate width of a text in a sans-serif font of this size, in pixels: without a browser there is no
 * font to measure. The margin around a text is enough for a wider font.
 */
export function widthOf(text: string, size: number): number {
  let width = 0;
  for (const character of text) width += widthOfCharacter.get(character) ?? 1.02;
  return Math.ceil(width * size);
}

/** A part of a line without line breaks. */
export interface Word {
  readonly text: string;
  /** The transition that the word names. */
  readonly edge?: string;
}

/** Breaks words into lines of at most this width; a wider word has a line of its own. */
export function wrap(words: readonly Word[], size: number, width: number): Word[][] {
  const lines: Word[][] = [];
  let left = 0;
  for (const word of words) {
    const need = widthOf(`${word.text} `, size);
    const line = lines.at(-1);
    if (line && need <= left) line.push(word);
    else lines.push([word]);
    left = line && need <= left ? left - need : width - need;
  }
  return lines;
}
