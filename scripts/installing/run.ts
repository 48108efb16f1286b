import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A package manager in one of its modes. */
export interface Manager {
  readonly name: string;
  /** Returns the words after `node` that add packages to the folder. */
  add(packages: readonly string[]): readonly string[];
  /** Returns the words after `node` that run a program of Node. */
  run(words: readonly string[]): readonly string[];
  /** Returns the words after `node` that run a program of the system; `undefined` where it needs no help to find packages. */
  exec?(words: readonly string[]): readonly string[];
  /** Files that the folder has before. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The folder whose packages are the package managers and bundlers. */
export const INSTALLERS = resolve('installers');

/** The script of npm. */
export const NPM = process.env.npm_execpath ?? execFileSync('which', ['npm'], { encoding: 'utf8' }).trim();

/** The certificates that npm is told to trust: yarn 4 does not read npm's settings. */
const certificates = execFileSync(process.execPath, [NPM, 'config', 'get', 'cafile'], { encoding: 'utf8' }).trim();
const yarnSettings = existsSync(certificates) ? { YARN_HTTPS_CA_FILE_PATH: certificates } : {};

/** The longest run of a command, in ms. */
const LIMIT = 300_000;

/** Runs a program of Node in a folder; returns what it prints. @throws {Error} if it fails, with its output */
export function node(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  return execFileSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: LIMIT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...yarnSettings, ...process.env, CI: '', npm_config_user_agent: undefined, ...env },
  });
}

/** Returns the path of a file of a tool. */
export function tool(path: string): string {
  return join(INSTALLERS, 'node_modules', path);
}

/** Checks what a program prints. @throws {Error} if it is something else */
export function expect(printed: string, wanted: string): void {
  if (printed.trim() !== wanted.trim()) throw new Error(`it prints\n${printed}\ninstead of\n${wanted}`);
}
