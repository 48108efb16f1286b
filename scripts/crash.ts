/**
 * Kills a program with a journal again and again while it works, or makes its system calls fail. Counts the tasks that
 * are lost or run twice. Exit code 1: an accepted task was lost, or a settled task ran again.
 */
import { Command, InvalidArgumentError } from 'commander';
import { type CrashReport, crash } from './crash/crash.ts';
import { type InjectReport, inject, obstacle } from './crash/inject.ts';

const BAD_USAGE = 2;

const {
  kills,
  tasks,
  seed,
  durability,
  host,
  inject: isInjected,
} = new Command('crash')
  .description('Kills a program with a journal again and again, and counts what is lost and what is run twice.')
  .option('--kills <n>', 'how often', countOf, 50)
  .option('--tasks <n>', 'how many tasks', countOf, 3000)
  .option('--seed <n>', 'where the chance begins', countOf, Date.now() % 1_000_000)
  .option('--host <host>', 'where its workers run: thread or process', 'thread')
  .option('--durability <what>', 'process or power', 'process')
  .option('--inject', 'lets each system call of the journal fail instead, by strace', false)
  .allowExcessArguments(false)
  .configureOutput({ outputError: (text, write) => write(`crash: ${text.replace(/^error: /, '').trim()}\n`) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : BAD_USAGE))
  .parse()
  .opts<{ kills: number; tasks: number; seed: number; durability: string; host: string; inject: boolean }>();

const report: CrashReport | InjectReport = isInjected
  ? await failEveryCall()
  : await crash({ kills, tasks, seed, durability, host });
process.stdout.write(`${JSON.stringify(isInjected ? report : { ...report, seed })}\n`);
if (report.lost > 0 || report.rerun > 0 || report.wrong > 0) process.exitCode = 1;

function failEveryCall(): Promise<InjectReport> {
  const why = obstacle();
  if (why === undefined) return inject({ durability, isShort: false });
  process.stderr.write(`crash: no system call can be failed here: ${why}\n`);
  process.exit(BAD_USAGE);
}

function countOf(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('It must be a whole number of at least 0.');
}
