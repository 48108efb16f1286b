import { performanceNow } from '../../actors/tooling.ts';
import { checkGoal } from '../../kinds/smt/proving/check-goal.ts';
import type { Goal } from '../../kinds/smt/text/goal.ts';
import type { JournalFlags } from '../flags/journal-flags.ts';
import { showPool } from '../flags/view-flags.ts';
import { complain, onInterrupt } from '../terminal/exit.ts';
import { BAD_INPUT, SOME_FAILED } from '../terminal/exit-codes.ts';
import { Progress } from '../terminal/progress.ts';
import { note } from '../terminal/terminal.ts';
import type { DecidedGoals } from './decided-goals.ts';
import { createPrinter } from './print.ts';
import { type ProverFlags, startProvers } from './provers.ts';
import { type GoalReport, reportOf, reportOfError } from './report.ts';
import { readSmtFiles } from './smt-files.ts';

/** The flags of `statepool prove`, as commander gives them. Durations in ms. */
export interface ProveFlags extends ProverFlags, JournalFlags {
  readonly timeout?: number;
  readonly deadline?: number;
  readonly rlimit?: number;
  readonly clean: boolean;
  readonly unordered: boolean;
  readonly fresh: boolean;
  readonly all: boolean;
  readonly json: boolean;
}

/** Proves the goals of the files. Sets the exit code: 0 if all are as expected, 1 if some are not, 2 for bad input. */
export async function prove(files: readonly string[], flags: ProveFlags): Promise<void> {
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
  const { pool, reported } = startProvers(goals.length, flags);
  pool.on('task', ({ worker }) => void (worker === undefined || workers.add(worker)));
  const stopListening = onInterrupt(() => pool.destroy());
  const stopShowing = await showPool(pool, flags);
  const progress = await Progress.start('proving', goals.length, !flags.watch);
  const printer = createPrinter(flags);
  const counts = { disproved: 0, other: 0 };

  const told = new Set<string>();
  const pending = goals.map(async (goal) => {
    const known = decided?.reportOf(goal);
    const report = known ?? (await proveOne(goal));
    if (known === undefined) await decided?.keep(goal, report);
    if (report.verdict === 'sat') counts.disproved++;
    else if (report.verdict !== 'unsat') counts.other++;
    if (flags.unordered) show(report);
    progress.step(`${counts.disproved} disproved, ${counts.other} undecided`);
    return report;
  });
  const reports: GoalReport[] = [];
  for (const each of pending) {
    const report = await each;
    reports.push(report);
    if (!flags.unordered) show(report);
  }
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

  /** Prints a report at once. A line that is printed stays, also if the command is killed. */
  function show(report: GoalReport): void {
    for (const { line, column, message } of report.warnings ?? []) {
      const warning = `${report.file}:${line}:${column}: note: ${message}`;
      if (!told.has(warning)) note(warning);
      told.add(warning);
    }
    printer.goal(report);
  }

  async function proveOne(goal: Goal): Promise<GoalReport> {
    try {
      return reportOf(goal, reported(await checkGoal(pool, goal, settings)));
    } catch (error) {
      if ((error as { code?: unknown }).code === 'SMT_ENGINE_MISSING') process.exitCode = BAD_INPUT;
      return reportOfError(goal, error);
    }
  }
}

/** Returns the settings of every check: they can change a verdict. */
function settingsOf(flags: ProveFlags) {
  return {
    engine: flags.engine,
    mode: flags.clean ? 'clean' : 'incremental',
    oneShot: flags.fresh,
    limits: {
      ...(flags.timeout === undefined ? {} : { timeoutMs: flags.timeout }),
      ...(flags.deadline === undefined ? {} : { deadlineMs: flags.deadline }),
      ...(flags.rlimit === undefined ? {} : { rlimit: flags.rlimit }),
    },
  } as const;
}

/** Opens the journal that the flags name. Its code is loaded only for a run with a journal. */
async function openDecided(flags: JournalFlags, settings: unknown): Promise<DecidedGoals | undefined> {
  if (flags.journal === undefined && !flags.resume) return undefined;
  return (await import('./decided-goals.ts')).DecidedGoals.open(flags, settings);
}

function rejectionOf({ error }: GoalReport): string[] {
  return error?.code === 'SMT_REJECTED' ? [error.message] : [];
}
