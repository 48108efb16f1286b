import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Outcome, runNode } from './run.ts';

/** The longest time of one file, in ms. */
const LIMIT = 60_000;

/** The part of vitest's report that is used here. */
interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Runs the files of tests in `test` with vitest. A file that hangs fails as a whole. */
export async function runVitest(folder: string, only = ''): Promise<Outcome> {
  const outcome: Outcome = { passed: [], failed: [] };
  const report = join(folder, 'report.json');
  for (const file of readdirSync(join(folder, 'test'))) {
    if (!file.endsWith('.test.ts') || !file.includes(only)) continue;
    const args = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=json', `--outputFile=${report}`, `test/${file}`];
    const { isLate } = await runNode(folder, args, LIMIT);
    const { testResults } = existsSync(report)
      ? (JSON.parse(readFileSync(report, 'utf8')) as Report)
      : { testResults: [] };
    const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
    if (isLate || tests.length === 0) outcome.failed.push(`${file}: ${isLate ? 'hangs' : 'has no tests'}`);
    for (const { fullName, status } of tests)
      outcome[status === 'failed' ? 'failed' : 'passed'].push(`${file}: ${fullName}`);
    rmSync(report, { force: true });
  }
  return outcome;
}
