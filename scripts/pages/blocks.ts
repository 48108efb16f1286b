/** A block of code of a page. */
export interface Block {
  /** The language, such as `js`; `''` if the block names none. */
  readonly language: string;
  /** The name of the file that the block is: from its first line, `// name.js`, `# Makefile`, `(* name.v *)` or `; name.smt2`, or from `name=` beside the language. */
  readonly name?: string;
  readonly code: string;
  /** The line of the page on which the block begins, from 1. */
  readonly line: number;
}

/** Returns the blocks of code of a page in Markdown. */
export function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```(\w*)([^\n]*)\n([\s\S]*?)^```$/gm)].map((match) => {
    const [, language = '', rest = '', code = ''] = match;
    const name = /\bname=(\S+)/.exec(rest)?.[1] ?? /^(?:\/\/|#|;|\(\*) ([\w./-]+)(?=:|\n| \*\))/.exec(code)?.[1];
    const line = text.slice(0, match.index).split('\n').length;
    return name === undefined ? { language, code, line } : { language, name, code, line };
  });
}

/** Returns whether a program printed what its page says. A number of ms stands for any number, `…` for any text of a line. */
export function isOutput(printed: string, said: string): boolean {
  const pattern = said
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\d+(\\\.\d+)?(?= ms\b)/g, '[\\d.]+')
    .replaceAll('…', '.*');
  return new RegExp(`^${pattern}$`).test(printed);
}
