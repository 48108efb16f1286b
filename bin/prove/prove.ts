import { performanceNow } from '../../actors/tooling.ts';
import { whyMissing } from '../../kinds/smt/engine/presence.ts';
import type { Settled } from '../../kinds/smt/proving/tasks.ts';
import type { Goal } from '../../kinds/smt/text/goal.ts';
import type { JournalFlags } from '../flags/journal-flags.ts';
import { type MemoryFlags, memoryFolderOf } from '../flags/memory-flags.ts';
import type { ReportFlags } from '../reports/files.ts';
import { complain } from '../terminal/exit.ts';
import { DISAGREEMENT, ENGINE_MISSING, SOME_FAILED } from '../terminal/exit-codes.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { Progress } from '../terminal/progress.ts';
import type { DecidedGoals } from './decided-goals.ts';
import type { ProofMemory } from './memory/proof-memory.ts';
import { createPrinter } from './print.ts';
import { type GoalReport, reportOf, reportOfError, reportOfMemory } from './report.ts';
import { Results } from './results.ts';
import { type SettingFlags, type Settings, settingsOf } from './settings.ts';
import { readSmtFiles } from './smt-files.ts';
import { oneEngine } from './ways/one-engine.ts';
import type { ProverFlags } from './ways/provers.ts';
import type { Origin, Way } from './ways/way.ts';

/** The flags of `statepool prove`, as commander gives them. */
export interface ProveFlags extends ProverFlags, SettingFlags, JournalFlags, MemoryFlags, ReportFlags {
  readonly unordered: boolean;
  /** Tries first what was enough for an earlier proof. */
  readonly hints: boolean;
  /** Proves again what changes. */
  readonly watch: boolean;
  /** The number of runs that look for unstable goals. */
  readonly flaky?: number;
  readonly all: boolean;
  readonly json: boolean;
}

/** The results of earlier runs. */
interface Known {
  readonly decided: DecidedGoals | undefined;
  readonly memory: ProofMemory | undefined;
}

/**
 * Proves the goals of the files. Sets the exit code: 0 if all are as expected, 1 if some are not, 2 for bad input, 3
 * without the engine, 4 if engines disagree.
 */
export async function prove(files: readonly string[], flags: ProveFlags): Promise<void> {
  const settings = settingsOf(flags);
  const wrong = problemOf(flags);
  if (wrong !== undefined) return complain(wrong);
  for (const engine of settings.portfolio?.engines ?? [settings.engine]) {
    const missing = whyMissing(engine);
    if (missing !== undefined) return complain(new Error(missing), ENGINE_MISSING);
  }
  const goals = readSmtFiles(files).flatMap((document) => [...document.goals]);
  if (goals.length === 0) {
    if (process.exitCode === undefined) complain('there is nothing to prove');
    return;
  }
  if (flags.flaky !== undefined) {
    return (await import('./ways/flaky.ts')).findFlaky(goals, flags, settings, flags.flaky);
  }
  let known: Known;
  try {
    known = { decided: await openDecided(flags, settings), memory: await openMemory(flags, settings) };
  } catch (error) {
    return complain(error);
  }
  await proveGoals(goals, flags, settings, known);
  if (flags.watch) {
    const { watchFiles } = await import('./watch.ts');
    await watchFiles(files, goals, (changed) => proveGoals(changed, flags, settings, known));
  }
  await known.decided?.close();
}

/** Proves goals, and prints the reports and the summary. Returns the reports. */
async function proveGoals(
  goals: readonly Goal[],
  flags: ProveFlags,
  settings: Settings,
  { decided, memory }: Known,
): Promise<readonly GoalReport[]> {
  const start = performanceNow();
  const progress = await Progress.start('proving', goals.length, !flags.draw);
  const printer = createPrinter(flags);
  const results = new Results(goals, flags.unordered, printer, progress);
  const open = goals.filter((goal) => {
    const remembered = memory?.resultOf(goal);
    const report = decided?.reportOf(goal) ?? (remembered === undefined ? undefined : reportOfMemory(goal, remembered));
    if (report !== undefined) results.add(goal, report);
    return report === undefined;
  });
  const written: Promise<void>[] = [];
  let facts = { size: 0, host: flags.host as string, workers: 0 };
  if (open.length > 0) {
    const way = await startWay(flags, settings, memory);
    const stopListening = onInterrupt(() => way.close());
    await way.prove(open, (goal, outcome, origin) => void written.push(keep(goal, outcome, origin)));
    await Promise.all(written);
    facts = way.facts();
    await way.close();
    stopListening();
  }
  progress.stop();
  const { reports } = results;
  // A command that the solver rejects spoils all goals that depend on it: it is reported once, as an error of the
  // input.
  for (const message of new Set(reports.flatMap(rejectionOf))) complain(message);
  for (const { error } of reports) if (error?.answers !== undefined) complain(error.message, DISAGREEMENT);
  if (flags.junit !== undefined || flags.sarif !== undefined)
    (await import('../reports/files.ts')).write(reports, flags);
  printer.summary(reports, { ms: performanceNow() - start, ...facts });
  if (process.exitCode === undefined && reports.some((report) => !report.isAsExpected)) process.exitCode = SOME_FAILED;
  return reports;

  /** Writes a result down, and then prints it. */
  async function keep(goal: Goal, outcome: Settled, origin: Origin): Promise<void> {
    const report = 'result' in outcome ? reportOf(goal, outcome.result, origin) : reportOfError(goal, outcome.error);
    if ('result' in outcome) memory?.add(goal, outcome.result);
    await decided?.keep(goal, report);
    results.add(goal, report);
  }
}

async function startWay(flags: ProveFlags, settings: Settings, memory: ProofMemory | undefined): Promise<Way> {
  const { engine, limits, scales } = settings;
  if (flags.hints && memory !== undefined) {
    const { Hints } = await import('./hints/hints.ts');
    return oneEngine(flags, settings, scales, new Hints(memory.lines, engine, limits));
  }
  if (settings.portfolio === undefined) return oneEngine(flags, settings, scales);
  const { portfolio } = await import('./ways/portfolio.ts');
  return portfolio(flags, settings, settings.portfolio);
}

/** Returns why flags do not fit together. */
function problemOf(flags: ProveFlags): string | undefined {
  const { escalate, timeout, rlimit, portfolio, flaky, hints } = flags;
  if (hints && (portfolio !== undefined || flaky !== undefined)) {
    return `--hints and --${portfolio === undefined ? 'flaky' : 'portfolio'} do not go together`;
  }
  if (hints && folderOf(flags) === undefined) {
    return '--hints are kept with the remembered proofs: name their folder with --cache, and leave out --no-cache';
  }
  if (escalate !== undefined && timeout === undefined && rlimit === undefined) {
    return '--escalate multiplies limits: add --rlimit or --timeout';
  }
  if (portfolio !== undefined && escalate !== undefined) return '--portfolio and --escalate do not go together';
  return portfolio !== undefined && flaky !== undefined ? '--portfolio and --flaky do not go together' : undefined;
}

/** Opens the journal that the flags name. Its code is loaded only for a run with a journal. */
async function openDecided(flags: JournalFlags, settings: unknown): Promise<DecidedGoals | undefined> {
  if (flags.journal === undefined && !flags.resume) return undefined;
  return (await import('./decided-goals.ts')).DecidedGoals.open(flags, settings);
}

/** Opens the proofs of earlier runs. A run that is to be seen, or whose workers are to be fresh, believes none. */
async function openMemory(flags: ProveFlags, settings: Settings): Promise<ProofMemory | undefined> {
  const folder = folderOf(flags);
  if (folder === undefined) return undefined;
  const { ProofMemory } = await import('./memory/proof-memory.ts');
  return new ProofMemory(folder, settings, (error) => {
    // Without the flag, a folder that cannot be written is no fault.
    if (typeof flags.cache === 'string') complain(error);
  });
}

/** Returns the folder of the remembered proofs. */
function folderOf(flags: ProveFlags): string | undefined {
  return memoryFolderOf(flags, flags.fresh || flags.inspect !== undefined || flags.inspectWait === true);
}

function rejectionOf({ error }: GoalReport): string[] {
  return error?.code === 'SMT_REJECTED' ? [error.message] : [];
}
