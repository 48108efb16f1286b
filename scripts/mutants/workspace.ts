import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Ava, type Outcome } from './ava.ts';
import type { Mutant } from './mutant.ts';

/** Folders that are too big, made by the build, or linked. */
const LEFT_OUT = new Set(['dist', '.tests', '.git', 'node_modules', 'bench/node_modules', 'peers/node_modules']);

/** Checks the list against the files. In a copy with a seeded bug this test would fail for every bug. */
const OF_THE_LIST = 'tests/scripts/mutants.test.ts';

/** A copy of the package in a temporary folder, in which one bug at a time is seeded. */
export class Workspace {
  readonly #folder: string;
  readonly #ava: Ava;

  constructor(root: string) {
    // The real path: a test compares file URLs, and some systems reach their temporary folder by a link.
    this.#folder = realpathSync(mkdtempSync(join(tmpdir(), 'statepool-mutants-')));
    this.#ava = new Ava(this.#folder);
    cpSync(root, this.#folder, {
      recursive: true,
      filter: (source) => {
        const path = relative(root, source).replaceAll('\\', '/');
        return !LEFT_OUT.has(path) && path !== OF_THE_LIST;
      },
    });
    this.#allowUnused();
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'), 'dir');
  }

  /** Lets the copy build although a bug leaves names unused. */
  #allowUnused(): void {
    const path = join(this.#folder, 'tsconfig.json');
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/"(noUnused\w+)": true/g, '"$1": false'));
  }

  /** Runs test files, or all of them if none is named, on the package in this workspace. */
  test(files: readonly string[], isFirstEnough: boolean): Promise<Outcome> {
    return this.#ava.run(files, isFirstEnough);
  }

  /** Seeds a bug for as long as `act` takes. @throws when the piece does not occur exactly once */
  async with<R>(mutant: Mutant, act: () => Promise<R>): Promise<R> {
    const path = join(this.#folder, mutant.file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, seeded(mutant, text));
    try {
      return await act();
    } finally {
      writeFileSync(path, text);
    }
  }

  /** Kills the running tests, and removes the copy. */
  remove(): void {
    this.#ava.kill();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Returns the text of a file with the bug in it. @throws when the piece does not occur exactly once */
export function seeded({ name, file, from, to }: Mutant, text: string): string {
  const count = text.split(from).length - 1;
  if (count === 1) return text.replace(from, () => to);
  throw new Error(`${name} is stale: its piece occurs ${count} times in ${file}, not once: ${JSON.stringify(from)}`);
}
