import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { complain } from '../terminal/exit.ts';
import { print } from '../terminal/terminal.ts';
import { type Ending, kindIn, type Language, programIn, SETTINGS } from './templates.ts';

/** The flags of `statepool init`. */
export interface InitFlags {
  readonly js?: boolean;
  readonly ts?: boolean;
}

/** Writes a first kind and a program into a folder, and says how to run them. Overwrites nothing. */
export function init(name: string, flags: InitFlags): void {
  const folder = resolve(name);
  const language = languageIn(folder, flags);
  const isModule = manifestAbove(folder)?.type === 'module';
  const ending: Ending = isModule ? language : `m${language}`;
  const files = {
    [`kind.${ending}`]: kindIn(language, ending),
    [`main.${ending}`]: programIn(ending),
    ...(language === 'ts' && !existsSync(join(folder, 'tsconfig.json')) ? { 'tsconfig.json': SETTINGS } : {}),
  };
  try {
    writeAll(folder, name, files);
  } catch (error) {
    return complain(error);
  }
  for (const file of Object.keys(files)) print(`wrote ${join(name, file)}\n`);
  print(`run it: ${stepsFor(folder, join(name, `main.${ending}`)).join(' && ')}\n`);
}

/** Writes the files into a folder, which is made. @throws if one of the files exists: then nothing is written */
function writeAll(folder: string, name: string, files: Readonly<Record<string, string>>): void {
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw new Error(`${name} is a file: name a folder, as in statepool init my-pool`);
  const present = Object.keys(files).find((file) => existsSync(join(folder, file)));
  if (present !== undefined)
    throw new Error(
      `${join(name, present)} exists, and init overwrites nothing: name another folder, as in statepool init my-pool`,
    );
  try {
    makeFolder(folder);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text, { flag: 'wx' });
  } catch (error) {
    throw new Error(`the files cannot be written into ${name}: ${(error as Error).message}`);
  }
}

/** Makes a folder and those above it. Node's own `recursive` never returns where a system refuses with ENOENT, as /proc does. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/** Returns the language that a flag asks for, or that of the folder: TypeScript if it has the compiler's settings. */
function languageIn(folder: string, { js, ts }: InitFlags): Language {
  if (js === true) return 'js';
  return ts === true || existsSync(join(folder, 'tsconfig.json')) ? 'ts' : 'js';
}

/** Returns the commands that run the program. */
function stepsFor(folder: string, program: string): string[] {
  const install = hasPackage(folder, 'statepool') ? [] : ['npm install statepool'];
  const isNative = Boolean((process.features as { typescript?: unknown }).typescript);
  if (!program.endsWith('ts') || isNative) return [...install, `node ${program}`];
  return [...install, ...(hasPackage(folder, 'tsx') ? [] : ['npm install --save-dev tsx']), `npx tsx ${program}`];
}

function hasPackage(folder: string, name: string): boolean {
  try {
    createRequire(join(folder, 'index.js')).resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

/** Returns the nearest `package.json` at or above a folder that need not exist. */
function manifestAbove(folder: string): { readonly type?: unknown } | undefined {
  const path = join(folder, 'package.json');
  if (existsSync(path)) {
    try {
      return JSON.parse(readFileSync(path, 'utf8'));
    } catch {
      return undefined;
    }
  }
  return dirname(folder) === folder ? undefined : manifestAbove(dirname(folder));
}
