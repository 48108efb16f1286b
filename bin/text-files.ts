/** Returns a text without the byte order mark (U+FEFF) that some editors write at its start. */
export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
