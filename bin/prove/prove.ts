import { performanceNow } from '../../actors/tooling.ts';
import { whyMissing } from '../../kinds/smt/engine/presence.ts';
import { checkGoals } from '../../kinds/smt/many/check-goals.ts';
import type { Settled } from '../../kinds/smt/proving/tasks.ts';
import type { Goal } from '../../kinds/smt/text/goal.ts';
import type { JournalFlags } from '../flags/journal-flags.ts';
import { showPool } from '../flags/view-flags.ts';
import { complain, onInterrupt } from '../terminal/exit.ts';
import { ENGINE_MISSING, SOME_FAILED } from '../terminal/exit-codes.ts';
import { Progress } from '../terminal/progress.ts';
import type { DecidedGoals } from './decided-goals.ts';
import { createPrinter } from './print.ts';
import { type ProverFlags, type Provers, startProvers } from './provers.ts';
import { type GoalReport, reportOf, reportOfError } from './report.ts';
import { Results } from './results.ts';
import { type SettingFlags, settingsOf } from './settings.ts';
import { readSmtFiles } from './smt-files.ts';

/** The flags of `statepool prove`, as commander gives them. */
export interface ProveFlags extends ProverFlags, SettingFlags, JournalFlags {
  readonly unordered: boolean;
  readonly all: boolean;
  readonly json: boolean;
}

/**
 * Proves the goals of the files. Sets the exit code: 0 if all are as expected, 1 if some are not, 2 for bad input, 3
 * without the engine.
 */
export async function prove(files: readonly string[], flags: ProveFlags): Promise<void> {
  const missing = whyMissing(flags.engine);
  if (missing !== undefined) return complain(new Error(missing), ENGINE_MISSING);
  const goals = readSmtFiles(files).flatMap((document) => [...document.goals]);
  if (goals.length === 0) {
    if (process.exitCode === undefined) complain('there is nothing to prove');
    return;
  }
  const settings = settingsOf(flags);
  let decided: DecidedGoals | undefined;
  try {
    decided = await openDecided(flags, settings);
  } catch (error) {
    return complain(error);
  }
  const start = performanceNow();
  const workers = new Set<string>();
  const { pool, reported } = startProvers(flags);
  pool.on('task', ({ worker }) => void (worker === undefined || workers.add(worker)));
  const stopListening = onInterrupt(() => pool.destroy());
  const stopShowing = await showPool(pool, flags);
  const progress = await Progress.start('proving', goals.length, !flags.watch);
  const printer = createPrinter(flags);
  const results = new Results(goals, flags.unordered, printer, progress);
  const written: Promise<void>[] = [];
  const open = goals.filter((goal) => {
    const known = decided?.reportOf(goal);
    if (known !== undefined) results.add(goal, known);
    return known === undefined;
  });
  await checkGoals(pool, open, {
    ...settings,
    size: pool.size,
    onOutcome: (goal, outcome) => void written.push(keep(goal, reportOfOutcome(goal, outcome, reported))),
  });
  await Promise.all(written);
  const { reports } = results;
  progress.stop();
  stopShowing();
  const size = pool.size;
  await pool.destroy();
  await decided?.close();
  stopListening();
  // A command that the solver rejects spoils all goals that depend on it: it is reported once, as an error of the
  // input.
  for (const message of new Set(reports.flatMap(rejectionOf))) complain(message);
  printer.summary(reports, { ms: performanceNow() - start, size, host: flags.host, workers: workers.size });
  if (process.exitCode === undefined && reports.some((report) => !report.isAsExpected)) process.exitCode = SOME_FAILED;

  /** A result is printed after it is written. */
  async function keep(goal: Goal, report: GoalReport): Promise<void> {
    await decided?.keep(goal, report);
    results.add(goal, report);
  }
}

function reportOfOutcome(goal: Goal, outcome: Settled, reported: Provers['reported']): GoalReport {
  return 'result' in outcome ? reportOf(goal, reported(outcome.result)) : reportOfError(goal, outcome.error);
}

/** Opens the journal that the flags name. Its code is loaded only for a run with a journal. */
async function openDecided(flags: JournalFlags, settings: unknown): Promise<DecidedGoals | undefined> {
  if (flags.journal === undefined && !flags.resume) return undefined;
  return (await import('./decided-goals.ts')).DecidedGoals.open(flags, settings);
}

function rejectionOf({ error }: GoalReport): string[] {
  return error?.code === 'SMT_REJECTED' ? [error.message] : [];
}
