import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Outcome, runNode } from './run.ts';

/** The longest time of one file, in ms: most take 2 s, on a busy machine much more. */
const LIMIT = 90_000;

/** Runs the files of tests in `test`, with the test runner of Node. A file that hangs fails as a whole. */
export async function runNodeTests(folder: string, only = ''): Promise<Outcome> {
  const outcome: Outcome = { passed: [], failed: [] };
  for (const file of readdirSync(join(folder, 'test'))) {
    if (!file.endsWith('.test.ts') || !file.includes(only)) continue;
    const args = ['--import=tsx', '--test-reporter=tap', join('test', file)];
    const { text, isLate } = await runNode(folder, args, LIMIT);
    const named = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => `${file}: ${name?.trim()}`);
    outcome.passed.push(...named(/^ok \d+ - (.*?)(?: # SKIP.*)?$/gm));
    outcome.failed.push(...named(/^not ok \d+ - (.*)$/gm), ...(isLate ? [`${file}: hangs`] : []));
  }
  return outcome;
}
