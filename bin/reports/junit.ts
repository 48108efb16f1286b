import { hostname } from 'node:os';
import type { GoalReport } from '../prove/report.ts';
import { xmlText as text } from './xml-text.ts';

/** Sweden writes dates as ISO 8601 does. */
const timestamps = new Intl.DateTimeFormat('sv-SE', { timeZone: 'UTC', dateStyle: 'short', timeStyle: 'medium' });

/**
 * Returns the report of the form that JUnit's Ant task writes: a suite for each file, a case for each goal. `start` is the time of day, in ms. A goal with
 * another verdict than its file expects is a failure; one without a verdict is an error.
 */
export function junitOf(reports: readonly GoalReport[], start: number): string {
  const byFile = new Map<string, GoalReport[]>();
  for (const report of reports) byFile.set(report.file, [...(byFile.get(report.file) ?? []), report]);
  const suites = [...byFile].map(([file, own], id) => suiteOf(file, own, id, start));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`;
}

function suiteOf(file: string, reports: readonly GoalReport[], id: number, start: number): string {
  const errors = reports.filter(({ verdict }) => verdict === 'error').length;
  const failures = reports.filter(({ verdict, isAsExpected }) => verdict !== 'error' && !isAsExpected).length;
  const seconds = reports.reduce((sum, { ms = 0 }) => sum + ms, 0) / 1000;
  const counts = `tests="${reports.length}" failures="${failures}" errors="${errors}" time="${seconds.toFixed(3)}"`;
  const place = `id="${id}" package="statepool" hostname="${text(hostname())}"`;
  const when = timestamps.format(start).replace(' ', 'T');
  const head = `  <testsuite name="${text(file)}" ${place} timestamp="${when}" ${counts}>\n    <properties/>\n`;
  return `${head}${reports.map(caseOf).join('')}    <system-out/>\n    <system-err/>\n  </testsuite>\n`;
}

function caseOf(report: GoalReport): string {
  const { file, line, name, ms = 0 } = report;
  const title = `${name ?? 'goal'} (line ${line})`;
  return `    <testcase name="${text(title)}" classname="${text(file)}" time="${(ms / 1000).toFixed(3)}">${insideOf(report)}</testcase>\n`;
}

function insideOf(report: GoalReport): string {
  const { verdict, isAsExpected, error } = report;
  if (verdict === 'error') return `<error type="${text(error?.code ?? '')}" message="${text(error?.message ?? '')}"/>`;
  return isAsExpected ? '' : `<failure type="${verdict}" message="${text(wordsOf(report))}"/>`;
}

/** Returns what is wrong with a goal that has not the verdict that its file expects, in one line. */
export function wordsOf({ verdict, expected, reason, counterexample = {} }: GoalReport): string {
  const values = Object.entries(counterexample).map(([name, value]) => `${name} = ${value}`);
  const why = [reason ?? '', ...values].filter(Boolean).join(', ');
  return `the verdict is ${verdict}, expected ${expected}${why === '' ? '' : ` (${why})`}`;
}
