import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A difference between a page and its programs. */
export interface Flaw {
  readonly line: number;
  readonly words: string;
}

/** The longest run of a command, in ms. */
const LIMIT = 170_000;

/** A command that runs beside the others of its page. */
export interface Running {
  /** Waits for the first lines of its output, or for its end. */
  lines(count: number): Promise<string>;
  /** Ends it by SIGTERM, if it still runs. Returns a flaw if it ends with a code that tells of a failure. */
  end(): Promise<Flaw[]>;
}

/** Starts a command that runs until the end of its page. */
export function begin(
  [program = '', ...args]: readonly string[],
  title: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
  line: number,
): Running {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (data) => {
    stdout += data;
  });
  child.stderr.setEncoding('utf8').on('data', (data) => {
    stderr += data;
  });
  const closed = once(child, 'close');
  return {
    async lines(count) {
      while (stdout.split('\n').length <= count && child.exitCode === null && child.signalCode === null)
        await Promise.race([once(child.stdout, 'data'), closed]);
      return `${stdout.split('\n').slice(0, count).join('\n')}\n`;
    },
    async end() {
      child.kill('SIGTERM');
      const [code, signal] = await closed;
      // A command without a handler of the signal ends by it.
      if (code === 0 || code === 143 || signal === 'SIGTERM') return [];
      return [{ line, words: `${title} & ended with ${code ?? signal}: ${stderr}${stdout}` }];
    },
  };
}

/** Runs a command to its end. */
export function ended([program = '', ...args]: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT,
    shell: process.platform === 'win32',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
