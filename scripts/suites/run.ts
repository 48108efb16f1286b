import { spawn } from 'node:child_process';

/** The names of the tests of a suite that passed, and of those that failed. */
export interface Outcome {
  readonly passed: string[];
  readonly failed: string[];
}

/** Runs Node in a folder. Returns what it has printed, and whether it was ended because it ran for more than `ms` ms. */
export async function runNode(
  folder: string,
  args: readonly string[],
  ms: number,
): Promise<{ readonly text: string; readonly isLate: boolean }> {
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, ms);
  await new Promise((over) => child.once('close', over));
  clearTimeout(timer);
  return { text, isLate };
}
