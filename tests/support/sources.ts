import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A source file, with the modules that it imports. */
export interface Source {
  /** The path from the package's folder, with slashes. */
  readonly path: string;
  readonly text: string;
  /** The imports, types included: paths from the package's folder for relative ones, names for packages. */
  readonly imports: readonly string[];
  /** The imports without type-only ones. */
  readonly runtimeImports: readonly string[];
}

/** The folders of the package, from the ground up, and of its scripts. */
export const folders = [
  'machines',
  'actors',
  'fleet',
  'kinds',
  'tokens',
  'compat',
  'testing',
  'drawing',
  'inspect',
  'bin',
  'scripts',
] as const;

/** Returns the TypeScript sources under some folders. */
export function sourcesIn(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .sort()
      .map((name) => read(join(folder, name))),
  );
}

function read(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const imports: string[] = [];
  const runtimeImports: string[] = [];
  const statement = /^(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'/gm;
  for (const [, isType, named, dynamic] of text.matchAll(statement)) {
    const target = resolve(path, named ?? dynamic ?? '');
    imports.push(target);
    if (isType === undefined) runtimeImports.push(target);
  }
  return { path: path.replaceAll('\\', '/'), text, imports, runtimeImports };
}

function resolve(from: string, to: string): string {
  return to.startsWith('.') ? relative(root, join(root, dirname(from), to)).replaceAll('\\', '/') : to;
}
