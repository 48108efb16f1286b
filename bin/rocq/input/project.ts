import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { cwd } from 'node:process';
import { RocqError } from '../../../kinds/rocq/engine/errors.ts';

/** The files to check, and the flags of the engine that they need. */
export interface RocqInput {
  readonly files: readonly string[];
  readonly args: readonly string[];
}

interface Project extends RocqInput {
  readonly path: string;
}

/**
 * Returns the named files, and those in the named folders. A folder, or `project`, may have a `_CoqProject`: its flags
 * then hold, and its list of files if it has one.
 *
 * @throws {RocqError} ROCQ_USAGE for a name that cannot be read, or no file
 */
export function inputOf(names: readonly string[], project: string | undefined, args: readonly string[]): RocqInput {
  const named = project === undefined ? undefined : readProject(project);
  const files: string[] = [];
  const flags: string[] = [...(named?.args ?? []), ...args];
  for (const name of names) {
    if (!existsSync(name)) throw new RocqError('ROCQ_USAGE', `${name}: no such file or folder`);
    if (!statSync(name).isDirectory()) {
      if (!name.endsWith('.v')) throw new RocqError('ROCQ_USAGE', `${name}: the name of a Rocq file ends with .v`);
      files.push(name);
      continue;
    }
    const path = ['_CoqProject', '_RocqProject'].map((each) => join(name, each)).find((each) => existsSync(each));
    const own = named === undefined && path !== undefined ? readProject(path) : undefined;
    flags.push(...(own?.args ?? []));
    const found = own?.files.length ? own.files : filesIn(name);
    if (found.length === 0) throw new RocqError('ROCQ_USAGE', `${name}: no .v file in this folder`);
    files.push(...found);
  }
  if (names.length === 0) files.push(...(named?.files ?? []));
  const unique = [...new Set(files)];
  if (unique.length === 0) {
    throw new RocqError(
      'ROCQ_USAGE',
      'no file is named: give .v files, folders, or --project _CoqProject with a list of files',
    );
  }
  return { files: unique, args: flags };
}

/** Returns the flags of the engine for files that an editor opens: those of `project`, or of the project in the current folder. */
export function flagsOf(project: string | undefined, args: readonly string[]): string[] {
  const path = project ?? ['_CoqProject', '_RocqProject'].find((each) => existsSync(each));
  return [...(path === undefined ? [] : readProject(path).args), ...args];
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.v'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** Reads a `_CoqProject`. Its paths count from its folder. */
function readProject(path: string): Project {
  if (!existsSync(path)) throw new RocqError('ROCQ_USAGE', `${path}: no such project file`);
  const text = readFileSync(path, 'utf8').replaceAll(/#.*$/gm, '');
  const words = [...text.matchAll(/"([^"]*)"|'([^']*)'|[^\s"']+/g)].map(
    ([all, double, single]) => double ?? single ?? all,
  );
  const at = (name: string): string => relative(cwd(), resolve(dirname(path), name)) || '.';
  const files: string[] = [];
  const args: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const next = (): string => {
      const value = words[++i];
      if (value === undefined) throw new RocqError('ROCQ_USAGE', `${path}: ${word} needs a value behind it`);
      return value;
    };
    if (word === '-R' || word === '-Q') args.push(word, at(next()), next());
    else if (word === '-I') args.push(word, at(next()));
    else if (word === '-arg') args.push(...next().split(/\s+/).filter(Boolean));
    else if (word.endsWith('.v')) files.push(at(word));
  }
  return { path, files, args };
}
