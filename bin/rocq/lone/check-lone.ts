import { statSync, writeFileSync } from 'node:fs';
import { env } from 'node:process';
import { LoneRunner } from '../../../kinds/rocq/session/lone-runner.ts';
import type { RocqDocument } from '../../../kinds/rocq/text/document.ts';
import { SOME_FAILED } from '../../terminal/exit-codes.ts';
import { onInterrupt } from '../../terminal/interrupt.ts';
import { type CheckSettings, checkRead, isSmall, readDocumentOf, SMALL } from '../check-file.ts';
import type { Dependent } from '../input/dependencies.ts';
import type { RocqFlags } from '../input/rocq-flags.ts';
import { Remembered } from '../memory/remembered.ts';
import { printFile, printSummary } from '../print.ts';

/** The variables of programs that share the processors with this one: then the pool asks for execution tokens. */
const SHARED = ['MAKEFLAGS', 'ROCQWORKMGR_SOCK', 'COQWORKMGR_SOCK'];

/** Returns the only file of a run that needs nothing of a pool, if it has so few bytes that it is small; `undefined` for other runs. */
export function loneFile([first, ...others]: readonly Dependent[], flags: RocqFlags): string | undefined {
  const { lsp, watch, certify, resume, inspectWait, query, inspect, journal, host } = flags;
  const needsPool = lsp || watch || certify || resume || inspectWait || host !== 'inline';
  const isNamed = [query, inspect, journal, ...SHARED.map((name) => env[name] || undefined)].some(
    (each) => each !== undefined,
  );
  if (first === undefined || others.length > 0 || needsPool || isNamed) return undefined;
  const size = statSync(first.file, { throwIfNoEntry: false })?.size ?? SMALL;
  return size < SMALL ? first.file : undefined;
}

/**
 * Checks a small file on one engine in this process, and prints the same as a pool's check. Returns `false`, and has
 * printed nothing, if the file has to be checked on a pool: its proofs take long, or something cannot be read.
 */
export async function checkLone(file: string, args: readonly string[], flags: RocqFlags): Promise<boolean> {
  let settings: CheckSettings;
  let document: RocqDocument;
  try {
    const remembered = await Remembered.open(flags);
    settings = { ...flags, args, ...(remembered ? { remembered } : {}) };
    document = readDocumentOf(file, settings);
  } catch {
    return false;
  }
  if (!isSmall(document, settings)) return false;
  const runner = new LoneRunner();
  let isStopped = false;
  const stopListening = onInterrupt(async () => {
    isStopped = true;
    runner.close();
  });
  try {
    const report = await checkRead(runner, file, document, settings);
    if (isStopped) return true;
    printFile(report, flags);
    printSummary([report], { ms: report.ms, size: 1 }, flags);
    if (flags.junit !== undefined) writeFileSync(flags.junit, (await import('../junit.ts')).junitOf([report]));
    if (process.exitCode === undefined && report.verdict !== 'ok') process.exitCode = SOME_FAILED;
  } finally {
    runner.close();
    stopListening();
  }
  return true;
}
