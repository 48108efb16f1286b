import { isAbsolute } from 'node:path';
import { stdout } from 'node:process';
import picocolors from 'picocolors';
import type { RocqProblem, RocqProof } from '../../kinds/rocq/proving/report.ts';
import { print, printColoured, shownOn } from '../terminal/terminal.ts';
import { type FileReport, totalsOf } from './report.ts';

// Only a terminal gets colours, whatever the environment says of CI: programs may read the results.
const colors = picocolors.createColors(stdout.isTTY === true && process.env.NO_COLOR === undefined);

/** The facts in the summary besides the files. */
export interface RocqRun {
  readonly ms: number;
  readonly size: number;
}

/** The flags of the output. */
export interface PrintFlags {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Writes the outcome of a file to stdout, proof by proof, and each error as coqc writes it. */
export function printFile(report: FileReport, { json, quiet }: PrintFlags): void {
  if (json) return printJson(report);
  const broken = new Set(report.errors.map(({ segment }) => segment));
  if (!quiet) for (const proof of report.proofs) printProof(report.file, proof, broken);
  for (const error of report.errors) printColoured(`${shownOn(stdout, errorText(report.file, error))}\n`);
  if (report.verdict === 'skipped') print(`skipped ${report.file}: ${report.reason}\n`);
  if (report.certified) printColoured(`${colors.green('certified')} ${shownOn(stdout, report.file)}\n`);
}

/** Writes the sums of a run. */
export function printSummary(reports: readonly FileReport[], run: RocqRun, { json }: PrintFlags): void {
  const totals = totalsOf(reports);
  if (json) return print(`${JSON.stringify({ type: 'summary', ...totals, ms: Math.round(run.ms), size: run.size })}\n`);
  const parts = [
    `${totals.files} files`,
    `${totals.proofs} proofs`,
    colors.green(`${totals.ok} ok`),
    totals.errors > 0 ? colors.red(`${totals.errors} errors`) : '0 errors',
    ...(totals.unchecked > 0 ? [`${totals.unchecked} not checked`] : []),
    ...(totals.skipped > 0 ? [`${totals.skipped} skipped`] : []),
    totals.certified === totals.files ? 'certified' : totals.errors > 0 ? '' : 'checked, not certified',
    `${(run.ms / 1000).toFixed(1)} s`,
  ];
  printColoured(`${parts.filter(Boolean).join(', ')}\n`);
}

/** Returns an error in the form of coqc, which editors understand. */
export function errorText(file: string, { place, message }: RocqProblem): string {
  const path = isAbsolute(file) || file.startsWith('.') ? file : `./${file}`;
  const at = place && `File "${path}", line ${place.line}, characters ${place.start}-${place.end}:\n`;
  return `${at ?? `File "${path}":\n`}Error: ${message}\n`;
}

function printProof(file: string, proof: RocqProof, broken: ReadonlySet<number>): void {
  const time = proof.ms === undefined ? '' : ` ${Math.round(proof.ms)} ms`;
  const reason = proof.why === undefined ? '' : colors.dim(` (not delegated: ${proof.why})`);
  const known = proof.isKnown ? colors.dim(' (remembered)') : '';
  const verdict = broken.has(proof.segment) ? 'error' : proof.verdict;
  const color = { ok: colors.green, error: colors.red, unchecked: colors.yellow }[verdict];
  printColoured(
    `${color(verdict)}${time} ${shownOn(stdout, `${file}:${proof.line} ${proof.name}`)}${known}${reason}\n`,
  );
}

function printJson({ file, proofs, errors, ...rest }: FileReport): void {
  const lines: object[] = [
    ...proofs.map(({ segment: _, ...proof }) => ({ type: 'proof', file, ...proof })),
    ...errors.map(({ segment: _, place, ...error }) => ({ type: 'error', file, ...place, ...error })),
    { type: 'file', file, ...rest, ms: Math.round(rest.ms), proofs: proofs.length, errors: errors.length },
  ];
  for (const line of lines) print(`${JSON.stringify(line)}\n`);
}
