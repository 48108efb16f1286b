import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { TypescriptError } from './errors.ts';

/** The first version whose compiler is also a server that answers for whole projects. */
const FIRST = 7;
const INSTALL = 'npm install --save-dev typescript@7';

/**
 * Returns the path of the native compiler of the `typescript` package that a project uses; of the one beside statepool if
 * the project has none.
 *
 * @throws {TypescriptError} TYPESCRIPT_MISSING, with the line that installs it
 */
export function findTypescript(project: string): string {
  let old: string | undefined;
  for (const from of [project, import.meta.url]) {
    const found = packageFrom(from);
    if (found === undefined) continue;
    if (Number.parseInt(found.version, 10) >= FIRST) return compilerOf(found.path);
    old ??= found.version;
  }
  const lack = old === undefined ? 'the package typescript is not installed' : `typescript ${old} has no server`;
  throw new TypescriptError('TYPESCRIPT_MISSING', `${project}: ${lack}: ${INSTALL}`);
}

function packageFrom(from: string): { readonly path: string; readonly version: string } | undefined {
  try {
    const path = createRequire(from).resolve('typescript/package.json');
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    return { path, version };
  } catch {
    return undefined;
  }
}

/** Returns the program that npm installs for this system, beside the package. */
function compilerOf(path: string): string {
  const name = `@typescript/typescript-${process.platform}-${process.arch}`;
  try {
    const folder = dirname(createRequire(path).resolve(`${name}/package.json`));
    const program = join(folder, 'lib', process.platform === 'win32' ? 'tsc.exe' : 'tsc');
    if (existsSync(program)) return program;
  } catch {}
  throw new TypescriptError(
    'TYPESCRIPT_MISSING',
    `${dirname(path)}: its native compiler ${name} is not installed: ${INSTALL}, with optional packages`,
  );
}
