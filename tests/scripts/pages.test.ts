import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { unpack } from '../../scripts/pages/linked-place.ts';
import { runPage } from '../../scripts/pages/run-page.ts';
import { root } from '../support/sources.ts';

/** The pages with blocks that need more than the package, and so have tests of their own. */
const OWN_TESTS: Readonly<Record<string, string>> = {
  'docs/check.md': 'tests/bin/check.test.ts, with TypeScript 7',
  'docs/fleet.md': 'tests/fleet/page.test.ts, with a broker',
  'docs/prove.md': 'tests/bin/prove/, with solvers',
  'docs/rocq.md': 'tests/bin/rocq.test.ts, with an engine',
  'docs/tokens.md': 'tests/tokens/page.test.ts, under make',
};

const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md') && OWN_TESTS[name] === undefined,
);

const unpacked = unpack();
test('a page that says something false is found', async (t) => {
  const page = [
    '```js\n// good.js\nconsole.log(1, `2 ms`);\n```',
    '```js\nnameless();\n```',
    '```js\n// forgotten.js\n```',
    '```sh\nnode good.js # a comment\n```\n\n```text\n1 77 ms\n```',
    '```sh\nnode good.js\n```\n\n```text\n3 77 ms\n```',
    '```sh\nnode -e "process.exit(3)"\n```',
  ].join('\n\n');
  const flaws = await runPage(page, unpacked.place('false', page));
  t.deepEqual(
    flaws.map(({ words }) => words.split('\n')[0]),
    [
      'this block has no name, so it is never run',
      'it prints',
      'node -e process.exit(3) ended with 3: ',
      'no command runs forgotten.js',
    ],
  );
  await t.throwsAsync(runPage('```sh\nrm -rf tree\n```', unpacked.place('unknown', '')), { message: /no test runs/ });
});

test.after.always(() => unpacked.remove());

for (const page of pages) {
  test(`${page}: every block runs as it stands, from the published files`, async (t) => {
    t.timeout(180_000);
    const text = readFileSync(join(root, page), 'utf8');
    t.deepEqual(await runPage(text, unpacked.place(page.replaceAll(/\W/g, '-'), text)), []);
  });
}
