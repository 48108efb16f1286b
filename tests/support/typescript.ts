import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { createPool, type PoolOf, type PoolOptions } from 'statepool';
import { type TypescriptResult, type TypescriptTypes, typescript } from 'statepool/kinds';
import { root } from './sources.ts';

/** The options of most test projects. */
export const CONFIG = JSON.stringify({
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    noUnusedLocals: true,
    types: [],
  },
});

/** One faulty line for each sort of error; the number makes its names unique. */
const FAULTS: readonly ((n: number) => string)[] = [
  (n) => `export const a${n}: number = 'text';`,
  (n) => `export const b${n} = unknownName${n};`,
  (n) => `export function c${n}(x) { return x; }`,
  (n) => `import { nothing${n} } from './gone${n}.js'; export const d${n} = nothing${n};`,
  (n) => `const e${n} = 1;`,
  (n) => `export const f${n}: { a: { b: number } } = { a: { b: 'é💥' } };`,
  (n) => `export const g${n} = value0.missing;`,
  (n) => `/* 💥 */ export const h${n}: string = value0 + 1;`,
  (n) => `export class I${n} implements Iterable<number> {}`,
  (n) => `export const j${n} = ((x: number, y: string) => x)(1);`,
];

/** The text of file `n` of a project of 40 files, faulty or not. Each imports the one before it. */
export function sourceOf(n: number, isFaulty: boolean): string {
  const first = n === 0 ? '' : `import { value${n - 1} } from './file${n - 1}.js';\n`;
  const fault = isFaulty ? `${FAULTS[n % FAULTS.length]?.(n)}\n` : '';
  const base = n === 0 ? '0' : `value${n - 1} + 1`;
  const start = fault.includes('value0') && n > 1 ? "import { value0 } from './file0.js';\n" : '';
  // Lines end in both ways, and one file begins with a byte order mark.
  const text = `${start}${first}export const value${n}: number = ${base};\n${fault}`;
  return (n === 7 ? '\ufeff' : '') + (n % 3 === 0 ? text.replaceAll('\n', '\r\n') : text);
}

/** Writes a project of 40 files, of which the first `faults` are faulty, and returns its folder. */
export function seededProject(t: ExecutionContext, faults = 30): string {
  const files = Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [`file${n}.ts`, sourceOf(n, n < faults)] as const),
  );
  return projectOf(t, { 'tsconfig.json': CONFIG, ...files });
}

/** Writes files into a folder that is removed after the test, and returns the folder. */
export function projectOf(t: ExecutionContext, files: Readonly<Record<string, string>>): string {
  // The compiler names files by their real paths.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'statepool-check-')));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Runs tsc itself, and returns its lines. */
export function tscLines(folder: string, ...args: string[]): Promise<string[]> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const all = [tsc, '-p', folder, '--noEmit', '--pretty', 'false', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, all, { cwd: folder }, (_, stdout) => resolve(linesIn(stdout)));
  });
}

/** Returns the lines of an output, sorted: they are compared as sets. */
export function linesIn(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

/** Returns diagnostics in the form of tsc, sorted. */
export function linesOf(folder: string, result: TypescriptResult): string[] {
  if (result.type !== 'diagnostics') return [result.type];
  return result.diagnostics
    .flatMap(({ file, line, column, severity, code, message }) => {
      const place = file === undefined ? '' : `${file.slice(folder.length + 1)}(${line},${column}): `;
      return `${place}${severity} TS${code}: ${message}`.split('\n');
    })
    .sort();
}

/** Makes a pool of TypeScript's servers, and destroys it after the test. */
export function typescriptPool(t: ExecutionContext, options: PoolOptions = {}): PoolOf<TypescriptTypes> {
  const pool = createPool(typescript, { size: 1, ...options });
  t.teardown(() => pool.destroy());
  return pool;
}
