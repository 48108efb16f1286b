import { type ChildProcess, spawn } from 'node:child_process';

/** How long one run of tests may take, in ms: the whole suite or most of it, and a few files. */
const LIMITS = { all: 1_800_000, some: 180_000 } as const;

/** So many files are a few. */
const FEW = 10;

/** How a run of tests went. */
export type Outcome =
  | { readonly type: 'passed' }
  /** The titles of the tests that failed. */
  | { readonly type: 'failed'; readonly titles: readonly string[] }
  | { readonly type: 'hung' }
  /** It never came to the tests: the sources do not compile, for one. */
  | { readonly type: 'broken'; readonly output: string };

/** Runs tests in a copy of the package, as a group of processes that can be ended as a whole. */
export class Ava {
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #isOver = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Runs test files, all of them where none is named; with `isFirstEnough` no further than to the first failure. */
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
    const limit = files.length > 0 && files.length <= FEW ? LIMITS.some : LIMITS.all;
    const timer = setTimeout(() => {
      isHung = true;
      this.#killGroup();
    }, limit);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      // A bug may leave workers behind that loop for ever, and hold the pipes: they end with the run.
      child.on('exit', () => this.#killGroup());
      child.on('close', (code) => {
        clearTimeout(timer);
        this.#child = undefined;
        resolve(isHung ? { type: 'hung' } : outcomeOf(code, output));
      });
    });
  }

  /** Ends what runs; nothing runs afterwards. */
  kill(): void {
    this.#isOver = true;
    this.#killGroup();
  }

  #killGroup(): void {
    if (this.#child?.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // Nobody is left of it.
    }
  }
}

function outcomeOf(code: number | null, output: string): Outcome {
  if (code === 0) return { type: 'passed' };
  const titles = [...output.matchAll(/^not ok \d+ - (.*)$/gm)].map(([, title]) => title as string);
  if (titles.length > 0) return { type: 'failed', titles };
  // It came to the tests, none failed, and ava gave up on those that never ended.
  return output.includes('TAP version') ? { type: 'hung' } : { type: 'broken', output };
}
