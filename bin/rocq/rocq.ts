import { writeFileSync } from 'node:fs';
import { createPool, type PoolOf } from '../../actors/index.ts';
import { AbortController, performanceNow } from '../../actors/tooling.ts';
import { rocqCodeOf } from '../../kinds/rocq/engine/errors.ts';
import { findEngine } from '../../kinds/rocq/engine/find-engine.ts';
import type { RocqTypes } from '../../kinds/rocq/proving/tasks.ts';
import { endRocqSession } from '../../kinds/rocq/session/sessions.ts';
import kind from '../../kinds/rocq.ts';
import { showPool } from '../flags/view-flags.ts';
import { complain, onInterrupt } from '../terminal/exit.ts';
import { ENGINE_MISSING, SOME_FAILED } from '../terminal/exit-codes.ts';
import { note } from '../terminal/terminal.ts';
import { type CheckSettings, checkFile } from './check-file.ts';
import { certifyFile, compileFile, isCompiled } from './compile.ts';
import { type Dependent, inOrderOfNeed } from './input/dependencies.ts';
import { flagsOf, inputOf, type RocqInput } from './input/project.ts';
import { junitOf } from './junit.ts';
import { serveEditor } from './language-server/serve.ts';
import { printFile, printSummary } from './print.ts';
import { askFile } from './query.ts';
import { type FileReport, refuted, skippedReport } from './report.ts';
import { watchFiles } from './watch.ts';

/** The flags of `statepool rocq`, as commander gives them. */
export interface RocqFlags {
  readonly size?: number;
  readonly host: 'process' | 'thread' | 'inline';
  readonly coq?: string;
  readonly project?: string;
  readonly engineFlag: readonly string[];
  readonly first: boolean;
  readonly certify: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly junit?: string;
  readonly query?: string;
  readonly at?: string;
  readonly watch: boolean;
  readonly lsp: boolean;
  readonly timeoutProof?: number;
  readonly maxRss?: number;
  readonly inspect?: number;
  readonly inspectWait?: boolean;
}

/** Checks Rocq files. Sets the exit code: 0 if all are right, 1 if some are not, 2 for wrong input, 3 without an engine. */
export async function rocq(names: readonly string[], flags: RocqFlags): Promise<void> {
  let input: RocqInput;
  let files: Dependent[] = [];
  try {
    findEngine(flags.coq);
    if (flags.lsp) input = { files: [], args: flagsOf(flags.project, flags.engineFlag) };
    else {
      input = inputOf(names, flags.project, flags.engineFlag);
      files = inOrderOfNeed(input.files, input.args, flags.coq);
    }
  } catch (error) {
    return refuse(error);
  }
  const pool = startPool(flags);
  const ended = new AbortController();
  const stopListening = onInterrupt(() => {
    ended.abort();
    return pool.destroy();
  });
  const stopShowing = await showPool(pool, { ...flags, watch: false });
  try {
    const settings = { ...flags, args: input.args };
    if (flags.lsp) await serveEditor(pool, settings, ended.signal);
    else if (flags.query !== undefined) await askFile(pool, input.files, flags.query, flags.at, settings);
    else if (flags.watch) await watchFiles(pool, files, settings, ended.signal);
    else await checkAll(pool, files, flags, settings);
  } catch (error) {
    if (process.exitCode === undefined) refuse(error);
  } finally {
    stopShowing();
    await pool.destroy();
    stopListening();
  }
}

function refuse(error: unknown): void {
  if (rocqCodeOf(error) === undefined) throw error;
  complain(error);
  if (rocqCodeOf(error) === 'ROCQ_MISSING') process.exitCode = ENGINE_MISSING;
}

function startPool(flags: RocqFlags): PoolOf<RocqTypes> {
  const pool = createPool(kind, {
    host: flags.host,
    // An edit interrupts the proofs that it changes: their engines go on.
    ...(flags.lsp ? { killGrace: 1000 } : {}),
    ...(flags.size === undefined ? {} : { size: flags.size }),
    onOutput: ({ worker, line }) => note(`[${worker}] ${line}`),
  });
  // An engine is a process of its own: with the host inline it stands for its worker.
  pool.on('worker', ({ id, state }) => {
    if (state === 'dead') endRocqSession(id);
  });
  return pool;
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
  if (flags.junit !== undefined) writeFileSync(flags.junit, junitOf(reports));
  if (process.exitCode === undefined && reports.some(({ verdict }) => verdict !== 'ok')) process.exitCode = SOME_FAILED;

  /** Checks a file once all files that it needs are compiled. */
  async function checkOne({ file, needs }: Dependent): Promise<FileReport> {
    for (const need of needs) {
      const { verdict } = await (pending.get(need) as Promise<FileReport>);
      if (verdict !== 'ok') return skippedReport(file, `it requires ${need}, which has errors`);
    }
    const report = await checkFile(pool, file, settings);
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
