import { existsSync, type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { clearTimeout, setTimeout } from '../../actors/tooling.ts';
import type { FileChange } from '../../kinds/typescript.ts';

/** An editor may write a file in several steps, and a branch has many files: together they are one change. */
const SETTLED = 50;
/** The files that a program of TypeScript can read. */
const READ = /\.(?:[cm]?[jt]sx?|json)$/;

/** Watches the folders of files, and gives what has changed in them. */
export class DiskChanges {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #touched = new Set<string>();
  readonly #known = new Set<string>();
  readonly #onChange: (changes: readonly FileChange[]) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onChange: (changes: readonly FileChange[]) => void) {
    this.#onChange = onChange;
  }

  /** Watches the folders of these files too; packages in node_modules are left out. */
  add(files: readonly string[]): void {
    for (const file of files) {
      if (/[\\/]node_modules[\\/]/.test(file)) continue;
      this.#known.add(file);
      this.#watch(dirname(file));
    }
  }

  /** Stops watching. */
  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #watch(folder: string): void {
    if (this.#watchers.has(folder) || !existsSync(folder)) return;
    const watcher = watch(folder, (_, name) => {
      if (name !== null) this.#touch(join(folder, name));
    });
    this.#watchers.set(folder, watcher);
    // A folder that is removed ends its watcher; a new one of that name is found by the folder above.
    watcher.on('error', () => {
      watcher.close();
      this.#watchers.delete(folder);
    });
  }

  #touch(path: string): void {
    if (/[\\/](?:node_modules|\.git)$/.test(path)) return;
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return this.#enter(path);
    if (!READ.test(path)) return;
    this.#touched.add(path);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#give(), SETTLED);
  }

  /** Watches a new folder; files may be in it already. */
  #enter(folder: string): void {
    if (this.#watchers.has(folder)) return;
    this.#watch(folder);
    try {
      for (const name of readdirSync(folder)) this.#touch(join(folder, name));
    } catch {
      // The folder was removed again.
    }
  }

  #give(): void {
    const changes = [...this.#touched].map((path): FileChange => {
      if (!existsSync(path)) return { path, type: 'deleted' };
      return { path, type: this.#known.has(path) ? 'changed' : 'created' };
    });
    this.#touched.clear();
    for (const { path, type } of changes) {
      if (type === 'deleted') this.#known.delete(path);
      else this.#known.add(path);
    }
    if (changes.length > 0) this.#onChange(changes);
  }
}
