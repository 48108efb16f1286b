/** A diagnostic as the compiler's interface gives it: places are offsets in UTF-16. */
export interface RawDiagnostic {
  readonly fileName?: string;
  readonly pos: number;
  readonly code: number;
  /** 0 warning, 1 error, 2 suggestion, 3 message. */
  readonly category: number;
  readonly text: string;
  readonly messageChain?: readonly RawDiagnostic[];
}

/** A problem that TypeScript has found. */
export interface TypescriptDiagnostic {
  /** The absolute path of the file; none for a problem of the options. */
  readonly file?: string;
  /** The line, from 1. */
  readonly line?: number;
  /** The column, from 1, in UTF-16 units. */
  readonly column?: number;
  readonly code: number;
  readonly severity: 'error' | 'warning';
  /** The message; its reasons are on further lines. */
  readonly message: string;
}

/** Returns the diagnostics that tsc prints, in its order, each once. `textOf` returns the text of a file. */
export function diagnosticsOf(
  raw: readonly RawDiagnostic[],
  textOf: (file: string) => string,
): readonly TypescriptDiagnostic[] {
  const lines = new Map<string, readonly number[]>();
  const startsOf = (file: string): readonly number[] => {
    const found = lines.get(file) ?? lineStarts(textOf(file));
    lines.set(file, found);
    return found;
  };
  const found = raw.filter(({ category }) => category <= 1).map((each) => placed(each, startsOf));
  const unique = new Map(found.map((each) => [JSON.stringify(each), each]));
  return [...unique.values()].sort(inOrder);
}

function placed(raw: RawDiagnostic, startsOf: (file: string) => readonly number[]): TypescriptDiagnostic {
  const { fileName, pos, code, category } = raw;
  const what = { code, severity: category === 0 ? 'warning' : 'error', message: messageOf(raw, 0) } as const;
  if (fileName === undefined || fileName === '') return what;
  const starts = startsOf(fileName);
  let line = starts.length;
  while (line > 1 && (starts[line - 1] as number) > pos) line--;
  return { file: fileName, line, column: pos - (starts[line - 1] as number) + 1, ...what };
}

function messageOf({ text, messageChain = [] }: RawDiagnostic, depth: number): string {
  return [text, ...messageChain.map((each) => `${'  '.repeat(depth + 1)}${messageOf(each, depth + 1)}`)].join('\n');
}

/** Returns where each line begins. TypeScript also ends lines at the two separators of Unicode. */
function lineStarts(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)].map(({ index, 0: end }) => index + end.length)];
}

function inOrder(a: TypescriptDiagnostic, b: TypescriptDiagnostic): number {
  const [one = '', other = ''] = [a.file, b.file];
  if (one !== other) return one < other ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0) || a.code - b.code;
}
