import type { RocqProof } from '../../kinds/rocq/proving/report.ts';
import { xmlText as text } from '../reports/xml-text.ts';
import { errorText } from './print.ts';
import type { FileReport } from './report.ts';

/** Returns the report of JUnit's form: a suite for each file, a case for each proof and for each error outside of proofs. */
export function junitOf(reports: readonly FileReport[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${reports.map(suiteOf).join('')}</testsuites>\n`;
}

function suiteOf(report: FileReport): string {
  const { file, proofs, errors, ms, verdict, reason } = report;
  const inProofs = new Set(proofs.map(({ segment }) => segment));
  const others = errors.filter(({ segment }) => !inProofs.has(segment));
  const skipped =
    verdict === 'skipped'
      ? [`    <testcase name="${text(file)}"><skipped message="${text(reason ?? '')}"/></testcase>\n`]
      : [];
  const cases = [
    ...proofs.map((proof) => caseOf(report, proof)),
    ...others.map((error) => `    <testcase name="${text(file)}">${failure(errorText(file, error))}</testcase>\n`),
    ...skipped,
  ];
  const counts = `tests="${cases.length}" failures="${errors.length}" time="${(ms / 1000).toFixed(3)}"`;
  return `  <testsuite name="${text(file)}" ${counts}>\n${cases.join('')}  </testsuite>\n`;
}

function caseOf({ file, errors }: FileReport, { segment, name, line, ms = 0, verdict }: RocqProof): string {
  const error = errors.find((each) => each.segment === segment);
  const inside = error ? failure(errorText(file, error)) : verdict === 'unchecked' ? '<skipped/>' : '';
  const time = (ms / 1000).toFixed(3);
  return `    <testcase name="${text(name)}" classname="${text(file)}" line="${line}" time="${time}">${inside}</testcase>\n`;
}

function failure(message: string): string {
  return `<failure message="${text(message.trim())}"/>`;
}
