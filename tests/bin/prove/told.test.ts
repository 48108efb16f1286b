import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { findProgram } from '../../../kinds/smt/engine/native-process.ts';
import { bin, ended, folderOf, statepool } from '../../support/cli.ts';

const ENGINES = ['z3-wasm', ...['z3', 'cvc5'].filter((name) => findProgram(name) !== undefined)];
const never = '(declare-const x Int)\n(assert (> x x))\n(check-sat)\n';

for (const engine of ENGINES) {
  test(`an option that ${engine} refuses is told on stderr with its place, and with --json`, async (t) => {
    const cwd = folderOf(t, { 'o.smt2': `(set-logic QF_LIA)\n (set-option :smt.nosuch 4)\n${never}` });
    const { code, stdout, stderr } = await statepool(['prove', '--json', '--engine', engine, 'o.smt2'], { cwd });
    t.is(code, 0, stderr);
    t.regex(stderr, /^o\.smt2:2:2: note: .*nosuch/m);
    const [{ verdict, warnings }] = stdout.split('\n').map((line) => JSON.parse(line || 'null'));
    t.is(verdict, 'unsat');
    t.like(warnings, [{ line: 2, column: 2 }]);
  });

  test(`a misspelt command is named at its place by ${engine}`, async (t) => {
    const text = '(declare-const x Int)\n(assert (> x 0))\n  (asert\n (> 0 x))\n(check-sat)\n';
    const cwd = folderOf(t, { 'm.smt2': text });
    const { code, stderr } = await statepool(['prove', '--engine', engine, 'm.smt2'], { cwd });
    t.is(code, 2);
    t.regex(stderr, /^statepool: m\.smt2:3:\d+: .*asert/m);
  });
}

if (ENGINES.includes('cvc5')) {
  test('a logic that the solver refuses is the error of the goal, with the reason and the place', async (t) => {
    const cwd = folderOf(t, { 'l.smt2': `\n(set-logic BLARG)\n${never}` });
    const { code, stderr } = await statepool(['prove', '--engine', 'cvc5', 'l.smt2'], { cwd });
    t.is(code, 2);
    t.regex(stderr, /^statepool: l\.smt2:2:1: .*BLARG/m);
  });
}

if (ENGINES.includes('z3')) {
  test("the time limit of a native solver's own clock is the reason 'timeout'", async (t) => {
    const hard = `(declare-const a (_ BitVec 96))(declare-const b (_ BitVec 96))
      (assert (= (bvmul a b) (_ bv1208925819335353221265601 96)))
      (assert (bvult (_ bv1 96) a))(assert (bvult a b))(assert (bvult b (_ bv2199023255552 96)))(check-sat)`;
    const cwd = folderOf(t, { 'h.smt2': hard });
    const { stdout } = await statepool(['prove', '--json', '--engine', 'z3', '--timeout', '50', 'h.smt2'], { cwd });
    t.like(JSON.parse(stdout.split('\n')[0] as string), { verdict: 'unknown', reason: 'timeout' });
  });
}

test('every spelling of an option that Z3 accepts is set before the context', async (t) => {
  const text = (option: string) =>
    `(set-option ${option} false)\n(declare-fun f (Int) Int)\n(assert (forall ((x Int)) (! (> (f x) x) :pattern ((f x)))))\n(assert (< (f 3) 2))\n(check-sat)\n`;
  const names = [':auto_config', ':auto-config', ':AUTO-config'];
  const files = Object.fromEntries(names.map((name, i) => [`${i}.smt2`, text(name)]));
  const cwd = folderOf(t, files);
  // The option changes the cost of this proof.
  files['without.smt2'] = text(':auto_config').replace(/^.*\n/, '');
  const { stdout } = await statepool(['prove', '--json', '--clean', ...Object.keys(files)], { cwd });
  const goals = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const [without, ...others] = goals
    .slice(0, 4)
    .map(({ rlimit }) => rlimit)
    .reverse();
  t.is(new Set(others).size, 1);
  t.not(without, others[0]);
});

test('an invisible character outside of parentheses is shown by its code', async (t) => {
  const cwd = folderOf(t, { 'i.smt2': `\u200b${never}` });
  t.regex((await statepool(['prove', 'i.smt2'], { cwd })).stderr, /i\.smt2:1:1: 'U\+200B'/);
});

test('prove reads standard input and packed files', async (t) => {
  const cwd = folderOf(t, {});
  writeFileSync(join(cwd, 'p.smt2.gz'), gzipSync(never));
  const packed = await statepool(['prove', '--all', '.'], { cwd });
  t.regex(packed.stdout, /^proved +p\.smt2\.gz:3/m, packed.stderr);
  const child = spawn(process.execPath, [bin, 'prove', '--all', '-'], { cwd });
  child.stdin.end(never);
  t.regex((await ended(child)).stdout, /^proved +-:3/m);
});

test('a solver is named by a line, and one that is not there is an error', async (t) => {
  const cwd = folderOf(t, { 'n.smt2': never });
  const program = `mine=${process.execPath} solver.js`;
  writeFileSync(
    join(cwd, 'solver.js'),
    `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      if (line === '(check-sat)') console.log('unsat');
      if (line.startsWith('(echo ')) console.log(line.slice(6, -1));
    });`,
  );
  const { code, stdout, stderr } = await statepool(['prove', '--all', '--engine', program, 'n.smt2'], { cwd });
  t.is(code, 0, stderr);
  t.regex(stdout, /^proved +n\.smt2:3/m);
  const missing = await statepool(['prove', '--engine', 'none=no-such-solver', 'n.smt2'], { cwd });
  t.is(missing.code, 3);
  t.is(missing.stdout, '');
  t.regex(missing.stderr, /^statepool: engine 'no-such-solver' is not on PATH: install no-such-solver, [^\n]*\n$/);
  const wrong = await statepool(['prove', '--engine', 'z4', 'n.smt2'], { cwd });
  t.regex(wrong.stderr, /z4.*must be z3-wasm, z3, cvc5, or 'NAME=command args'/);
});

test('without the package of the default solver, prove names it in one line and ends with 3', async (t) => {
  const cwd = folderOf(t, { 'n.smt2': never });
  // A copy of the package in a folder that has its dependencies, but not the solver.
  cpSync(join(bin, '..', '..'), join(cwd, 'package', 'dist'), { recursive: true });
  cpSync(join(bin, '..', '..', '..', 'package.json'), join(cwd, 'package', 'package.json'));
  mkdirSync(join(cwd, 'package', 'node_modules', '@xstate'), { recursive: true });
  for (const name of ['commander', 'picocolors', 'ws', 'xstate', '@xstate/graph']) {
    const path = join(bin, '..', '..', '..', 'node_modules', name);
    symlinkSync(path, join(cwd, 'package', 'node_modules', name));
  }
  const command = join(cwd, 'package', 'dist', 'bin', 'statepool.js');
  const { code, stdout, stderr } = await ended(spawn(process.execPath, [command, 'prove', 'n.smt2'], { cwd }));
  t.is(code, 3);
  t.is(stdout, '');
  t.regex(stderr, /^statepool: [^\n]*`npm install z3-solver`[^\n]*\n$/);
});
