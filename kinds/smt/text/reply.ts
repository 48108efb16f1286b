/**
 * A command that a solver refused: the solver's message, and the place that it gives (line and column from 1, column in
 * bytes).
 */
export interface Rejection {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  /** The name of a command that the solver does not know. Its line is then that of the command's end. */
  readonly command?: string;
}

/** A solver's answer to a goal: `unsat` proves it, `sat` refutes it. */
export type SmtVerdict = 'unsat' | 'sat' | 'unknown';

// Z3: (error "line 2 column 13: unknown constant y"); columns count from 0, and lines over all that Z3 has read.
const z3Error = /^\(error "line (\d+) column (\d+): ([^\n]*)/;
// cvc5: (error "Parse Error: <stdin>:4.15: Symbol y is not declared. Lines count from 0. Columns count from 1 and give
// the end of the word.
const cvc5Error = /^\(error "(?:Parse Error: )?<[a-z]+>:(\d+)\.(\d+): ([^\n]*)/;
// cvc5 spreads the words of some errors over several lines, and ends.
const otherError = /^\(error "?(?:Parse Error: )?((?:[^"]|"")*)/;
const longest = 300;
// Z3: "unsupported\n; assrt line: 1 position: 8": Z3 skips a misspelt command, and so an assertion may be missing.
const z3Unsupported = /^unsupported\n; (.*) line: (\d+) position: (\d+)/;

const message = (text: string): string => text.replace(/"\)$/, '').replaceAll('""', '"').trim();

const inOneLine = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)} ...` : line;
};

function rejectionAt(text: string): Rejection | undefined {
  let found = z3Error.exec(text);
  if (found) return { message: message(found[3] as string), line: Number(found[1]), column: Number(found[2]) + 1 };
  found = cvc5Error.exec(text);
  if (found) return { message: message(found[3] as string), line: Number(found[1]) + 1, column: Number(found[2]) };
  found = otherError.exec(text);
  if (found) return { message: inOneLine(message(found[1] as string)) };
  found = z3Unsupported.exec(text);
  if (found) {
    const name = found[1] as string;
    // Z3 says "ignoring unsupported logic QF_X" of a logic that it does not know.
    if (/\s/.test(name)) return { message: name, line: Number(found[2]), column: 1 };
    return { message: `unsupported command ${name}`, line: Number(found[2]), column: 1, command: name };
  }
  return /^unsupported\b/.test(text) ? { message: 'unsupported command' } : undefined;
}

/** Returns every command that the solver's output reports as refused, in order. */
export function rejectionsOf(printed: string): Rejection[] {
  const rejections: Rejection[] = [];
  for (const { index } of printed.matchAll(/^(?:\(error\b|unsupported\b)/gm)) {
    const rejection = rejectionAt(printed.slice(index));
    if (rejection) rejections.push(rejection);
  }
  return rejections;
}

/** Returns the verdict that a solver printed on its own line, or `undefined`. */
export function verdictOf(printed: string): SmtVerdict | undefined {
  return /^(unsat|sat|unknown)\s*$/m.exec(printed)?.[1] as SmtVerdict | undefined;
}

/** Returns the value of an answer to `(get-info :name)`, without quotes and the parentheses around it. */
export function infoOf(printed: string, name: string): string | undefined {
  const found = new RegExp(`^\\(:${name}\\s+(?:"([^"]*)"|([^\\n]*?))\\)\\s*$`, 'm').exec(printed);
  const value = (found?.[1] ?? found?.[2])?.replace(/^\((.*)\)$/, '$1').trim();
  return value === '' ? undefined : value;
}
