import type { RocqProblem, RocqProof, RocqReport } from '../../kinds/rocq/proving/report.ts';
import { placeOf } from '../../kinds/rocq/text/places.ts';

/** The outcome of one file. */
export interface FileReport {
  readonly file: string;
  readonly verdict: 'ok' | 'error' | 'skipped';
  /** The reason that a file was not checked. */
  readonly reason?: string;
  /** Is `true` if a plain coqc accepts the file too; `false` if it does not; absent if it was not asked. */
  readonly certified?: boolean;
  readonly errors: readonly RocqProblem[];
  readonly proofs: readonly RocqProof[];
  /** The number of proofs that ran apart from the others. */
  readonly ran: number;
  readonly ms: number;
}

/** The sums of a run. */
export interface Totals {
  readonly files: number;
  readonly proofs: number;
  readonly ok: number;
  readonly errors: number;
  readonly unchecked: number;
  readonly skipped: number;
  readonly certified: number;
}

/** Returns the outcome of a checked file. */
export function fileReportOf(file: string, { errors, proofs, ran, ms }: RocqReport): FileReport {
  return { file, verdict: errors.length === 0 ? 'ok' : 'error', errors, proofs, ran, ms };
}

/** Returns the outcome of a file that coqc refuses although the check found no error: coqc has the last word. */
export function refuted(report: FileReport, text: string): FileReport {
  const at = text.lastIndexOf('File "');
  const match = /^File "[^"]*", line (\d+), characters (-?\d+)-(-?\d+):\s*([\s\S]*)/.exec(at < 0 ? '' : text.slice(at));
  const message = (match?.[4] ?? text).trim().replace(/^Error:\s*/, '');
  const place = match && { line: Number(match[1]), start: Number(match[2]), end: Number(match[3]) };
  const problem: RocqProblem = { segment: Number.MAX_SAFE_INTEGER, ...(place ? { place } : {}), message };
  return { ...report, verdict: 'error', certified: false, errors: [problem] };
}

/** Returns the outcome of a file that was not checked. */
export function skippedReport(file: string, reason: string): FileReport {
  return { file, verdict: 'skipped', reason, errors: [], proofs: [], ran: 0, ms: 0 };
}

/** Returns the error of a file that cannot be read as a report. */
export function unreadable(file: string, message: string): FileReport {
  const place = placeOf('', 0, 0);
  return { ...skippedReport(file, message), verdict: 'error', errors: [{ segment: 0, place, message }] };
}

/** Returns the sums of some files. */
export function totalsOf(reports: readonly FileReport[]): Totals {
  const proofs = reports.flatMap((report) => report.proofs);
  const count = (verdict: RocqProof['verdict']): number => proofs.filter((proof) => proof.verdict === verdict).length;
  return {
    files: reports.length,
    proofs: proofs.length,
    ok: count('ok'),
    errors: reports.reduce((sum, { errors }) => sum + errors.length, 0),
    unchecked: count('unchecked'),
    skipped: reports.filter(({ verdict }) => verdict === 'skipped').length,
    certified: reports.filter(({ certified }) => certified).length,
  };
}
