import { once } from 'node:events';
import { watch } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AbortController, clearTimeout, setTimeout } from '../../actors/tooling.ts';
import { RocqMemory } from '../../kinds/rocq/proving/memory.ts';
import type { RocqRunner } from '../../kinds/rocq/proving/run-task.ts';
import { print } from '../terminal/terminal.ts';
import { type CheckSettings, checkFile } from './check-file.ts';
import type { Dependent } from './input/dependencies.ts';
import { type PrintFlags, printFile } from './print.ts';

/** An editor may write a file in several steps, which are one change. */
const SETTLED = 50;

/**
 * Checks the files, and again each one that changes, until `ended` aborts. Verdicts on what did not change are
 * kept.
 */
export async function watchFiles(
  pool: RocqRunner,
  files: readonly Dependent[],
  flags: CheckSettings & PrintFlags,
  ended: AbortSignal,
): Promise<void> {
  const memory = flags.remembered?.memory() ?? new RocqMemory();
  const running = new Map<string, { abort(): void }>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const byPath = new Map(files.map(({ file }) => [resolve(file), file]));
  const watchers = [...new Set([...byPath.keys()].map((path) => dirname(path)))].map((folder) =>
    watch(folder, (_, name) => {
      const file = name === null ? undefined : byPath.get(resolve(folder, name));
      if (file === undefined) return;
      clearTimeout(timers.get(file));
      timers.set(
        file,
        setTimeout(() => void check(file, false), SETTLED),
      );
    }),
  );
  try {
    for (const { file } of files) await check(file, true);
    if (!flags.json) print(`watching ${files.length === 1 ? files[0]?.file : `${files.length} files`}\n`);
    if (!ended.aborted) await once(ended, 'abort');
  } finally {
    for (const each of watchers) each.close();
    for (const timer of timers.values()) clearTimeout(timer);
  }

  async function check(file: string, isFirst: boolean): Promise<void> {
    running.get(file)?.abort();
    const controller = new AbortController();
    running.set(file, controller);
    const report = await checkFile(pool, file, { ...flags, memory, signal: controller.signal });
    if (controller.signal.aborted) return;
    printFile(report, { ...flags, quiet: flags.quiet || !isFirst });
    if (flags.json) return;
    const errors = report.errors.length === 0 ? 'no error' : `${report.errors.length} errors`;
    print(`${file}: ${report.ran} of ${report.proofs.length} proofs run, ${errors}, ${Math.round(report.ms)} ms\n`);
  }
}
