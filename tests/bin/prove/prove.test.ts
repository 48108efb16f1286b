import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';
import { ended, folderOf, statepool } from '../../support/cli.ts';

const good = `(declare-const x (_ BitVec 8))
(push 1)
(set-info :goal "and is not more than either")
(assert (bvugt (bvand x #x0f) x))
(check-sat)
(pop 1)
(push 1)
(set-info :status sat)
(assert (= (bvadd x #x01) #x00))
(check-sat)
(pop 1)
`;

test('prove proves, shows a counterexample, prints a summary, and exits with 0 if all goals are as expected', async (t) => {
  const cwd = folderOf(t, { 'good.smt2': good });
  const { code, stdout, stderr } = await statepool(['prove', 'good.smt2', '--size', '2', '--all'], { cwd });
  t.is(code, 0, stderr);
  t.regex(stdout, /^proved +good\.smt2:5 and is not more than either/m);
  t.regex(stdout, /^disproved good\.smt2:10 .*\n +x = #xff$/m);
  t.regex(stdout, /^2 goals in 1 file: 1 proved, 1 disproved, 0 unknown, 0 errors$/m);
  t.is(stderr, '', 'a progress bar is for terminals only');
});

test('a goal with an unexpected outcome gives exit code 1', async (t) => {
  const cwd = folderOf(t, { 'bad.smt2': '(declare-const p Bool)(assert p)(check-sat)' });
  const { code, stdout } = await statepool(['prove', 'bad.smt2'], { cwd });
  t.is(code, 1);
  t.regex(stdout, /expected proved/);
});

test('prove --json gives a line for each goal, in order, and a summary', async (t) => {
  const cwd = folderOf(t, { 'good.smt2': good });
  const { stdout } = await statepool(['prove', '--json', 'good.smt2'], { cwd });
  const [first, second, summary] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.like(first, { type: 'goal', file: 'good.smt2', index: 0, line: 5, verdict: 'unsat', isAsExpected: true });
  t.like(second, { verdict: 'sat', expected: 'sat', counterexample: { x: '#xff' } });
  t.like(summary, { type: 'summary', goals: 2, proved: 1, disproved: 1, unknown: 0, errors: 0, unexpected: 0 });
  t.is(summary.rlimit, first.rlimit + second.rlimit);
});

test('a file with a syntax error is named with line and column, the other files are proved, and the exit code is 2', async (t) => {
  const cwd = folderOf(t, { 'good.smt2': good, 'bad.smt2': '(declare-const x Int)\n  (assert (> x 1)\n' });
  const { code, stdout, stderr } = await statepool(['prove', 'bad.smt2', 'good.smt2', 'gone.smt2'], { cwd });
  t.is(code, 2);
  t.regex(stderr, /^statepool: bad\.smt2:2:3: .*\nstatepool: gone\.smt2: no such file or folder\n$/);
  t.regex(stdout, /2 goals in 1 file: 1 proved, 1 disproved/);
});

test('a command that the solver rejects makes every goal that depends on it an error, never a verdict', async (t) => {
  const text = `(declare-const a Int)\n(push 1)(assert (> a 1))(assert (< a 1))(check-sat)(pop 1)\n(assert (> a zz))\n(check-sat)\n(push 1)(assert false)(check-sat)(pop 1)\n`;
  const cwd = folderOf(t, { 'r.smt2': text });
  const { code, stdout, stderr } = await statepool(['prove', '--json', 'r.smt2'], { cwd });
  const goals = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'goal');
  t.is(code, 2);
  t.deepEqual(
    goals.map(({ verdict }) => verdict),
    ['unsat', 'error', 'error'],
  );
  t.like(goals[1].error, { code: 'SMT_REJECTED', line: 3 });
  t.regex(stderr, /^statepool: r\.smt2:3:\d+: .*zz.*\n$/);
});

test('an interrupt ends the command and its workers', async (t) => {
  const hard = `(declare-const a (_ BitVec 64))(declare-const b (_ BitVec 64))
    (assert (= (bvmul a b) #xdeadbeefcafebabf))(assert (bvugt a #x0000000000010001))(assert (bvugt b #x0000000000010001))
    (assert (bvult a #x00000000ffffffff))(assert (bvult b #x00000000ffffffff))(check-sat)`;
  const cwd = folderOf(t, { 'hard.smt2': hard, 'easy.smt2': good });
  const bin = new URL('../../../dist/bin/statepool.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [bin, 'prove', 'hard.smt2', 'nowhere.smt2'], { cwd });
  const end = ended(child);
  // Its message about the other file shows that it will listen to signals soon. The interrupt may come before or after.
  await once(child.stderr, 'data');
  child.kill('SIGINT');
  const { code } = await end;
  t.true(code === 130 || code === null, `ended with ${code}`);
});
