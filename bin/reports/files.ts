import { writeFileSync } from 'node:fs';
import { dateNow, performanceNow } from '../../actors/tooling.ts';
import type { GoalReport } from '../prove/report.ts';
import { complain } from '../terminal/exit.ts';
import { junitOf } from './junit.ts';
import { sarifOf } from './sarif.ts';

/** The flags of the reports for other programs: their paths, and the version of this one. */
export interface ReportFlags {
  readonly junit?: string;
  readonly sarif?: string;
  readonly version: string;
}

/** Writes the reports for other programs. A file that cannot be written is an error on stderr. */
export function write(reports: readonly GoalReport[], { junit, sarif, version }: ReportFlags): void {
  const start = dateNow() - performanceNow();
  if (junit !== undefined) put(junit, junitOf(reports, start));
  if (sarif !== undefined) put(sarif, sarifOf(reports, version));
}

function put(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    complain(error);
  }
}
