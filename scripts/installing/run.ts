import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

/** The folder with the package managers and bundlers. */
export const TOOLS = resolve('installers/node_modules');

/** The longest run of a command, in ms. */
const LIMIT = 300_000;

/** Runs a program of Node in a folder; returns what it prints. @throws {Error} if it fails, with its output */
export function node(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  return execFileSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: LIMIT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CI: '', npm_config_user_agent: undefined, ...env },
  });
}

/** Returns the path of a file of a tool. */
export function tool(path: string): string {
  return join(TOOLS, path);
}

/** Checks what a program prints. @throws {Error} if it is something else */
export function expect(printed: string, wanted: string): void {
  if (printed.trim() !== wanted.trim()) throw new Error(`it prints\n${printed}\ninstead of\n${wanted}`);
}
