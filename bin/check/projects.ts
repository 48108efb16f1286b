import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { TypescriptError } from '../../kinds/typescript/engine/errors.ts';
import { findTypescript } from '../../kinds/typescript/engine/find-typescript.ts';

const CONFIG = 'tsconfig.json';

/**
 * Returns the absolute paths of the named projects, each behind those that it references, and each once. A folder stands for
 * its tsconfig.json, no name for this folder.
 *
 * @throws {TypescriptError} TYPESCRIPT_USAGE for a name that is no project, TYPESCRIPT_MISSING
 */
export function projectsOf(names: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const name of names.length === 0 ? ['.'] : names) add(configOf(name), found, new Set());
  return [...found];
}

function add(project: string, found: Set<string>, above: ReadonlySet<string>): void {
  if (found.has(project) || above.has(project)) return;
  for (const path of referencesOf(project)) add(configOf(path), found, new Set([...above, project]));
  found.add(project);
}

function configOf(name: string): string {
  const isFolder = statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
  const path = isFolder ? join(name, CONFIG) : name;
  if (existsSync(path)) return resolve(path);
  const problem = isFolder ? `${name}: no ${CONFIG} in this folder` : `${name}: no such file or folder`;
  throw new TypescriptError('TYPESCRIPT_USAGE', `${problem}: name a folder with a ${CONFIG}, or such a file`);
}

/** Returns the projects that a project references. A project that TypeScript cannot read has none: its check says why. */
function referencesOf(project: string): string[] {
  const program = findTypescript(project);
  try {
    const text = execFileSync(program, ['--showConfig', '-p', project], { stdio: ['ignore', 'pipe', 'ignore'] });
    const { references = [] } = JSON.parse(String(text)) as { references?: readonly { readonly path: string }[] };
    return references.map(({ path }) => resolve(dirname(project), path));
  } catch {
    return [];
  }
}
