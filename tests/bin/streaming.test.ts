import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import test from 'ava';
import { bin, folderOf, inShell, statepool } from '../support/cli.ts';

const MARK = '\ufeff';

const echo = `export default {
  name: 'echo', url: import.meta.url,
  requestOfTask: (_status, task) => task,
  perform: (request) => request,
};`;

for (const host of ['process', 'thread', 'inline']) {
  test(`run answers a line before the next one comes, on host ${host}`, async (t) => {
    const cwd = folderOf(t, { 'echo.mjs': echo });
    const child = spawn(process.execPath, [bin, 'run', 'echo.mjs', '--size', '2', '--host', host], { cwd });
    t.teardown(() => child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    for (let i = 1; i <= 40; i++) {
      child.stdin.write(`${i}\n`);
      t.is((await lines.next()).value, `{"result":${i}}`);
    }
    // A line may come in pieces, and the last one has no line end.
    child.stdin.write('"a');
    child.stdin.write('b"\n"c');
    t.is((await lines.next()).value, '{"result":"ab"}');
    child.stdin.end('"');
    t.is((await lines.next()).value, '{"result":"c"}');
    const [code] = await once(child, 'exit');
    t.is(code, 0);
  });
}

test('more refused tasks than are read in advance are reported, not waited for', async (t) => {
  const picky = echo.replace('requestOfTask', 'taskMatch: (_status, task) => task > 30,\n  requestOfTask');
  const cwd = folderOf(t, { 'picky.mjs': picky });
  const input = Array.from({ length: 33 }, (_, i) => `${i + 1}\n`).join('');
  const { code, stdout } = await statepool(['run', 'picky.mjs', '--size', '1', '--host', 'thread'], { cwd, input });
  t.is(code, 1);
  const kinds = stdout
    .trim()
    .split('\n')
    .map((line) => Object.keys(JSON.parse(line))[0]);
  t.deepEqual(kinds, [...Array(30).fill('error'), ...Array(3).fill('result')]);
});

test('a byte order mark before tasks is ignored, also inside concatenated files', async (t) => {
  const tasks = `${MARK}{"a":1}\r\n${MARK}2\r\n${MARK}\r\n"${MARK}"\r\n`;
  const cwd = folderOf(t, { 'echo.mjs': echo, 'tasks.jsonl': tasks });
  const results = `{"result":{"a":1}}\n{"result":2}\n{"result":"${MARK}"}\n`;
  const file = await statepool(['run', 'echo.mjs', '--host', 'thread', '--tasks', 'tasks.jsonl'], { cwd });
  t.deepEqual(file, { code: 0, stdout: results, stderr: '' });
  const piped = await statepool(['run', 'echo.mjs', '--host', 'thread'], { cwd, input: tasks });
  t.deepEqual(piped, { code: 0, stdout: results, stderr: '' });
});

test('a byte order mark before an .smt2 file is ignored, and moves no place', async (t) => {
  const cwd = folderOf(t, {
    'good.smt2': `${MARK}(assert false)(check-sat)`,
    'bad.smt2': `${MARK}(assert`,
  });
  const good = await statepool(['prove', 'good.smt2', '--json', '--host', 'thread', '--size', '1'], { cwd });
  t.is(good.code, 0, good.stderr);
  t.like(JSON.parse(good.stdout.split('\n')[0] as string), { verdict: 'unsat', line: 1 });
  const bad = await statepool(['prove', 'bad.smt2'], { cwd });
  t.is(bad.code, 2);
  t.regex(bad.stderr, /^statepool: bad\.smt2:1:1: [^\n]*\n$/);
});

test('a folder as standard input is refused in one line', async (t) => {
  const { code, stdout, stderr } = await inShell('run echo.mjs < .', folderOf(t, { 'echo.mjs': echo }));
  t.is(code, 2);
  t.is(stdout, '');
  t.regex(stderr, /^statepool: standard input is a folder: .*--tasks\n$/);
});
