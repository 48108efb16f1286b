import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { bin, ended, killWithChild, statepool, untilSaid } from '../support/cli.ts';
import { rocqFolder, standIn, withRocq } from '../support/rocq.ts';

const right = 'Lemma a : x. ok. Qed.\n';
const wrong = 'Lemma b : x. ok. fail. Qed.\n';

test('the exit code is 0 for right files and 1 for wrong ones, and errors have the form of coqc', async (t) => {
  const cwd = rocqFolder(t, { 'right.v': right, 'wrong.v': right + wrong });
  const good = await statepool(['rocq', 'right.v', '--coq', standIn], { cwd });
  t.is(good.code, 0, good.stderr);
  t.regex(good.stdout, /^ok right\.v:1 a/);
  const bad = await statepool(['rocq', 'wrong.v', '--coq', standIn], { cwd });
  t.is(bad.code, 1);
  t.regex(
    bad.stdout,
    /^ok wrong\.v:1 a.*\nerror wrong\.v:2 b.*\nFile "\.\/wrong\.v", line 2, characters 17-21:\nError: It failed\.\n/,
  );
});

test('wrong input has exit code 2 and one line; a missing engine 3, with the line that installs it', async (t) => {
  const cwd = rocqFolder(t, { 'a.txt': '', _CoqProject: '-R' });
  for (const [args, message] of [
    [['nowhere.v'], /^statepool: nowhere\.v: no such file or folder\n$/],
    [['a.txt'], /^statepool: a\.txt: the name of a Rocq file ends with \.v\n$/],
    [['.'], /^statepool: _CoqProject: -R needs a value behind it\n$/],
    [[], /^statepool: no file is named: .*\n$/],
    [['a.txt', '-j', '0'], /^statepool: .*at least 1.*\n$/],
  ] as const) {
    const { code, stderr } = await statepool(['rocq', ...args, '--coq', standIn], { cwd });
    t.is(code, 2);
    t.regex(stderr, message);
  }
  const missing = await statepool(['rocq', 'a.v', '--coq', '/nowhere/coqidetop'], { cwd });
  t.is(missing.code, 3);
  t.regex(missing.stderr, /^statepool: '\/nowhere\/coqidetop' is no program.*apt-get install coq.*\n$/);
});

test('the reports in JSON and in the form of JUnit have every proof and error', async (t) => {
  const cwd = rocqFolder(t, { 'x.v': right + wrong });
  const { stdout } = await statepool(['rocq', 'x.v', '--coq', standIn, '--json', '--junit', 'junit.xml'], { cwd });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.deepEqual(
    lines.map(({ type }) => type),
    ['proof', 'proof', 'error', 'file', 'summary'],
  );
  t.like(lines[2], { file: 'x.v', name: 'b', line: 2, start: 17, end: 21, message: 'It failed.' });
  t.like(lines[4], { files: 1, proofs: 2, ok: 1, errors: 1 });
  t.regex(
    readFileSync(join(cwd, 'junit.xml'), 'utf8'),
    /<testsuite name="x\.v" tests="2" failures="1"[\s\S]*name="b"[\s\S]*<failure message="File &quot;/,
  );
});

test('with --first nothing behind the first error is checked', async (t) => {
  const cwd = rocqFolder(t, { 'x.v': wrong + wrong.replace('b', 'c') });
  const { stdout } = await statepool(['rocq', 'x.v', '--coq', standIn, '--first', '--quiet'], { cwd });
  t.deepEqual(stdout.match(/^File .*/gm), ['File "./x.v", line 1, characters 17-21:']);
});

test('a small file whose engine dies is checked by another one, and an interrupt ends the check', async (t) => {
  const cwd = rocqFolder(t, { 'x.v': 'Lemma a : x. once made. Qed.\n', 'y.v': 'Lemma a : x. once seen. hang. Qed.\n' });
  const { code, stdout } = await statepool(['rocq', 'x.v', '--coq', standIn], { cwd });
  t.deepEqual([code, existsSync(join(cwd, 'made'))], [0, true], stdout);
  const seen = watch(cwd);
  const child = spawn(process.execPath, [bin, 'rocq', 'y.v', '--coq', standIn], { cwd });
  while (!existsSync(join(cwd, 'seen'))) await once(seen, 'change');
  seen.close();
  child.kill('SIGINT');
  const end = await ended(child);
  t.deepEqual([end.code, end.stdout], [130, '']);
});

test('a small file starts one engine, with the flags of the command line', async (t) => {
  const start = `#!/bin/sh\necho "$*" >> started\nexec '${process.execPath}' '${standIn}' "$@"\n`;
  const cwd = rocqFolder(t, { 'x.v': right, coqidetop: start });
  chmodSync(join(cwd, 'coqidetop'), 0o755);
  const env = { ...process.env, PATH: `${cwd}:${process.env.PATH}` };
  const words = [bin, 'rocq', '--no-cache', '-R', '.', 'Own', 'x.v', '--quiet'];
  const { code, stderr } = await ended(spawn(process.execPath, words, { cwd, env }));
  t.is(code, 0, stderr);
  t.regex(readFileSync(join(cwd, 'started'), 'utf8'), /^.* -topfile x\.v -R \. Own\n$/);
});

test('--query asks in the state before a proof, and checks nothing', async (t) => {
  const cwd = rocqFolder(t, { 'x.v': right + wrong });
  const { code, stdout } = await statepool(['rocq', 'x.v', '--coq', standIn, '--query', 'Show', '--at', 'b'], { cwd });
  t.deepEqual([code, stdout], [0, 'goals at Admitted.\n']);
  const unknown = await statepool(['rocq', 'x.v', '--coq', standIn, '--query', 'Show', '--at', 'z'], { cwd });
  t.is(unknown.code, 2);
  t.regex(unknown.stderr, /--at z: x\.v has no proof of that name/);
});

test('--watch runs only the proofs that a change touches', async (t) => {
  const cwd = rocqFolder(t, { 'x.v': right + wrong + right.replace(' a ', ' c ') });
  const child = spawn(process.execPath, [bin, 'rocq', 'x.v', '--coq', standIn, '--watch', '--quiet'], { cwd });
  const end = ended(child);
  const until = untilSaid(child);
  t.regex(await until('watching x.v'), /x\.v: 3 of 3 proofs run, 1 errors/);
  writeFileSync(join(cwd, 'x.v'), right + wrong.replace('fail. ', '') + right.replace(' a ', ' c '));
  await until('x.v: 1 of 3 proofs run, no error');
  child.kill('SIGINT');
  t.is((await end).code, 130);
});

withRocq('files are checked in the order of their needs, and what others need is compiled', async (t) => {
  const cwd = rocqFolder(t, {
    'a.v': 'From Lib Require Import b.\nLemma a : c = 1. Proof. reflexivity. Qed.\n',
    'b.v': 'Definition c := 1.\n',
    _CoqProject: '-Q . Lib\na.v\nb.v\n',
  });
  const { code, stdout, stderr } = await statepool(['rocq', '.'], { cwd });
  t.is(code, 0, stdout + stderr);
  t.regex(stdout, /^certified b\.v\nok a\.v:2 a/);
  writeFileSync(join(cwd, 'b.v'), 'Definition c := true.\nfoo.\n');
  const broken = await statepool(['rocq', '-Q', '.', 'Lib', 'a.v', 'b.v'], { cwd });
  t.is(broken.code, 1);
  t.regex(broken.stdout, /skipped a\.v: it requires b\.v, which has errors/);
});

withRocq('--certify asks a plain coqc, which leaves no file behind', async (t) => {
  const cwd = rocqFolder(t, { 'x.v': 'Lemma a : True. Proof. exact I. Qed.\n' });
  const { code, stdout } = await statepool(['rocq', 'x.v', '--certify'], { cwd });
  t.is(code, 0);
  t.regex(stdout, /certified x\.v/);
  t.false(readFileSync(join(cwd, 'x.v'), 'utf8') === '');
});

withRocq('no engine is left when the program is killed', async (t) => {
  const cwd = rocqFolder(t, {
    'x.v':
      'Lemma a : True. Proof. idtac "here". repeat (pose 1; clear). exact I. Qed.\nLemma b : True. Proof. do 100000000 idtac. exact I. Qed.\n',
  });
  await killWithChild(['rocq', 'x.v', '-j', '1'], cwd);
  t.pass();
});
