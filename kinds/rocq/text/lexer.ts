/**
 * Reads the marks that hide a full stop: comments and strings. A text is a string with one character for each byte of
 * the file, so that places are bytes, as the engine counts them.
 */

/** Is `true` for the characters that separate sentences. */
export function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r';
}

/** Returns the place after the string that begins at `at`, or `undefined` if it does not end. A quote is written twice. */
export function afterString(text: string, at: number): number | undefined {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] !== '"') continue;
    if (text[i + 1] !== '"') return i + 1;
    i++;
  }
  return undefined;
}

/** Returns the place after the comment that begins at `at`, or `undefined` if it does not end. Comments nest. */
export function afterComment(text: string, at: number): number | undefined {
  let depth = 0;
  for (let i = at; i < text.length; ) {
    if (text.startsWith('(*', i)) {
      depth++;
      i += 2;
    } else if (text.startsWith('*)', i)) {
      depth--;
      i += 2;
      if (depth === 0) return i;
    } else if (text[i] === '"') {
      const end = afterString(text, i);
      if (end === undefined) return undefined;
      i = end;
    } else i++;
  }
  return undefined;
}

/** Returns the place of the first character at or after `at` that is neither blank nor in a comment; `undefined` if a comment does not end. */
export function afterBlanks(text: string, at: number): number | undefined {
  let i = at;
  for (;;) {
    while (isBlank(text[i])) i++;
    if (!text.startsWith('(*', i)) return i;
    const end = afterComment(text, i);
    if (end === undefined) return undefined;
    i = end;
  }
}

/** Returns a text without comments, with one space for each run of blanks outside strings. */
export function bare(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; ) {
    if (text[i] === '"') {
      const end = afterString(text, i) ?? text.length;
      out += text.slice(i, end);
      i = end;
    } else if (text.startsWith('(*', i)) {
      i = afterComment(text, i) ?? text.length;
      if (!out.endsWith(' ')) out += ' ';
    } else if (isBlank(text[i])) {
      if (!out.endsWith(' ')) out += ' ';
      i++;
    } else out += text[i++];
  }
  return out.trim();
}
