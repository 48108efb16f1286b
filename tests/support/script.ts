import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The longest time of a script, in ms. A longer script has something left that keeps it alive. */
const LIMIT = 80_000;

/** The longest time of a script that makes thousands of things. */
const LONG_LIMIT = 110_000;

/** The end of a program. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script of tests/fixtures/scripts and waits until it ends by itself. */
export function runScript(name: string, ...args: string[]): Promise<Ending> {
  return run(process.execPath, [scriptOf(name), ...args], false);
}

/** Runs a script in the same way, with a garbage collector that it can call. */
export function runWithCollector(name: string, ...args: string[]): Promise<Ending> {
  return run(process.execPath, ['--expose-gc', scriptOf(name), ...args], false, LONG_LIMIT);
}

/** Runs a script in the same way, with the development builds of its packages, which warn of more. */
export function runInDevelopment(name: string, ...args: string[]): Promise<Ending> {
  return run(process.execPath, ['--conditions=development', scriptOf(name), ...args], false);
}

/** Runs a script in the same way, in a process group of its own: a signal to the group reaches no other process. */
export function runInGroup(name: string, ...args: string[]): Promise<Ending> {
  return run(process.execPath, [scriptOf(name), ...args], true);
}

/** Runs a script in the same way, in a group of its own and with a limit on its open files. */
export function runWithFiles(files: number, name: string, ...args: string[]): Promise<Ending> {
  const shell = ['-c', `ulimit -n ${files} && exec "$0" "$@"`, process.execPath];
  return run('/bin/sh', [...shell, scriptOf(name), ...args], true);
}

function scriptOf(name: string): string {
  return fileURLToPath(new URL(`../fixtures/scripts/${name}`, import.meta.url));
}

function run(program: string, args: readonly string[], detached: boolean, timeout = LIMIT): Promise<Ending> {
  const child = spawn(program, args, {
    detached,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
    killSignal: 'SIGKILL',
  });
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...written }));
  });
}
