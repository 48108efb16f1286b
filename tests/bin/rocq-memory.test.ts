import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { bin, statepool, untilSaid } from '../support/cli.ts';
import { rocqFolder, standIn, withRocq } from '../support/rocq.ts';

// Proofs of a small file are not delegated: comments make it a large one.
const lemma = (name: string, body = 'ok.'): string => `Lemma ${name} : x. ${body} (* ${'-'.repeat(12_000)} *) Qed.\n`;
const three = lemma('a') + lemma('b') + lemma('c');
const LINES = '.statepool/proofs/proofs-1.jsonl';

/** Checks files, and returns the numbers of the proofs that ran and of the errors. */
async function check(t: ExecutionContext, cwd: string, ...args: string[]): Promise<{ ran: number[]; errors: number }> {
  const flags = args.includes('--coq') ? args : [...args, '--coq', standIn];
  const { stdout, stderr } = await statepool(['rocq', '--json', ...flags], { cwd });
  t.is(stderr, '');
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const ran = lines.filter(({ type }) => type === 'file').map((line) => line.ran as number);
  return { ran, errors: lines.at(-1).errors };
}

test('a second program runs no proof again, and after an edit only what changed', async (t) => {
  const cwd = rocqFolder(t, { 'x.v': three });
  t.deepEqual(await check(t, cwd, 'x.v'), { ran: [3], errors: 0 });
  t.deepEqual(await check(t, cwd, 'x.v'), { ran: [0], errors: 0 });
  t.deepEqual(await check(t, cwd, 'x.v', '--no-cache'), { ran: [3], errors: 0 });
  writeFileSync(join(cwd, 'x.v'), lemma('a') + lemma('b', 'ok. ok.') + lemma('c'));
  t.deepEqual(await check(t, cwd, 'x.v'), { ran: [1], errors: 0 });
  writeFileSync(join(cwd, 'x.v'), `Check 1.\n${three}`);
  t.deepEqual(await check(t, cwd, 'x.v'), { ran: [3], errors: 0 });
});

withRocq('a second program delegates long proofs in a section, and leaves short ones', async (t) => {
  const long = ['a', 'b', 'c'].map(
    (name) => `Lemma ${name} : n = n.\nProof. do 1500 (do 5000 idtac). reflexivity. Qed.\n`,
  );
  const text = `Section S.\nVariable n : nat.\n${long.join('')}Lemma d : n = n.\nProof. reflexivity. Qed.\nEnd S.\n`;
  const cwd = rocqFolder(t, { 'x.v': text });
  const coq = ['x.v', '--coq', 'coqidetop.opt'];
  t.deepEqual(await check(t, cwd, ...coq), { ran: [0], errors: 0 });
  t.deepEqual(await check(t, cwd, ...coq), { ran: [0], errors: 0 });
  writeFileSync(join(cwd, 'x.v'), `${text}Check a 1.\n`);
  t.deepEqual(await check(t, cwd, ...coq), { ran: [3], errors: 0 });
  writeFileSync(join(cwd, 'x.v'), `${text}Check a 2.\n`);
  t.deepEqual(await check(t, cwd, ...coq), { ran: [0], errors: 0 });
});

test('an error is not remembered, and the proofs beside it are', async (t) => {
  const cwd = rocqFolder(t, { 'x.v': lemma('a') + lemma('b', 'fail.') + lemma('c') });
  t.deepEqual(await check(t, cwd, 'x.v'), { ran: [3], errors: 1 });
  t.deepEqual(await check(t, cwd, 'x.v'), { ran: [1], errors: 1 });
});

test('a line with a flipped bit is not believed', async (t) => {
  const cwd = rocqFolder(t, { 'x.v': three });
  await check(t, cwd, 'x.v');
  const bytes = readFileSync(join(cwd, LINES));
  const at = bytes.indexOf('rocq:proved:') + 'rocq:proved:'.length;
  bytes[at] = (bytes[at] as number) ^ 1;
  writeFileSync(join(cwd, LINES), bytes);
  t.deepEqual(await check(t, cwd, 'x.v'), { ran: [1], errors: 0 });
});

test('proofs of another version of the engine, or over other compiled files, are not believed', async (t) => {
  const cwd = rocqFolder(t, { 'x.v': three, 'lib.vo': '1' });
  const engine = join(cwd, 'engine.mjs');
  const args = ['x.v', '--coq', engine];
  copyFileSync(standIn, engine);
  chmodSync(engine, 0o755);
  t.deepEqual(await check(t, cwd, ...args), { ran: [3], errors: 0 });
  t.deepEqual(await check(t, cwd, ...args), { ran: [0], errors: 0 });
  writeFileSync(engine, readFileSync(engine, 'utf8').replace('version 1', 'version 2'));
  t.deepEqual(await check(t, cwd, ...args), { ran: [3], errors: 0 });
  writeFileSync(join(cwd, 'lib.vo'), '2');
  t.deepEqual(await check(t, cwd, ...args), { ran: [3], errors: 0 });
  t.deepEqual(await check(t, cwd, ...args, '-R', '.', 'Lib'), { ran: [3], errors: 0 });
  t.deepEqual(await check(t, cwd, ...args, '-R', '.', 'Lib'), { ran: [0], errors: 0 });
});

test('an engine that does not say its version has no remembered proofs, and a file that loads another one has none', async (t) => {
  const cwd = rocqFolder(t, { 'x.v': three, 'y.v': `Load z.\n${three}` });
  t.deepEqual(await check(t, cwd, 'y.v'), { ran: [3], errors: 0 });
  t.deepEqual(await check(t, cwd, 'y.v'), { ran: [3], errors: 0 });
  const engine = join(cwd, 'engine.mjs');
  writeFileSync(engine, readFileSync(standIn, 'utf8').replace('The stand-in, version 1', ''));
  chmodSync(engine, 0o755);
  t.deepEqual(await check(t, cwd, 'x.v', '--coq', engine), { ran: [3], errors: 0 });
  t.deepEqual(await check(t, cwd, 'x.v', '--coq', engine), { ran: [3], errors: 0 });
});

test('after a kill in the middle --resume runs no printed proof again', async (t) => {
  const cwd = rocqFolder(t, { 'a.v': three, 'b.v': lemma('d') + lemma('e') + lemma('f', 'hang.') });
  // coqdep cannot read these texts: each file is named alone.
  const args = [bin, 'rocq', '--coq', standIn, '--no-cache', '--journal', 'j', '-j', '1'];
  const first = spawn(process.execPath, [...args, 'a.v'], { cwd });
  const end = once(first, 'close');
  await untilSaid(first)('a.v:3 c');
  await end;
  const second = spawn(process.execPath, [...args, '--resume', 'b.v'], { cwd });
  // The journal is written before the engine gets the proof that does not end.
  while (readFileSync(join(cwd, 'j'), 'utf8').split('"d","rocq:proved:').length < 6) await new Promise(setImmediate);
  const killed = once(second, 'close');
  second.kill('SIGKILL');
  await killed;
  writeFileSync(join(cwd, 'b.v'), lemma('d') + lemma('e') + lemma('f'));
  const flags = ['--no-cache', '--journal', 'j', '--resume'];
  t.deepEqual(await check(t, cwd, 'a.v', ...flags), { ran: [0], errors: 0 });
  t.deepEqual(await check(t, cwd, 'b.v', ...flags), { ran: [1], errors: 0 });
  const { code, stderr } = await statepool(['rocq', 'a.v', '--coq', standIn, '--journal', 'j'], { cwd });
  t.is(code, 2);
  t.regex(stderr, /^statepool: --journal j: the file exists: add --resume .*\n$/);
});
