import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { unpack } from '../../scripts/pages/linked-place.ts';
import { runPage } from '../../scripts/pages/run-page.ts';
import { root } from '../support/sources.ts';

/** The pages with blocks that need more than the package, and so have tests of their own. */
const OWN_TESTS: Readonly<Record<string, string>> = {
  'docs/fleet.md': 'tests/fleet/page.test.ts, with a broker',
  'docs/tokens.md': 'tests/tokens/page.test.ts, under make',
};

const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md') && OWN_TESTS[name] === undefined,
);

const unpacked = unpack();
test.after.always(() => unpacked.remove());

for (const page of pages) {
  test(`${page}: every block runs as it stands, from the published files`, async (t) => {
    t.timeout(180_000);
    const place = unpacked.place(page.replaceAll(/\W/g, '-'));
    t.deepEqual(await runPage(readFileSync(join(root, page), 'utf8'), place), []);
  });
}
