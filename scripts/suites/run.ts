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
  // In a process group of its own: the processes that it has started end with it.
  const child = spawn(process.execPath, args, { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const end = () => {
    try {
      process.kill(-(child.pid as number), 'SIGKILL');
    } catch {}
  };
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, ms);
  await new Promise((over) => child.once('close', over));
  clearTimeout(timer);
  end();
  return { text, isLate };
}
