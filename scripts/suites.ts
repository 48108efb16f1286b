/**
 * Runs the tests of other pools on the layers of `compat/`. The tests of piscina are in its npm package; those of tinypool and
 * workerpool are only in their repositories, and are run if a folder with a clone is given. Each suite has a list of the tests
 * that fail, with the reasons, in scripts/suites/. A list may only shrink: a failure that is not in it is an error, and so is a
 * listed test that passes, unless its reason begins with `sometimes`. Many of these tests wait for a fixed time, such as 10 ms,
 * which is too short while a machine does other work: a file with a failure that is in no list is run a second time, and only
 * what fails in both runs is a failure.
 *
 *     npm run suites                                  the suite of piscina
 *     npm run suites -- --workerpool DIR --tinypool DIR   also these
 *     npm run suites -- --only pool-close             some files, without the check of the whole list
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runMocha } from './suites/mocha.ts';
import { runNodeTests } from './suites/node-tests.ts';
import { piscina, tinypool, workerpool } from './suites/prepare.ts';
import type { Outcome } from './suites/run.ts';
import { runVitest } from './suites/vitest.ts';

type Listed = Readonly<Record<string, string>>;

/** A suite: the folder that it is prepared in, and how its tests are run. */
interface Suite {
  readonly name: string;
  prepare(): string;
  run(folder: string, only: string | undefined): Promise<Outcome>;
}

const { values } = parseArgs({
  options: { only: { type: 'string' }, workerpool: { type: 'string' }, tinypool: { type: 'string' } },
});

const suites: Suite[] = [{ name: 'piscina', prepare: piscina, run: runNodeTests }];
const { workerpool: ofWorkerpool, tinypool: ofTinypool } = values;
if (ofWorkerpool !== undefined)
  suites.push({ name: 'workerpool', prepare: () => workerpool(ofWorkerpool), run: runMocha });
if (ofTinypool !== undefined) suites.push({ name: 'tinypool', prepare: () => tinypool(ofTinypool), run: runVitest });

let problems = 0;
for (const suite of suites) {
  const listed = JSON.parse(readFileSync(join(import.meta.dirname, `suites/${suite.name}.json`), 'utf8')) as Listed;
  const folder = suite.prepare();
  try {
    report(suite.name, await runTwice(suite, folder, listed), listed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
process.exitCode = problems > 0 ? 1 : 0;

/** Runs a suite, and once more the files with a failure that is not in the list: such a test fails if it fails in both runs. */
async function runTwice(suite: Suite, folder: string, listed: Listed): Promise<Outcome> {
  const { passed, failed } = await suite.run(folder, values.only);
  const isNew = (each: string) => !(each in listed);
  for (const file of new Set(failed.filter(isNew).map((each) => each.slice(0, each.indexOf(': '))))) {
    const again = await suite.run(folder, file);
    const cured = failed.filter((each) => isNew(each) && again.passed.includes(each));
    for (const each of cured) {
      console.log(`${suite.name}: only the second run passed ${each}`);
      failed.splice(failed.indexOf(each), 1);
      passed.push(each);
    }
  }
  return { passed, failed };
}

/** Prints the outcome of a suite, and counts what its list does not say. */
function report(name: string, { passed, failed }: Outcome, listed: Listed): void {
  console.log(`${name}: ${passed.length} passed, ${failed.length} failed`);
  for (const each of failed) console.log(`  ${each}${each in listed ? ` (known: ${listed[each]})` : ''}`);
  const news = failed.filter((each) => !(each in listed));
  const cured = Object.keys(listed).filter((each) => {
    const isSteady = !listed[each]?.startsWith('sometimes');
    return isSteady && (passed.includes(each) || (values.only === undefined && !failed.includes(each)));
  });
  for (const each of news) console.error(`failed and is not in the list: ${each}`);
  for (const each of cured) console.error(`is in the list and did not fail: ${each}`);
  problems += news.length + cured.length;
}
