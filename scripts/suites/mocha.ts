import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Outcome, runNode } from './run.ts';

/** The longest time of one file, in ms. */
const LIMIT = 180_000;

/** The part of mocha's report that is used here. */
interface Report {
  readonly passes: readonly { readonly fullTitle: string }[];
  readonly failures: readonly { readonly fullTitle: string }[];
}

/** The files that test what programs use. */
const FILES = /^(Pool|Promise|Queues)\.test\.js$/;

/** Runs these files of tests with mocha. A file that hangs fails as a whole. */
export async function runMocha(folder: string, only = ''): Promise<Outcome> {
  const outcome: Outcome = { passed: [], failed: [] };
  for (const file of readdirSync(join(folder, 'test'))) {
    if (!FILES.test(file) || !file.includes(only)) continue;
    const args = ['node_modules/mocha/bin/mocha.js', '--reporter=json', '--timeout=10000', '--exit', `test/${file}`];
    const { text, isLate } = await runNode(folder, args, LIMIT);
    if (isLate) outcome.failed.push(`${file}: hangs`);
    // The tests print too.
    const [json] = /^\{\n {2}"stats"[\s\S]*^\}$/m.exec(text) ?? ['{"passes":[],"failures":[]}'];
    const { passes, failures } = JSON.parse(json) as Report;
    outcome.passed.push(...passes.map(({ fullTitle }) => `${file}: ${fullTitle}`));
    outcome.failed.push(...failures.map(({ fullTitle }) => `${file}: ${fullTitle}`));
  }
  return outcome;
}
