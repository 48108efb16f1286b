import { relative, sep } from 'node:path';
import { stdout } from 'node:process';
import picocolors from 'picocolors';
import type { TypescriptDiagnostic } from '../../kinds/typescript/engine/raw-diagnostics.ts';
import { note, print, printColoured, shownOn } from '../terminal/terminal.ts';

// Only a terminal gets colours, whatever the environment says of CI: programs may read the results.
const colors = picocolors.createColors(stdout.isTTY === true && process.env.NO_COLOR === undefined);

/** The outcome of the check of a project, or of some of its files. */
export interface CheckReport {
  readonly project: string;
  /** The absolute paths of the files; none for a check of the whole project. */
  readonly only?: readonly string[];
  readonly diagnostics: readonly TypescriptDiagnostic[];
  /** The wall time in ms. */
  readonly ms: number;
  /** The servers that were started for it. */
  readonly started: number;
}

/** Writes the diagnostics to stdout in the form of tsc, and their sum to stderr. `isShown` leaves out those that stand above. */
export function printReport(
  report: CheckReport,
  { json }: { readonly json: boolean },
  isShown: (diagnostic: TypescriptDiagnostic) => boolean = () => true,
): void {
  const { diagnostics, only, ms, started } = report;
  const project = nameOf(report.project);
  if (json) {
    for (const each of diagnostics) print(`${JSON.stringify({ type: 'diagnostic', project, ...each })}\n`);
    const errors = diagnostics.filter(isError).length;
    const files = only ? { only } : {};
    print(`${JSON.stringify({ type: 'project', project, ...files, errors, ms: Math.round(ms), started })}\n`);
    return;
  }
  for (const each of diagnostics.filter(isShown)) printColoured(`${coloured(shownOn(stdout, lineOf(each)))}\n`);
  note(`${only ? only.map(nameOf).join(', ') : project}: ${sumOf(diagnostics)}, ${Math.round(ms)} ms`);
}

/** Writes the sum of a run. */
export function printTotals(
  reports: readonly CheckReport[],
  run: { readonly ms: number; readonly size: number },
  { json }: { readonly json: boolean },
): void {
  const diagnostics = reports.flatMap((each) => each.diagnostics);
  const started = reports.reduce((sum, each) => sum + each.started, 0);
  const errors = diagnostics.filter(isError).length;
  const ms = Math.round(run.ms);
  if (json) {
    const sums = { projects: reports.length, errors, servers: started, ms, size: run.size };
    return print(`${JSON.stringify({ type: 'summary', ...sums })}\n`);
  }
  if (reports.length > 1) note(`${reports.length} projects: ${sumOf(diagnostics)}, ${ms} ms`);
}

/** Returns a diagnostic in the form of `tsc --pretty false`: what editors and CI services read. */
export function lineOf({ file, line, column, severity, code, message }: TypescriptDiagnostic): string {
  const place = file === undefined ? '' : `${nameOf(file)}(${line},${column}): `;
  return `${place}${severity} TS${code}: ${message}`;
}

/** Is `true` for an error; tsc prints warnings too, but does not fail by them. */
export function isError({ severity }: TypescriptDiagnostic): boolean {
  return severity === 'error';
}

function coloured(line: string): string {
  return line.replace(/^(.*?)(error|warning)( TS\d+)/, (_, place, severity, code) => {
    const paint = severity === 'error' ? colors.red : colors.yellow;
    return `${colors.cyan(place)}${paint(severity)}${colors.dim(code)}`;
  });
}

function sumOf(diagnostics: readonly TypescriptDiagnostic[]): string {
  const errors = diagnostics.filter(isError);
  if (errors.length === 0) return 'no error';
  const files = new Set(errors.flatMap(({ file }) => file ?? [])).size;
  return `${errors.length} ${errors.length === 1 ? 'error' : 'errors'} in ${files} ${files === 1 ? 'file' : 'files'}`;
}

function nameOf(path: string): string {
  return relative('', path).replaceAll(sep, '/');
}
