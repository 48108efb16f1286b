import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { AbortController } from '../../actors/tooling.ts';
import type { FileChange, TypescriptTask } from '../../kinds/typescript.ts';
import { note } from '../terminal/terminal.ts';
import { DiskChanges } from './disk-changes.ts';
import { type CheckReport, lineOf, printReport } from './print.ts';

/** Runs a check on the pool. */
export type Check = (
  task: Extract<TypescriptTask, { type: 'project' | 'file' }>,
  signal?: AbortSignal,
) => Promise<CheckReport & { readonly files: readonly string[] }>;

interface Watched {
  readonly project: string;
  files: ReadonlySet<string>;
  /** The check under way, which a change ends. */
  running?: AbortController;
}

/**
 * Checks projects, and again after each change, until `ended` aborts: first the changed files, whose errors are shown at
 * once, and then the whole project, since a change may break other files.
 */
export async function watchProjects(
  run: Check,
  projects: readonly string[],
  flags: { readonly json: boolean },
  ended: AbortSignal,
): Promise<void> {
  // The tasks share this list; a server gets the part of it that it has not seen.
  const changes: FileChange[] = [];
  const all: Watched[] = projects.map((project) => ({ project, files: new Set() }));
  const disk = new DiskChanges((found) => {
    changes.push(...found);
    for (const each of all) if (found.some(({ path }) => concerns(each, path))) start(each, found);
  });
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // An early failure waits for the race below.
  failed.catch(() => {});
  try {
    disk.add(projects);
    await Promise.race([Promise.all(all.map((each) => checkAgain(each, [], ended))), failed]);
    if (!flags.json) note(`watching ${projects.length === 1 ? 'one project' : `${projects.length} projects`}`);
    if (!ended.aborted) await Promise.race([once(ended, 'abort'), failed]);
  } finally {
    disk.close();
  }

  function start(watched: Watched, found: readonly FileChange[]): void {
    watched.running?.abort();
    const controller = new AbortController();
    watched.running = controller;
    checkAgain(watched, found, controller.signal).catch((error) => {
      if (!controller.signal.aborted && !ended.aborted) fail(error);
    });
  }

  async function checkAgain(watched: Watched, found: readonly FileChange[], signal: AbortSignal): Promise<void> {
    const { project } = watched;
    const edited = found.filter(({ path, type }) => type === 'changed' && watched.files.has(path));
    const shown = new Set<string>();
    for (const { path } of edited) {
      const report = await run({ type: 'file', project, file: path, changes }, signal);
      if (signal.aborted) return;
      printReport({ ...report, only: [path] }, flags);
      for (const each of report.diagnostics) shown.add(lineOf(each));
    }
    const report = await run({ type: 'project', project, changes }, signal);
    watched.files = new Set(report.files);
    disk.add(report.files);
    if (signal.aborted) return;
    printReport(report, flags, (each) => !shown.has(lineOf(each)));
  }
}

/** Is `true` for a file that a project reads, and for a new one that it may read. */
function concerns({ project, files }: Watched, path: string): boolean {
  if (files.has(path) || path === project) return true;
  const folders = new Set([dirname(project), ...[...files].map((file) => dirname(file))]);
  for (let at = path; ; at = dirname(at)) {
    if (folders.has(dirname(at))) return true;
    if (at === join(at, '..')) return false;
  }
}
