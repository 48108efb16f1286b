import { type Place, SmtSyntaxError } from './errors.ts';

/** One top-level command of a text: its offsets (end exclusive), and the symbol that it begins with (`''` for none). */
export interface Command {
  readonly head: string;
  readonly start: number;
  readonly end: number;
}

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const OPEN = 40;
const CLOSE = 41;
const SEMICOLON = 59;
const BACKSLASH = 92;
const BAR = 124;

const isSpace = (code: number): boolean => code === SPACE || code === NEWLINE || code === TAB || code === RETURN;
const isDelimiter = (code: number): boolean =>
  isSpace(code) || code === OPEN || code === CLOSE || code === QUOTE || code === SEMICOLON || code === BAR;

/** Returns a function that turns offsets of a text into places of its file. The line starts are searched once. */
export function placesOf(text: string): (offset: number) => Place {
  let starts: number[] | undefined;
  return (offset) => {
    if (!starts) {
      starts = [0];
      for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
    }
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] as number) + 1 };
  };
}

/** The error of a text that does not consist of whole tokens: the problem and its offset. */
class TokenError extends Error {
  readonly offset: number;

  constructor(problem: string, offset: number) {
    super(problem);
    this.offset = offset;
  }
}

/** Returns the end of the `"string"` that starts at `i`; `""` inside stands for one quote. */
function endOfString(text: string, i: number): number {
  for (let at = text.indexOf('"', i + 1); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text.charCodeAt(at + 1) !== QUOTE) return at + 1;
  }
  throw new TokenError('unterminated string: its closing " is missing', i);
}

/** Returns the end of the `|quoted symbol|` that starts at `i`. A bar after a backslash does not end it, as in Z3. */
function endOfSymbol(text: string, i: number): number {
  for (let at = text.indexOf('|', i + 1); at >= 0; at = text.indexOf('|', at + 1)) {
    if (text.charCodeAt(at - 1) !== BACKSLASH) return at + 1;
  }
  throw new TokenError('unterminated quoted symbol: its closing | is missing', i);
}

/** Returns the end of the comment that starts at `i`: `; to the end of the line`, or Z3's `#| block |#`. */
function endOfComment(text: string, i: number): number {
  if (text.charCodeAt(i) === SEMICOLON) {
    const at = text.indexOf('\n', i);
    return at < 0 ? text.length : at;
  }
  const at = text.indexOf('|#', i + 2);
  if (at < 0) throw new TokenError('unterminated comment: its closing |# is missing', i);
  return at + 2;
}

const isComment = (text: string, i: number, code: number): boolean =>
  code === SEMICOLON || (code === HASH && text.charCodeAt(i + 1) === BAR);

/** Returns the offset of the next character that is neither space nor comment. */
function skipBlank(text: string, from: number): number {
  let i = from;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (isSpace(code)) i++;
    else if (isComment(text, i, code)) i = endOfComment(text, i);
    else break;
  }
  return i;
}

/** Returns the end of the element (atom, string, quoted symbol or list) that starts at `from`, which is not blank. */
function endOfElement(text: string, from: number): number {
  let depth = 0;
  let i = from;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code === OPEN) {
      depth++;
      i++;
    } else if (code === CLOSE) {
      depth--;
      i++;
    } else if (code === QUOTE) i = endOfString(text, i);
    else if (code === BAR) i = endOfSymbol(text, i);
    else if (isComment(text, i, code)) i = endOfComment(text, i);
    else if (isSpace(code)) i++;
    else {
      i++;
      // An atom at depth 0 ends at the next delimiter; inside a list every character may be skipped.
      if (depth === 0) while (i < text.length && !isDelimiter(text.charCodeAt(i))) i++;
    }
    if (depth === 0) return i;
  }
  throw new TokenError("unbalanced parenthesis: '(' is never closed", from);
}

/** Returns a symbol without its optional bars: `|check-sat|` and `check-sat` are the same symbol. */
export function unquoted(atom: string): string {
  return atom.length > 1 && atom.startsWith('|') && atom.endsWith('|') ? atom.slice(1, -1) : atom;
}

/** Returns the text of a `"string"` atom without its quotes, and any other atom without its optional bars. */
export function unstringed(atom: string): string {
  return atom.startsWith('"') ? atom.slice(1, -1).replaceAll('""', '"') : unquoted(atom);
}

/** Returns the elements of one parenthesised command, each as written, the head first. Comments are left out. */
export function elementsOf(command: string): string[] {
  const elements: string[] = [];
  let i = skipBlank(command, 1);
  while (i < command.length - 1) {
    const end = endOfElement(command, i);
    elements.push(command.slice(i, end));
    i = skipBlank(command, end);
  }
  return elements;
}

/** Returns a text whose invisible characters stand as their code points, such as U+200B. */
function visible(text: string): string {
  return text.replaceAll(/[\p{C}\p{Z}]/gu, (char) => {
    return `U+${(char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

function headOf(text: string, start: number): string {
  const from = skipBlank(text, start + 1);
  const code = text.charCodeAt(from);
  if (code === BAR) return unquoted(text.slice(from, endOfSymbol(text, from)));
  let end = from;
  while (end < text.length && !isDelimiter(text.charCodeAt(end))) end++;
  return text.slice(from, end);
}

/**
 * Yields the top-level commands of an SMT-LIB text in order. Text after the last requested command is not read.
 *
 * @throws {SmtSyntaxError} at an unbalanced parenthesis, an unterminated string, quoted symbol or comment, and at text
 * outside of parentheses
 */
export function* commandsOf(text: string, file: string): Generator<Command, void> {
  const placeOf = placesOf(text);
  try {
    let i = skipBlank(text, text.charCodeAt(0) === 0xfeff ? 1 : 0);
    while (i < text.length) {
      const code = text.charCodeAt(i);
      if (code === CLOSE) throw new TokenError("unbalanced parenthesis: ')' closes nothing", i);
      if (code !== OPEN) {
        const word = text.slice(i, endOfElement(text, i));
        throw new TokenError(
          `'${visible(word.slice(0, 40))}' stands outside of parentheses: a command starts with '('`,
          i,
        );
      }
      const end = endOfElement(text, i);
      yield { head: headOf(text, i), start: i, end };
      i = skipBlank(text, end);
    }
  } catch (error) {
    if (error instanceof TokenError) throw new SmtSyntaxError(file, placeOf(error.offset), error.message);
    throw error;
  }
}
