import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createPool, type PoolOf } from '../../actors/index.ts';
import { performanceNow } from '../../actors/tooling.ts';
import type { RocqTypes } from '../../kinds/rocq/proving/tasks.ts';
import { endRocqSession } from '../../kinds/rocq/session/sessions.ts';
import kind from '../../kinds/rocq.ts';
import { jobserver, type TokenSource, workManager } from '../../tokens/index.ts';
import { type EngineErrors, runOnEngines } from '../terminal/engine-command.ts';
import { complain } from '../terminal/exit.ts';
import { SOME_FAILED } from '../terminal/exit-codes.ts';
import { note } from '../terminal/terminal.ts';
import { type CheckSettings, checkFile } from './check-file.ts';
import { certifyFile, compileFile, isCompiled } from './compile.ts';
import type { Dependent } from './input/dependencies.ts';
import type { RocqFlags } from './input/rocq-flags.ts';
import { Remembered } from './memory/remembered.ts';
import { printFile, printSummary } from './print.ts';
import { type FileReport, refuted, skippedReport } from './report.ts';

/** The files of a run, in the order of their needs, and the flags of their engines. */
interface OrderedInput {
  readonly files: readonly Dependent[];
  readonly args: readonly string[];
}

/** Does what the flags ask for, on a pool of engines. */
export async function workOn({ files, args }: OrderedInput, flags: RocqFlags, errors: EngineErrors): Promise<void> {
  const opening = flags.lsp || flags.query !== undefined ? undefined : Remembered.open(flags);
  opening?.catch(() => {});
  const tokens = workManager() ?? jobserver();
  // The pool starts while the engine is asked for its version.
  const pool = startPool(flags, tokens);
  let remembered: Remembered | undefined;
  try {
    remembered = await opening;
  } catch (error) {
    complain(error);
    await pool.destroy();
    await tokens?.close();
    return;
  }
  const names = files.map(({ file }) => file);
  await runOnEngines(pool, { ...errors, flags, endSession: endRocqSession }, async (ended) => {
    const settings = { ...flags, args, ...(remembered ? { remembered } : {}) };
    // The rare ways are loaded only when they are taken.
    if (flags.lsp) await (await import('./language-server/serve.ts')).serveEditor(pool, settings, ended);
    else if (flags.query !== undefined)
      await (await import('./query.ts')).askFile(pool, names, flags.query, flags.at, settings);
    else if (flags.watch) await (await import('./watch.ts')).watchFiles(pool, files, settings, ended);
    else await checkAll(pool, files, flags, settings);
  });
  await remembered?.close();
  await tokens?.close();
}

/** Starts a pool. Under make, or with a work manager, its workers share the processors with other programs. */
function startPool(flags: RocqFlags, tokens: TokenSource | undefined): PoolOf<RocqTypes> {
  return createPool(kind, {
    host: flags.host,
    // An edit interrupts the proofs that it changes: their engines go on.
    ...(flags.lsp ? { killGrace: 1000 } : {}),
    ...(flags.size === undefined ? {} : { size: flags.size }),
    ...(tokens ? { tokens } : {}),
    onOutput: ({ worker, line }) => note(`[${worker}] ${line}`),
  });
}

async function checkAll(
  pool: PoolOf<RocqTypes>,
  files: readonly Dependent[],
  flags: RocqFlags,
  settings: CheckSettings,
): Promise<void> {
  const begin = performanceNow();
  const needed = new Set(files.flatMap(({ needs }) => needs));
  const pending = new Map<string, Promise<FileReport>>();
  for (const each of files) pending.set(each.file, checkOne(each));
  const reports: FileReport[] = [];
  for (const { file } of files) {
    const report = await (pending.get(file) as Promise<FileReport>);
    printFile(report, flags);
    reports.push(report);
  }
  printSummary(reports, { ms: performanceNow() - begin, size: pool.size }, flags);
  if (flags.junit !== undefined) writeFileSync(flags.junit, (await import('./junit.ts')).junitOf(reports));
  if (process.exitCode === undefined && reports.some(({ verdict }) => verdict !== 'ok')) process.exitCode = SOME_FAILED;

  /** Checks a file once all files that it needs are compiled. */
  async function checkOne({ file, needs }: Dependent): Promise<FileReport> {
    for (const need of needs) {
      const { verdict } = await (pending.get(need) as Promise<FileReport>);
      if (verdict !== 'ok') return skippedReport(file, `it requires ${need}, which has errors`);
    }
    const report = await checkFile(pool, file, { ...settings, without: notNeeded(files, file) });
    if (report.verdict !== 'ok') return report;
    // What others require is compiled by coqc in any case; an up-to-date file has been so before.
    if (needed.has(file) && !(isCompiled(file, needs) && !flags.certify)) {
      const { isRight, text } = await compileFile(pool, file, settings);
      return isRight ? { ...report, certified: true } : refuted(report, text);
    }
    if (!flags.certify) return report;
    const { isRight, text } = await certifyFile(pool, file, settings);
    return isRight ? { ...report, certified: true } : refuted(report, text);
  }
}

/** Returns the compiled files that a file does not need, also through others: they may be compiled meanwhile. */
function notNeeded(files: readonly Dependent[], file: string): Set<string> {
  const needed = new Set([file]);
  // The files stand in the order of their needs.
  for (const each of files.toReversed()) if (needed.has(each.file)) for (const need of each.needs) needed.add(need);
  needed.delete(file);
  return new Set(files.flatMap((each) => (needed.has(each.file) ? [] : [resolve(`${each.file}o`)])));
}
