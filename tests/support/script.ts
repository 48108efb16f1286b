import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** No script of ours needs longer; one that does has something left that keeps it alive. */
const LIMIT = 30_000;

/** How a program ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script of tests/fixtures/scripts and waits until it ends by itself. */
export function runScript(name: string, ...args: string[]): Promise<Ending> {
  const script = fileURLToPath(new URL(`../fixtures/scripts/${name}`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT,
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
