import test from 'ava';
import fc from 'fast-check';
import { folderOf, statepool } from '../support/cli.ts';

/** The number of random lines. Each start costs a tenth of a second, so chance is for lines that no list contains. */
const LINES = 14;
const SEED = 20;

const command = fc.constantFrom('prove', 'run', 'chart', 'paths', 'scenario', '__proto__', '', '-');
const flag = fc.constantFrom(
  ...['--size', '--host', '--timeout', '--rlimit', '--engine', '--tasks', '--mode', '--shard', '--only', '--seed'],
  ...['--inspect', '--json', '--svg', '--__proto__', '--constructor', '--', '-x', '--size=', '--engine=__proto__'],
);
const value = fc.oneof(
  fc.constantFrom(
    '-1',
    '1e9',
    '0x10',
    'NaN',
    '4097',
    '1/0',
    '0/0',
    '__proto__',
    'constructor',
    '.',
    '/',
    'a\nb',
    '%00',
    '😀',
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.replaceAll('\0', '')),
);
const line = fc
  .tuple(command, fc.array(fc.oneof(flag, value), { minLength: 1, maxLength: 4 }))
  .map(([name, rest]) => [name, ...rest]);

/** A mistake is reported in one line that names the program, without a stack. */
function isOneLine(stderr: string): boolean {
  const lines = stderr.trim().split('\n');
  return lines.length === 1 && /^statepool: ./.test(stderr) && !/\n {4}at |node:internal/.test(stderr);
}

test('a random command line is a mistake reported in one line, or does what it says', async (t) => {
  t.timeout(60_000);
  const folder = folderOf(t, {});
  const lines = fc.sample(line, { numRuns: LINES, seed: SEED });
  const next = async (): Promise<void> => {
    for (let args = lines.pop(); args !== undefined; args = lines.pop()) {
      const { code, stderr } = await statepool(args, { cwd: folder });
      const message = `statepool ${JSON.stringify(args)} ended with ${code}: ${stderr}`;
      t.true(code === 0 || code === 1 || code === 2, message);
      if (code === 2) t.true(isOneLine(stderr), message);
      t.notRegex(stderr, /\n {4}at /, message);
    }
  };
  await Promise.all([next(), next()]);
});

const mistakes: readonly (readonly string[])[] = [
  ['run', '__proto__'],
  ['chart', 'constructor'],
  ['scenario', '__proto__'],
  ['scenario', 'toString'],
  ['paths', 'hasOwnProperty'],
  ['paths', 'worker', '--shard', '2/1'],
  ['prove', '--engine', '__proto__', '.'],
  ['prove', '--size', '9'.repeat(400), '.'],
  ['run', 'a\nb'],
  ['run', `${'x'.repeat(5000)}.mjs`],
  ['run', 'call', '--tasks', '%00'],
  ['prove', 'x'.repeat(5000)],
];

for (const args of mistakes) {
  test(`statepool ${args.join(' ').slice(0, 40).replace('\n', ' ')} is a mistake, reported in one line`, async (t) => {
    const { code, stdout, stderr } = await statepool(args, { cwd: folderOf(t, {}) });
    t.is(code, 2, stderr);
    t.is(stdout, '');
    // Each of several files gets a line.
    t.true(isOneLine(stderr.split('\nstatepool: there is nothing to prove')[0] as string), stderr);
  });
}

const kind = "name: 'hostile', url: import.meta.url, perform: (it) => it, requestOfTask: (_, it) => it";
const modules: Readonly<Record<string, readonly [source: string, problem: RegExp]>> = {
  'null.mjs': ['throw null;', /null\.mjs throws on import: null/],
  'bare.mjs': ['throw Object.create(null);', /bare\.mjs throws on import: \[object Object\]/],
  'lines.mjs': ["throw new Error('two\\nlines');", /throws on import: Error: two lines/],
  'never.mjs': ['await new Promise(() => {});', /the import of a module never ends/],
  'then.mjs': ['export function then() {}\nexport default {};', /the import of a module never ends/],
  'proxy.mjs': ["export default new Proxy({}, { get() { throw new Error('a trap'); } });", /is not a kind: .*a trap/],
  'revoked.mjs': [
    'const { proxy, revoke } = Proxy.revocable({}, {});\nrevoke();\nexport default proxy;',
    /is not a kind/,
  ],
  'getter.mjs': [`export default { ${kind}, get window() { throw new Error('no window'); } };`, /no window/],
  'cycle.mjs': [
    `const cycle = {};\ncycle.cycle = cycle;\nexport default { ${kind}, window: cycle };`,
    /has window <ref \*1> \{ cycle: \[Circular \*1\] \}/,
  ],
};

test('a hostile module is named in one line by run, chart and paths', async (t) => {
  t.timeout(60_000);
  const folder = folderOf(t, Object.fromEntries(Object.entries(modules).map(([name, [source]]) => [name, source])));
  const all = Object.entries(modules).flatMap(([name, [, problem]], i) => {
    // Each module gets one of the three commands, in turns: all load a kind in the same way.
    const verb = ['run', 'chart', 'paths'][i % 3] as string;
    return [{ args: [verb, `./${name}`], problem }];
  });
  const next = async (): Promise<void> => {
    for (let one = all.pop(); one !== undefined; one = all.pop()) {
      const { code, stdout, stderr } = await statepool(one.args, { cwd: folder, input: '1\n' });
      t.is(code, 2, stderr);
      t.is(stdout, '');
      t.regex(stderr, one.problem);
      t.true(isOneLine(stderr), stderr);
    }
  };
  await Promise.all([next(), next()]);
});

test('chart reports examples that are no finite abstraction, or that throw, in one line', async (t) => {
  const folder = folderOf(t, {
    'examples.mjs': `export default { ${kind}, get examples() { throw Object.create(null); } };`,
    'cycle.mjs': `const it = {};\nit.it = it;\nexport default { ${kind}, examples: { tasks: { a: () => it }, responses: { r: { to: '*', make: () => it } }, classOfTask: () => it, classOfCompetence: () => it } };`,
  });
  for (const name of ['examples.mjs', 'cycle.mjs']) {
    const { code, stdout, stderr } = await statepool(['chart', `./${name}`], { cwd: folder });
    t.is(code, 2, stderr);
    t.is(stdout, '');
    t.true(isOneLine(stderr), stderr);
    t.regex(stderr, /the kind hostile has no chart/);
  }
});
