import test from 'ava';
import { folderOf, statepool } from '../support/cli.ts';

const echo = `export default {
  name: 'echo', url: import.meta.url,
  requestOfTask: (_status, task) => task,
  perform(request) {
    if (request === 'throw') throw Object.assign(new RangeError('too far'), { code: 'E_FAR', limit: 3 });
    if (request === 'exit') process.exit(3);
    if (request === 'print') console.log('{"result":"not a result"}');
    return { got: request };
  },
};`;

test('run prints a line of result or error for each task, in order, and exits with 1 if some failed', async (t) => {
  const cwd = folderOf(t, { 'echo.mjs': echo, 'tasks.jsonl': '1\n"throw"\n\n"exit"\n{"a":[1]}\n' });
  const { code, stdout } = await statepool(['run', 'echo.mjs', '--tasks', 'tasks.jsonl', '--size', '2'], { cwd });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.is(code, 1);
  t.deepEqual(lines[0], { result: { got: 1 } });
  t.like(lines[1].error, {
    name: 'PerformError',
    code: 'PERFORM',
    cause: { name: 'RangeError', code: 'E_FAR', limit: 3 },
  });
  t.like(lines[2].error, { code: 'WORKER_DIED', exitCode: 3 });
  t.deepEqual(lines[3], { result: { got: { a: [1] } } });
});

test('run reads standard input, and the output of workers never mixes with the results', async (t) => {
  const cwd = folderOf(t, { 'echo.mjs': echo });
  const { code, stdout, stderr } = await statepool(['run', 'echo.mjs'], { cwd, input: '"print"\n2\n' });
  t.is(code, 0);
  t.deepEqual(stdout.trim().split('\n'), ['{"result":{"got":"print"}}', '{"result":{"got":2}}']);
  t.regex(stderr, /^\[echo:\d:1\] \{"result":"not a result"\}$/m);
});

test('a line that is not JSON is named, the others run, and the exit code is 2', async (t) => {
  const cwd = folderOf(t, { 'echo.mjs': echo, 'tasks.jsonl': '1\n{"a":\n3\n' });
  const { code, stdout, stderr } = await statepool(['run', 'echo.mjs', '--tasks', 'tasks.jsonl'], { cwd });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.is(code, 2);
  t.regex(stderr, /^statepool: tasks\.jsonl:2: not JSON: .*\n$/);
  t.deepEqual([lines[0], lines[2]], [{ result: { got: 1 } }, { result: { got: 3 } }]);
  t.like(lines[1].error, { code: 'BAD_LINE', line: 2 });
});

test('a task that no worker can take is reported, not waited for', async (t) => {
  const picky = echo.replace('requestOfTask', 'taskMatch: (_status, task) => task !== "never",\n  requestOfTask');
  const cwd = folderOf(t, { 'picky.mjs': picky });
  const { code, stdout, stderr } = await statepool(['run', 'picky.mjs'], { cwd, input: '1\n"never"\n2\n' });
  t.is(code, 1);
  t.regex(stderr, /cannot run.*never/);
  t.deepEqual(
    stdout
      .trim()
      .split('\n')
      .map((line) => Object.keys(JSON.parse(line))[0]),
    ['result', 'error', 'result'],
  );
});

test('a kind in TypeScript runs without a build, in a module and in a CommonJS package', async (t) => {
  const typed = `import type { Kind } from 'statepool';
    const kind: Kind<{ task: number; request: number; response: string }> = {
      name: 'typed', url: import.meta.url, requestOfTask: (_status, task) => task, perform: (n) => \`\${n}!\`,
    };
    export default kind;`;
  for (const type of ['module', 'commonjs']) {
    const cwd = folderOf(t, { 'kind.ts': typed, 'package.json': JSON.stringify({ type }) });
    for (const host of ['process', 'thread']) {
      const { code, stdout, stderr } = await statepool(['run', 'kind.ts', '--host', host], { cwd, input: '1\n' });
      t.is(code, 0, stderr);
      t.is(stdout, '{"result":"1!"}\n');
    }
  }
});

const broken: Record<string, [files: Record<string, string>, args: string[], stderr: RegExp]> = {
  'a module that does not exist': [{}, ['run', 'nowhere.mjs'], /there is no module .*nowhere\.mjs/],
  'a folder instead of a module': [{}, ['run', '.'], /is a folder: name the module in it/],
  'a module without a default export': [
    { 'k.mjs': 'export const kind = 1;' },
    ['run', 'k.mjs'],
    /k\.mjs has no default export \(it exports kind\)/,
  ],
  'a module that throws on import': [
    { 'k.mjs': 'throw new Error("no luck")' },
    ['run', 'k.mjs'],
    /k\.mjs throws on import: Error: no luck/,
  ],
  'a module with a syntax error': [
    { 'k.mjs': 'export default {' },
    ['run', 'k.mjs'],
    /k\.mjs throws on import: SyntaxError/,
  ],
  'a module that imports what is missing': [
    { 'k.mjs': 'import "./gone.mjs"' },
    ['run', 'k.mjs'],
    /k\.mjs throws on import: .*gone\.mjs/,
  ],
  'a kind that lacks perform': [
    { 'k.mjs': 'export default { name: "k", url: import.meta.url, requestOfTask: () => 1 }' },
    ['run', 'k.mjs'],
    /the kind k \(.*k\.mjs\) lacks "perform"/,
  ],
  'a default export that is no kind': [
    { 'k.mjs': 'export default 5' },
    ['run', 'k.mjs'],
    /k\.mjs is not a kind: .*got number/,
  ],
  'a file of tasks that does not exist': [
    { 'k.mjs': echo },
    ['run', 'k.mjs', '--tasks', 'gone.jsonl'],
    /--tasks gone\.jsonl: no such file/,
  ],
  'a flag that does not exist': [{}, ['run', 'k.mjs', '--sise', '3'], /unknown option '--sise'/],
  'a number of workers that is none': [
    {},
    ['run', 'k.mjs', '--size', 'many'],
    /'--size <n>' argument 'many' is invalid/,
  ],
  'a host that does not exist': [
    {},
    ['run', 'k.mjs', '--host', 'cloud'],
    /'--host <host>' argument 'cloud' is invalid/,
  ],
  'a command that does not exist': [{}, ['walk'], /unknown command 'walk'/],
};

for (const [what, [files, args, stderr]] of Object.entries(broken)) {
  test(`${what} gives one clear line and the exit code 2`, async (t) => {
    const end = await statepool(args, { cwd: folderOf(t, files) });
    t.is(end.code, 2);
    t.regex(end.stderr, stderr);
    t.regex(end.stderr, /^statepool: [^\n]*\n$/, 'more than one line');
    t.is(end.stdout, '');
  });
}
