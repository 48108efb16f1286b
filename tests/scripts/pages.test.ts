import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { unpack } from '../../scripts/pages/linked-place.ts';
import { runPage } from '../../scripts/pages/run-page.ts';
import { startRedis } from '../support/engines/redis.ts';
import { testWith } from '../support/running.ts';
import { root } from '../support/sources.ts';

/** What pages need beside the package: programs on the PATH; without them the page is skipped, and the report shows it. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  'docs/fleet.md': ['redis-server'],
  'docs/rocq.md': ['coqc'],
  'docs/tokens.md': ['make'],
};

const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

/** The tests may run under a make or a work manager themselves. */
const WITHOUT_JOBS = {
  MAKEFLAGS: undefined,
  MFLAGS: undefined,
  MAKELEVEL: undefined,
  ROCQWORKMGR_SOCK: undefined,
  COQWORKMGR_SOCK: undefined,
};

const unpacked = unpack();
test('a page that says something false is found', async (t) => {
  const page = [
    '```js\n// good.js\nconsole.log(1, `2 ms`);\n```',
    '```js\nnameless();\n```',
    '```js\n// forgotten.js\n```',
    '```sh\nnode good.js # a comment\n```\n\n```text\n1 77 ms\n```',
    '```sh\nnode good.js\n```\n\n```text\n3 77 ms\n```',
    '```sh\nnode -e "process.exit(3)"\n```',
    '```sh\nnode good.js # exit code 1\n```',
    '```sh\nexport WORD=bye\nnode -e "console.log(process.env.WORD)"\n```\n\n```text\nhello\n```',
    '```sh\nnode -e "console.log(1); setInterval(Object, 9)" &\n```\n\n```text\n1\n```',
    '```sh\nnode -e "console.log(1); process.exit(4)" &\n```\n\n```text\n1\n2\n```',
  ].join('\n\n');
  const flaws = await runPage(page, unpacked.place('false', page));
  t.deepEqual(
    flaws.map(({ words }) => words.split('\n')[0]),
    [
      'this block has no name, so it is never run',
      'it prints',
      'node -e process.exit(3) ended with 3: ',
      'node good.js ended with 0: 1 2 ms',
      'it prints',
      'it prints',
      'node -e console.log(1); process.exit(4) & ended with 4: 1',
      'no command runs forgotten.js',
    ],
  );
  await t.throwsAsync(runPage('```sh\nrm -rf tree\n```', unpacked.place('unknown', '')), { message: /no test runs/ });
});

test.after.always(() => unpacked.remove());

/** Starts what a page needs to run, and returns the variables of its commands. */
async function startFor(t: ExecutionContext, page: string): Promise<NodeJS.ProcessEnv> {
  if (page !== 'docs/fleet.md') return {};
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  return { STATEPOOL_BROKER: redis.url };
}

for (const page of pages) {
  testWith(...(NEEDS[page] ?? []))(`${page}: every block runs as it stands, from the published files`, async (t) => {
    t.timeout(180_000);
    const text = readFileSync(join(root, page), 'utf8');
    const place = unpacked.place(page.replaceAll(/\W/g, '-'), text);
    const env = { ...WITHOUT_JOBS, ...(await startFor(t, page)) };
    t.deepEqual(await runPage(text, { ...place, env }), []);
  });
}
