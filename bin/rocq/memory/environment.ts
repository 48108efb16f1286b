import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findEngine } from '../../../kinds/rocq/engine/find-engine.ts';
import type { CheckedLines } from '../../prove/memory/checked-lines.ts';
import { factsOf, identityOf } from '../../prove/memory/engine-version.ts';

/** The variables that change what an engine loads. */
const VARIABLES = ['COQLIB', 'ROCQLIB', 'COQCORELIB', 'ROCQPATH', 'COQPATH', 'OCAMLPATH', 'OCAMLRUNPARAM', 'HOME'];
/** The variables with folders of files to load. */
const PATHS = ['COQLIB', 'ROCQLIB', 'COQCORELIB', 'ROCQPATH', 'COQPATH'];
/** The files that an engine may load: compiled files and plugins. */
const LOADED = /\.(?:vo|vos|cmxs|cma)$/;

const run = promisify(execFile);
/** Asks an engine for its version and its library. */
const QUESTIONS = 'exec </dev/null; "$0" --version; printf "\\0"; "$0" -where';

const LIMITS = { encoding: 'utf8', timeout: 60_000 } as const;

/** The facts about an engine: the identity of its program, its words about its version, and its library. */
interface EngineFacts {
  readonly identity: string | undefined;
  readonly words: string;
  readonly library: string;
}

/** The parts of an environment. */
export interface EnvironmentOptions {
  readonly args: readonly string[];
  readonly coq?: string;
  readonly folder: string;
  /** Absolute paths of compiled files that the file does not need. */
  readonly without?: ReadonlySet<string>;
}

/**
 * Returns a text that changes with everything outside of a file that a verdict depends on: the engine and its version, its
 * flags, variables, and the compiled files and plugins that it may load. A file counts by its size, its times and its place
 * on the disk: nobody writes to it unseen. `undefined` if the engine is not there. @throws if it does not say its version
 */
export function environmentOf(
  options: EnvironmentOptions,
  lines: Pick<CheckedLines, 'get' | 'add'>,
): string | undefined {
  const { args, coq, folder, without = new Set() } = options;
  const facts = factsOf(findEngine(coq), lines, (file) => JSON.stringify(engineFacts(file)));
  if (facts === undefined) return undefined;
  const { library } = JSON.parse(facts) as EngineFacts;
  const files = new Files(without);
  const named = args.map((arg) => resolve(folder, arg));
  const fromVariables = PATHS.flatMap((name) => (process.env[name] ?? '').split(delimiter).filter(Boolean));
  const own = process.env.HOME === undefined ? [] : [join(process.env.HOME, '.local/share/coq')];
  const libraries = library === '' ? [] : [library, join(library, '..', 'coq-core')];
  for (const path of [...named, ...fromVariables, ...own, ...libraries]) files.addTree(path);
  files.addFolder(folder);
  const variables = VARIABLES.map((name) => process.env[name] ?? null);
  return createHash('sha256')
    .update(JSON.stringify([facts, args, variables, files.hash]))
    .digest('base64url');
}

/**
 * Finds out what `environmentOf` asks an engine, if that is not known: both questions at once, while the engine for the
 * first file loads. An engine that does not answer is asked again by `environmentOf`.
 */
export async function askEngine(coq: string | undefined, lines: Pick<CheckedLines, 'get' | 'add'>): Promise<void> {
  const program = findEngine(coq);
  const identity = identityOf(program);
  if (identity === undefined || lines.get(identity) !== undefined) return;
  // One shell starts sooner than two engines.
  const answers = await run('sh', ['-c', QUESTIONS, program], LIMITS).catch(() => ({ stdout: '' }));
  const [words, library] = answers.stdout.split('\0').map(firstLineOf);
  if (words) lines.add(identity, JSON.stringify({ identity, words, library }));
}

function engineFacts(program: string): EngineFacts {
  const ask = (flag: string) => firstLineOf(spawnSync(program, [flag], { ...LIMITS, input: '' }).stdout ?? '');
  const words = ask('--version');
  if (words === '') throw new Error(`${program} does not say its version`);
  return { identity: identityOf(program), words, library: ask('-where') };
}

const firstLineOf = (text: string): string => text.split('\n')[0] ?? '';

/** The files that are counted, by their paths and what the system says of them. */
class Files {
  readonly #hash = createHash('sha256');
  readonly #without: ReadonlySet<string>;
  /** The folders that were seen: a link may lead to a folder above. */
  readonly #seen = new Set<string>();

  constructor(without: ReadonlySet<string>) {
    this.#without = without;
  }

  get hash(): string {
    return this.#hash.digest('base64url');
  }

  /** Adds a file, or all files to load in a folder and below it. A word that is no path adds nothing. */
  addTree(path: string): void {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile()) this.#addFile(path);
    if (!found?.isDirectory() || this.#seen.has(`${found.dev} ${found.ino}`)) return;
    this.#seen.add(`${found.dev} ${found.ino}`);
    for (const entry of this.addFolder(path)) {
      const isHidden = entry.name.startsWith('.');
      if (!isHidden && (entry.isDirectory() || entry.isSymbolicLink())) this.#addBelow(join(path, entry.name));
    }
  }

  /** Adds the files to load in a folder, by their names. Returns its entries. */
  addFolder(folder: string): Dirent[] {
    const entries = entriesOf(folder).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name } of entries) {
      const path = join(folder, name);
      if (LOADED.test(name) && !this.#without.has(path)) this.#addFile(path);
    }
    return entries;
  }

  #addBelow(path: string): void {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) this.addTree(path);
  }

  #addFile(path: string): void {
    const found = statSync(path, { throwIfNoEntry: false });
    this.#hash.update(JSON.stringify([path, found?.size, found?.mtimeMs, found?.ctimeMs, found?.ino]));
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
