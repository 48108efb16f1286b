import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { GoalReport } from '../prove/report.ts';
import { wordsOf } from './junit.ts';

const rules = [
  { id: 'disproved', shortDescription: { text: 'The goal has a counterexample.' } },
  { id: 'proved', shortDescription: { text: 'The goal is proved, although its file expects a counterexample.' } },
  { id: 'unknown', shortDescription: { text: 'The solver does not decide the goal.' } },
  { id: 'error', shortDescription: { text: 'The goal has no verdict: the solver refused a command, or failed.' } },
] as const;

const ruleOf = { sat: 'disproved', unsat: 'proved', unknown: 'unknown', error: 'error' } as const;

/** Returns the report of SARIF 2.1.0: a result for each goal without the verdict that its file expects. */
export function sarifOf(reports: readonly GoalReport[], version: string): string {
  const results = reports.filter(({ isAsExpected }) => !isAsExpected).map(resultOf);
  const driver = { name: 'statepool prove', version, rules };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultOf(report: GoalReport) {
  const { file, line, verdict, error } = report;
  const uri = isAbsolute(file) ? pathToFileURL(file).href : file.split('/').map(encodeURIComponent).join('/');
  const ruleId = ruleOf[verdict];
  return {
    ruleId,
    ruleIndex: rules.findIndex(({ id }) => id === ruleId),
    level: verdict === 'unknown' ? 'warning' : 'error',
    message: { text: error?.message ?? wordsOf(report) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri },
          region: { startLine: error?.line ?? line, startColumn: error?.column ?? 1 },
        },
      },
    ],
  };
}
