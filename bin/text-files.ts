/** A text without the mark of byte order (U+FEFF) that some editors write at its beginning. */
export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
