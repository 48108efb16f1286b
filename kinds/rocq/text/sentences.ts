import { afterBlanks, afterComment, afterString, bare, isBlank } from './lexer.ts';

/** A sentence of a Rocq file: a command, a tactic, a bullet or a brace. */
export interface Sentence {
  /** The first byte in the file. */
  readonly start: number;
  /** The byte after the last one. */
  readonly end: number;
  /** The text as it stands in the file. */
  readonly text: string;
  /** The text without comments and with single spaces. */
  readonly words: string;
  /** Is `true` for the rest of a file that has no full stop any more: the engine will refuse it. */
  readonly open?: boolean;
}

const BULLET = /(?:-+|\++|\*+)/y;
const SELECTOR = /(?:\d+|\[\s*[\p{L}_][\p{L}\p{N}_']*\s*\]|all|par|!)/uy;

/**
 * Returns the sentences of a file, read with one character for each byte. A full stop ends a sentence only before a
 * blank or the end of the file, as in the lexer of Rocq.
 */
export function splitSentences(source: string): Sentence[] {
  const sentences: Sentence[] = [];
  let at = 0;
  for (;;) {
    const start = afterBlanks(source, at);
    if (start === source.length) return sentences;
    const end = start === undefined ? undefined : endOf(source, start);
    if (start === undefined || end === undefined) {
      sentences.push({ ...sentenceOf(source, start ?? afterSpaces(source, at), source.length), open: true });
      return sentences;
    }
    sentences.push(sentenceOf(source, start, end));
    at = end;
  }
}

function sentenceOf(source: string, start: number, end: number): Sentence {
  const text = source.slice(start, end);
  return { start, end, text, words: bare(text) };
}

function endOf(source: string, start: number): number | undefined {
  BULLET.lastIndex = start;
  const bullet = BULLET.exec(source)?.[0];
  if (bullet !== undefined) return start + bullet.length;
  if (source[start] === '}') return start + 1;
  return endOfOpening(source, start) ?? endOfCommand(source, start);
}

/** Returns the place after `{` or `2: {`, or `undefined` if there is none. */
function endOfOpening(source: string, start: number): number | undefined {
  let at: number | undefined = start;
  SELECTOR.lastIndex = start;
  const selector = SELECTOR.exec(source)?.[0];
  if (selector !== undefined) {
    at = afterBlanks(source, start + selector.length);
    if (at === undefined || source[at] !== ':') return undefined;
    at = afterBlanks(source, at + 1);
  }
  return at !== undefined && source[at] === '{' && source[at + 1] !== '|' ? at + 1 : undefined;
}

function endOfCommand(source: string, start: number): number | undefined {
  for (let i: number | undefined = start; i !== undefined && i < source.length; ) {
    if (source[i] === '"') i = afterString(source, i);
    else if (source.startsWith('(*', i)) i = afterComment(source, i);
    else if (source[i] === '.') {
      const end = afterStops(source, i);
      // Two dots stand between the ends of a list in a notation.
      if (end - i !== 2 && (end === source.length || isBlank(source[end]))) return end;
      i = end;
    } else i++;
  }
  return undefined;
}

function afterStops(source: string, at: number): number {
  let i = at;
  while (source[i] === '.') i++;
  return i;
}

/** The comment that does not end begins here: the sentence that the engine refuses begins after the spaces and whole comments. */
function afterSpaces(source: string, at: number): number {
  let i = at;
  for (;;) {
    while (isBlank(source[i])) i++;
    const end = source.startsWith('(*', i) ? afterComment(source, i) : undefined;
    if (end === undefined) return i;
    i = end;
  }
}
