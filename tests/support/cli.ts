import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { isAlive, Seen } from './witness.ts';

/** The end of a run of the command line. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command line. */
export const bin = new URL('../../dist/bin/statepool.js', import.meta.url).pathname;

/** The program that makes a terminal; most systems have it. */
const TERMINAL = '/usr/bin/script';

/** A test of output to a terminal. */
export const onTerminal = existsSync(TERMINAL) ? test : test.skip;

/**
 * Runs the built command line on a terminal, through a shell: `args` may redirect. Its stdout is the terminal's output.
 */
export function onScreen(args: string, options: { cwd?: string; columns?: number; env?: object } = {}): Promise<Ended> {
  const { cwd = process.cwd(), columns = 80, env } = options;
  const command = `stty cols ${columns} rows 24; "${process.execPath}" "${bin}" ${args}`;
  return ended(spawn(TERMINAL, ['-qec', command, '/dev/null'], { cwd, env: { ...process.env, ...env } }));
}

/** Runs the built command line through a shell: `args` may redirect. */
export function inShell(args: string, cwd?: string): Promise<Ended> {
  return ended(spawn('/bin/sh', ['-c', `"${process.execPath}" "${bin}" ${args}`], { cwd }));
}

/** Runs the built command line in a folder, as a user's shell does, and feeds it standard input. */
export function statepool(args: readonly string[], options: { cwd?: string; input?: string } = {}): Promise<Ended> {
  return ended(spawn(process.execPath, [bin, ...args], { cwd: options.cwd ?? process.cwd() }), options.input);
}

/** Waits for a child's end. */
export function ended(child: ReturnType<typeof spawn>, input = ''): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (data) => {
    stdout += data;
  });
  child.stderr?.on('data', (data) => {
    stderr += data;
  });
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

/** Makes a folder with these files, and removes it after the test. */
export function folderOf(t: ExecutionContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Starts a command of the package, kills it once it has a child process, and resolves when that one has gone. Linux only. */
export async function killWithChild(args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(process.execPath, [bin, ...args], { cwd });
  const end = ended(child);
  const children = `/proc/${child.pid}/task/${child.pid}/children`;
  let found = '';
  while (found === '') {
    found = readFileSync(children, 'utf8').trim();
    await new Promise(setImmediate);
  }
  child.kill('SIGKILL');
  await end;
  while (isAlive(Number(found.split(' ')[0]))) await new Promise(setImmediate);
}

/** Collects what a child writes to stdout, and returns a function that waits until a text is in it. */
export function untilSaid(child: ReturnType<typeof spawn>): (text: string) => Promise<string> {
  const seen = new Seen<string>();
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => seen.add(piece));
  return async (text) => {
    await seen.untilAll((all) => all.join('').includes(text));
    return seen.all.join('');
  };
}
