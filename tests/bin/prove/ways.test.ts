import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { findProgram } from '../../../kinds/smt/engine/native-process.ts';
import { folderOf, statepool } from '../../support/cli.ts';
import { countedSolver } from '../../support/counted-solver.ts';
import { isAlive } from '../../support/witness.ts';

const onPosix = existsSync('/bin/sh') ? test : test.skip;
const withZ3 = findProgram('z3') === undefined ? test.skip : test;
const goal = '(push 1)\n(declare-const x Int)\n(assert (> x x))\n(check-sat)\n(pop 1)\n';
const goalsIn = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'goal');

onPosix('the first decisive engine of a portfolio counts, and no solver is left', async (t) => {
  const cwd = folderOf(t, { 'g.smt2': goal.repeat(5) });
  const quick = countedSolver(join(cwd, 'bin'), 'quick');
  // It answers nothing until it is ended.
  const slow = countedSolver(join(cwd, 'bin'), 'slow', 'kill -STOP $$');
  const flags = ['prove', '--json', '--portfolio', `${slow.engine},${quick.engine}`];
  const { code, stdout, stderr } = await statepool([...flags, 'g.smt2'], { cwd });
  t.is(code, 0, stderr);
  t.deepEqual(
    goalsIn(stdout).map(({ verdict, engine }) => [verdict, engine]),
    Array(5).fill(['unsat', quick.engine]),
  );
  t.true(slow.pids().length > 0);
  for (const pid of [...slow.pids(), ...quick.pids()]) t.false(isAlive(pid));
});

onPosix('opposite answers of two engines are an error with both, and exit code 4', async (t) => {
  const cwd = folderOf(t, { 'g.smt2': goal });
  const right = countedSolver(join(cwd, 'bin'), 'right');
  // It answers when the other does, or a little later: a solver that is much later is not waited for.
  const wait = `until grep -q check ${join(cwd, 'bin', 'right.checks')}; do :; done`;
  const wrong = countedSolver(join(cwd, 'bin'), 'wrong', `${wait}; echo sat`);
  const flags = ['prove', '--json', '--portfolio', `${right.engine},${wrong.engine}`, 'g.smt2'];
  for (const attempt of ['first', 'from memory']) {
    const { code, stdout, stderr } = await statepool(flags, { cwd });
    t.is(code, 4, `${attempt}: ${stderr}`);
    t.regex(stderr, /^statepool: g\.smt2:4:1: the engines disagree: .* says (sat|unsat), but .* says (sat|unsat)\n$/);
    const [{ verdict, error }] = goalsIn(stdout);
    t.is(verdict, 'error');
    t.deepEqual(error.answers.map((each: { verdict: string }) => each.verdict).sort(), ['sat', 'unsat']);
  }
});

const bounded = `(declare-fun f (Int) Int)
(assert (forall ((x Int)) (= (f (+ x 1)) (+ (f x) 1))))
(assert (= (f 0) 0))
(assert (not (= (f 12) 12)))
(check-sat)
`;

withZ3('an unknown goal is tried again with larger limits, and its report names the factor', async (t) => {
  const cwd = folderOf(t, { 'b.smt2': bounded, 'g.smt2': goal });
  const flags = ['prove', '--json', '--no-cache', '--engine', 'z3', '--rlimit', '1000'];
  const alone = goalsIn((await statepool([...flags, 'b.smt2', 'g.smt2'], { cwd })).stdout);
  t.deepEqual(
    alone.map(({ verdict }) => verdict),
    ['unknown', 'unsat'],
  );
  const { code, stdout } = await statepool([...flags, '--escalate', '1x,2x,4000x', 'b.smt2', 'g.smt2'], { cwd });
  t.is(code, 0);
  const [hard, easy] = goalsIn(stdout);
  t.like(hard, { verdict: 'unsat', scale: 4000 });
  t.is(easy.scale, undefined);
});

withZ3('a limit on a goal is none on reading the next one', async (t) => {
  const cwd = folderOf(t, { 'g.smt2': goal.repeat(3).replaceAll('(> x x)', '(and (> x 4) (< x 4))') });
  for (const mode of [[], ['--clean']]) {
    const flags = ['prove', '--json', '--no-cache', '--engine', 'z3', '--size', '1', '--rlimit', '10', ...mode];
    const { stdout } = await statepool([...flags, 'g.smt2'], { cwd });
    t.deepEqual(
      goalsIn(stdout).map(({ verdict }) => verdict),
      ['unknown', 'unknown', 'unknown'],
    );
  }
});

onPosix('goals whose verdict changes from run to run are listed', async (t) => {
  const cwd = folderOf(t, { 'g.smt2': goal + goal.replaceAll('x', 'y') });
  const { engine } = countedSolver(join(cwd, 'bin'), 'fickle', '[ $(($$ % 2)) = 0 ] && echo unsat || echo unknown');
  const stable = countedSolver(join(cwd, 'bin'), 'stable');
  const calm = await statepool(['prove', '--flaky', '3', '--all', '--engine', stable.engine, 'g.smt2'], { cwd });
  t.is(calm.code, 0);
  t.regex(calm.stdout, /^stable +g\.smt2:4: 3 unsat$/m);
  // Each run of this solver is a process of its own: its number is even or odd.
  const { code, stdout } = await statepool(
    ['prove', '--flaky', '20', '--fresh', '--json', '--engine', engine, 'g.smt2'],
    { cwd },
  );
  t.is(code, 1, stdout);
  t.regex(stdout, /"isUnstable":true,"verdicts":\{[^}]*"unknown":\d+/);
});

for (const [flags, problem] of [
  [['--escalate', '1x,4x'], /--escalate multiplies limits: add --rlimit or --timeout/],
  [['--escalate', '4x,1x', '--rlimit', '5'], /growing factors/],
  [['--portfolio', 'z3'], /two engines, or several seeds/],
  [['--portfolio', 'z3,z4'], /z4.*must be z3-wasm, z3, cvc5/],
  [['--portfolio', 'z3,cvc5,after=soon'], /after must be a number of ms/],
  [['--flaky', '1'], /at least 2/],
] as const) {
  test(`prove ${flags.join(' ')} is refused in one line`, async (t) => {
    const { code, stdout, stderr } = await statepool(['prove', ...flags, 'g.smt2'], {
      cwd: folderOf(t, { 'g.smt2': goal }),
    });
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, problem);
    t.is(stderr.trim().split('\n').length, 1);
  });
}

/** Seven pigeons in six holes, in a frame. */
const PIGEONS = (() => {
  const [pigeons, holes] = [[...Array(7).keys()], [...Array(6).keys()]];
  const declared = pigeons.flatMap((p) => holes.map((h) => `(declare-const p${p}_${h} Bool)`));
  const placed = pigeons.map((p) => `(assert (or ${holes.map((h) => `p${p}_${h}`).join(' ')}))`);
  const apart = holes.flatMap((h) =>
    pigeons.flatMap((p) => pigeons.slice(0, p).map((q) => `(assert (not (and p${p}_${h} p${q}_${h})))`)),
  );
  return `(set-logic QF_UF)(push 1)${[...declared, ...placed, ...apart].join('')}(check-sat)\n`;
})();

withZ3('a goal in a frame takes Z3 as many units as by itself', async (t) => {
  const cwd = folderOf(t, { 'p.smt2': PIGEONS });
  const counted = spawnSync(findProgram('z3') as string, ['-st', 'p.smt2'], { cwd, encoding: 'utf8' }).stdout;
  const alone = Number(/:rlimit-count\s+(\d+)/.exec(counted)?.[1]);
  for (const flags of [['z3'], ['z3', '--clean']]) {
    const { stdout } = await statepool(['prove', '--json', '--no-cache', '--engine', ...flags, 'p.smt2'], { cwd });
    const { rlimit } = JSON.parse(stdout.split('\n')[0] as string);
    t.true(Math.abs(rlimit - alone) < 20, `${flags.join(' ')}: ${rlimit}, z3 itself: ${alone}`);
  }
});

withZ3('a file does not inherit the options of the file before, and another logic needs no other solver', async (t) => {
  const trivial = '(declare-const x Int)(assert (> x x))(check-sat)\n';
  // Without these two, Z3 does not instantiate the axiom.
  const blind = '(set-option :smt.ematching false)(set-option :smt.mbqi false)(set-option :auto_config false)\n';
  const cwd = folderOf(t, {
    '1.smt2': `${blind}${trivial}`,
    '2.smt2': bounded,
    '3.smt2': `(set-logic QF_LIA)${trivial}`,
    '4.smt2': `(set-logic QF_UFLIA)${trivial}`,
  });
  const flags = ['prove', '--json', '--no-cache', '--engine', 'z3', '--size', '1', '--rlimit', '3000000', '.'];
  for (const mode of [[], ['--clean']]) {
    const goals = goalsIn((await statepool([...flags, ...mode], { cwd })).stdout);
    t.deepEqual(
      goals.map(({ verdict }) => verdict),
      ['unsat', 'unsat', 'unsat', 'unsat'],
    );
    t.not(goals[0].pid, goals[1].pid);
    t.is(goals[1].pid, goals[2].pid);
    t.is(goals[2].pid, goals[3].pid);
  }
});

onPosix('a goal that is unknown after others is tried again by a new solver', async (t) => {
  const cwd = folderOf(t, { 'g.smt2': goal.repeat(30) });
  // It decides the first twelve goals that it gets.
  const answer = 'n=$((n + 1)); [ $n -le 12 ] && echo unsat || echo unknown';
  const tired = countedSolver(join(cwd, 'bin'), 'tired', answer);
  const flags = ['prove', '--json', '--no-cache', '--size', '1', '--engine', tired.engine, 'g.smt2'];
  const { code, stdout, stderr } = await statepool(flags, { cwd });
  t.is(code, 0, stderr);
  t.deepEqual(
    goalsIn(stdout).map(({ verdict }) => verdict),
    Array(30).fill('unsat'),
  );
  t.true(tired.pids().length > 1);
});
