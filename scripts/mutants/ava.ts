import { type ChildProcess, spawn } from 'node:child_process';

/** The longest time of one run of tests, in ms: of the whole suite, of most of it, or without a bug; and of a few files with one. */
const LIMITS = { all: 1_800_000, some: 180_000 } as const;

/** The most files that count as a few. */
const FEW = 10;

/** The outcome of a run of tests. */
export type Outcome =
  | { readonly type: 'passed' }
  /** The titles of the tests that failed. */
  | { readonly type: 'failed'; readonly titles: readonly string[] }
  | { readonly type: 'hung' }
  /** The tests never started, for example because the sources do not compile. */
  | { readonly type: 'broken'; readonly output: string };

/** Runs tests in a copy of the package, as a group of processes that can be killed together. */
export class Ava {
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #isOver = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Runs test files, or all of them if none is named. Stops at the first failure with `isFirstEnough`. */
  run(files: readonly string[], isFirstEnough: boolean): Promise<Outcome> {
    if (this.#isOver) return Promise.resolve({ type: 'broken', output: 'interrupted' });
    const flags = ['--tap', ...(isFirstEnough ? ['--fail-fast'] : [])];
    const child = spawn(process.execPath, ['node_modules/ava/entrypoints/cli.mjs', ...flags, ...files], {
      cwd: this.#folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    let isHung = false;
    const isShort = isFirstEnough && files.length > 0 && files.length <= FEW;
    const timer = setTimeout(
      () => {
        isHung = true;
        this.#killGroup();
      },
      isShort ? LIMITS.some : LIMITS.all,
    );
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      // A bug may leave workers that loop for ever and hold the pipes. Kill them with the run.
      child.on('exit', () => this.#killGroup());
      child.on('close', (code) => {
        clearTimeout(timer);
        this.#child = undefined;
        resolve(isHung ? { type: 'hung' } : outcomeOf(code, output));
      });
    });
  }

  /** Kills the running tests; no more can be run afterwards. */
  kill(): void {
    this.#isOver = true;
    this.#killGroup();
  }

  #killGroup(): void {
    if (this.#child?.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // The group has no process left.
    }
  }
}

function outcomeOf(code: number | null, output: string): Outcome {
  if (code === 0) return { type: 'passed' };
  const titles = [...output.matchAll(/^not ok \d+ - (.*)$/gm)].map(([, title]) => title as string);
  if (titles.length > 0) return { type: 'failed', titles };
  // The tests started and none failed, but ava gave up on some that never ended.
  return output.includes('TAP version') ? { type: 'hung' } : { type: 'broken', output };
}
