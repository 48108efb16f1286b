import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { folderOf, statepool } from '../support/cli.ts';

const bin = new URL('../../dist/bin/statepool.js', import.meta.url).pathname;

/** A kind that writes its requests to a file and to the output. A request that must wait does so until its process is ended. */
const kind = `import { appendFileSync, existsSync } from 'node:fs';
export default {
  name: 'noting', url: import.meta.url,
  requestOfTask: (_status, task) => task,
  perform(request) {
    appendFileSync('begun', request + '\\n');
    console.log('begun', request);
    if (request === 'fail') throw Object.assign(new RangeError('no'), { code: 'E_NO' });
    if (request === 'wait' && !existsSync('open')) return new Promise(() => {});
    return { got: request };
  },
};`;
const tasks = '"one"\n"fail"\n"two"\n"wait"\n"three"\n';
const files = { 'noting.mjs': kind, 'tasks.jsonl': tasks };
const args = ['run', 'noting.mjs', '--tasks', 'tasks.jsonl', '--size', '1', '--journal', 'work'];

for (const signal of ['SIGKILL', 'SIGINT'] as const) {
  test(`run --resume continues after ${signal}: it prints every outcome, and runs only the tasks without one`, async (t) => {
    const cwd = folderOf(t, files);
    const first = spawn(process.execPath, [bin, ...args], { cwd });
    let output = '';
    let notes = '';
    // Its fourth task may begin before its third outcome is printed, or after.
    const killOnce = () => {
      if (output.split('\n').length > 3 && notes.includes('begun wait')) first.kill(signal);
    };
    first.stdout.on('data', (data) => {
      output += data;
      killOnce();
    });
    first.stderr.on('data', (data) => {
      notes += data;
      killOnce();
    });
    await once(first, 'close');
    const refused = await statepool(args, { cwd });
    t.is(refused.code, 2);
    t.regex(refused.stderr, /^statepool: --journal work: the file exists: .*--resume.*\n$/);
    const before = readFileSync(join(cwd, 'begun'), 'utf8').trim().split('\n');
    t.deepEqual(before, ['one', 'fail', 'two', 'wait']);
    // From now on no request waits.
    writeFileSync(join(cwd, 'open'), '');
    const { code, stdout } = await statepool([...args, '--resume'], { cwd });
    t.is(code, 1);
    const outcomes = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    t.deepEqual(
      outcomes.map(({ result }) => result?.got),
      ['one', undefined, 'two', 'wait', 'three'],
    );
    t.like(outcomes[1].error, { name: 'PerformError', code: 'PERFORM', cause: { name: 'RangeError', code: 'E_NO' } });
    t.deepEqual(readFileSync(join(cwd, 'begun'), 'utf8').trim().split('\n').slice(4), ['wait', 'three']);
    const again = await statepool([...args, '--resume'], { cwd });
    t.is(again.stdout, stdout);
  });
}

test('prove --resume proves only the undecided goals', async (t) => {
  const goal = (text: string) => `(declare-const x Int)\n${text}\n(check-sat)\n`;
  const cwd = folderOf(t, {
    'a.smt2': goal('(assert (> x x))'),
    'b.smt2': goal('(assert (> x 3))'),
    'c.smt2': goal('(assert (= x x 1 2))'),
  });
  const prove = (...names: string[]) =>
    statepool(['prove', ...names, '--json', '--size', '1', '--host', 'thread', '--journal', 'proofs', '--resume'], {
      cwd,
    });
  const reportsOf = (stdout: string) =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'goal');
  const first = reportsOf((await prove('a.smt2', 'b.smt2')).stdout);
  t.deepEqual(
    first.map(({ verdict }) => verdict),
    ['unsat', 'sat'],
  );
  const all = reportsOf((await prove('a.smt2', 'b.smt2', 'c.smt2')).stdout);
  // The reports are those of the first run, to the millisecond.
  t.deepEqual(all.slice(0, 2), first);
  t.is(all[2].verdict, 'unsat');
});

test('wrong uses of the journal are reported in one line', async (t) => {
  const cwd = folderOf(t, { ...files, notes: 'my notes\n' });
  for (const [more, message] of [
    [['--resume'], /--resume needs a journal: add --journal/],
    [['--journal', 'notes', '--resume'], /not a journal of statepool/],
    [['--journal', 'none/work'], /its folder does not exist/],
    [['--journal', '.', '--resume'], /is a folder/],
  ] as const) {
    const { code, stdout, stderr } = await statepool(['run', 'noting.mjs', '--tasks', 'tasks.jsonl', ...more], { cwd });
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, message);
    t.is(stderr.trim().split('\n').length, 1);
  }
  t.is(readFileSync(join(cwd, 'notes'), 'utf8'), 'my notes\n');
  t.false(existsSync(join(cwd, 'begun')));
});
