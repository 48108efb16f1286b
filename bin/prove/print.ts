import { stdout } from 'node:process';
import picocolors from 'picocolors';
import { print, printColoured, shownOn } from '../terminal/terminal.ts';
import type { GoalReport } from './report.ts';

const MODEL_LINES = 12;

// Only a terminal gets colours, whatever the environment says of CI: programs may read the results.
const colors = picocolors.createColors(stdout.isTTY === true && process.env.NO_COLOR === undefined);

/** The facts in the summary besides the goals. */
interface ProveRun {
  readonly ms: number;
  readonly size: number;
  readonly host: string;
  /** The number of workers that performed a request. */
  readonly workers: number;
}

/** Writes reports to stdout. */
export interface Printer {
  goal(report: GoalReport): void;
  summary(reports: readonly GoalReport[], run: ProveRun): void;
}

/** Returns a printer for people, or with `json` for programs. `all` lists the proved goals too. */
export function createPrinter({ json, all }: { readonly json: boolean; readonly all: boolean }): Printer {
  return json ? jsonPrinter : textPrinter(all);
}

const jsonPrinter: Printer = {
  goal: (report) => print(`${JSON.stringify(report)}\n`),
  summary: (reports, run) => print(`${JSON.stringify({ type: 'summary', ...totalsOf(reports), ...run })}\n`),
};

function textPrinter(all: boolean): Printer {
  return {
    goal(report) {
      const { answers = [] } = report;
      if (report.verdict === 'unsat' && report.isAsExpected && !all && answers.length === 0) return;
      printColoured(`${headOf(report)}\n`);
      for (const { ask, answer } of answers)
        printColoured(`    ${colors.dim(shown(cut(`${ask} ${answer}`.replaceAll(/\s+/g, ' '))))}\n`);
      for (const line of counterexampleLines(report)) printColoured(`    ${colors.dim(shown(line))}\n`);
    },
    summary(reports, { ms, size, host, workers }) {
      const totals = totalsOf(reports);
      const files = new Set(reports.map(({ file }) => file)).size;
      const parts = [
        colors.green(`${totals.proved} proved`),
        colors.yellow(`${totals.disproved} disproved`),
        `${totals.unknown} unknown`,
        totals.errors > 0 ? colors.red(`${totals.errors} errors`) : '0 errors',
      ];
      const remembered = totals.cached === 0 ? '' : `, ${totals.cached} of them remembered`;
      const pids =
        host === 'process' && totals.pids.length > 0
          ? ` (pids ${totals.pids.slice(0, 8).join(' ')}${totals.pids.length > 8 ? ' ...' : ''})`
          : '';
      const used = `${workers} ${host} worker${workers === 1 ? '' : 's'} used, ${size} at a time${pids}`;
      printColoured(
        `\n${reports.length} goals in ${files} file${files === 1 ? '' : 's'}: ${parts.join(', ')}${remembered}\n`,
      );
      printColoured(`${(ms / 1000).toFixed(1)} s, ${used}, rlimit ${totals.rlimit}\n`);
      const unexpected = reports.filter(({ isAsExpected }) => !isAsExpected).length;
      printColoured(
        unexpected === 0
          ? 'Every goal got the verdict that its file expects.\n'
          : colors.red(`${unexpected} goal(s) did not get the verdict that the file expects\n`),
      );
    },
  };
}

/** Returns a text of a file or a solver in the form that may stand between our colours. */
function shown(text: string): string {
  return shownOn(stdout, text);
}

function headOf(report: GoalReport): string {
  const place = shown(`${report.file}:${report.line}`);
  const name = report.name === undefined ? '' : ` ${colors.bold(shown(report.name))}`;
  const ms = report.ms === undefined ? '' : colors.dim(` ${report.ms.toFixed(0)} ms`);
  const surprise = report.isAsExpected
    ? ''
    : colors.red(` (expected ${report.expected === 'sat' ? 'disproved' : 'proved'})`);
  switch (report.verdict) {
    case 'unsat':
      return `${colors.green('proved   ')} ${place}${name}${ms}${surprise}`;
    case 'sat':
      return `${colors.yellow('disproved')} ${place}${name}${ms}${surprise}`;
    case 'unknown':
      return `${colors.magenta('unknown  ')} ${place}${name}${ms} ${shown(report.reason ?? '')}${surprise}`;
    case 'error':
      return `${colors.red('error    ')} ${place}${name} ${shown(report.error?.message ?? '')}`;
  }
}

/** Returns the counterexample, one value a line; long lines and long lists are cut. */
function counterexampleLines({ counterexample = {} }: GoalReport): string[] {
  const lines = Object.entries(counterexample).map(([name, value]) => cut(`${name} = ${value}`));
  if (lines.length <= MODEL_LINES) return lines;
  return [...lines.slice(0, MODEL_LINES), `... and ${lines.length - MODEL_LINES} more (--json prints all)`];
}

function cut(line: string): string {
  return line.length > 110 ? `${line.slice(0, 107)}...` : line;
}

function totalsOf(reports: readonly GoalReport[]) {
  const count = (verdict: GoalReport['verdict']) => reports.filter((report) => report.verdict === verdict).length;
  return {
    goals: reports.length,
    proved: count('unsat'),
    disproved: count('sat'),
    unknown: count('unknown'),
    errors: count('error'),
    cached: reports.filter((report) => report.cached).length,
    unexpected: reports.filter(({ isAsExpected }) => !isAsExpected).length,
    rlimit: reports.reduce((sum, { rlimit }) => sum + (rlimit ?? 0), 0),
    pids: [...new Set(reports.flatMap(({ pid }) => pid ?? []))],
  };
}
