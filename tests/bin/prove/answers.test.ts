import test from 'ava';
import { findProgram } from '../../../kinds/smt/engine/native-process.ts';
import { folderOf, statepool } from '../../support/cli.ts';

const hasSolvers = findProgram('z3') !== undefined && findProgram('cvc5') !== undefined;
const withSolvers = hasSolvers ? test : test.skip;

const goalsIn = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'goal');

for (const engine of ['z3-wasm', ...(hasSolvers ? ['z3', 'cvc5'] : [])]) {
  test(`the questions of a file after a check are answered by ${engine}, also from memory`, async (t) => {
    const text = `(set-option :produce-unsat-cores true)
(set-logic QF_LIA)
(declare-const x Int)
(assert (! (> x 3) :named low))
(push 1)
(assert (! (< x 2) :named high))
(assert (! (< x 900) :named idle))
(check-sat)
(get-unsat-core)
(pop 1)
(assert (< x 5))
(set-info :status sat)
(check-sat)
(get-value (x (+ x 1)))
(declare-const y Int)
(get-value (y))
`;
    const cwd = folderOf(t, { 'q.smt2': text });
    for (const cached of [undefined, true]) {
      const { code, stdout, stderr } = await statepool(
        ['prove', '--json', '--size', '1', '--engine', engine, 'q.smt2'],
        { cwd },
      );
      t.is(code, 0, stderr);
      t.regex(stderr, /^q\.smt2:16:1: note: get-value does not stand right after a check and has no effect$/m);
      const [first, second] = goalsIn(stdout);
      t.is(first.cached, cached);
      t.deepEqual([...first.core].sort(), ['high', 'low']);
      t.is(second.answers[0].ask, '(get-value (x (+ x 1)))');
      t.regex(second.answers[0].answer.replaceAll(/\s+/g, ' '), /^\(\(x 4\) \(\(\+ x 1\) 5\)\)$/);
    }
    const { stdout } = await statepool(['prove', '--size', '1', '--engine', engine, 'q.smt2'], { cwd });
    t.regex(stdout, /^proved +q\.smt2:8.*\n +\(get-unsat-core\) \(/m);
  });
}

withSolvers('the cores of fifty goals are unsat by themselves, as another engine says', async (t) => {
  // Each goal is a chain with a contradiction among assertions that do not matter.
  const chain = (i: number, keep: (name: string) => boolean) => {
    let text = '(push 1)\n';
    for (let n = 0; n < 12; n++) text += `(declare-const v${n} Int)\n`;
    const say = (name: string, formula: string) => {
      if (keep(name)) text += `(assert (! ${formula} :named ${name}))\n`;
    };
    const [from, to] = [i % 5, 6 + (i % 6)];
    for (let n = 0; n < 11; n++) say(`step${n}`, `(< v${n} v${n + 1})`);
    say('back', `(< v${to} v${from})`);
    for (let n = 0; n < 6; n++) say(`idle${n}`, `(> (+ v${n} ${i}) (- ${n} 1000))`);
    return text;
  };
  const head = '(set-option :produce-unsat-cores true)\n(set-logic QF_LIA)\n';
  const goals = Array.from({ length: 50 }, (_, i) => `${chain(i, () => true)}(check-sat)\n(get-unsat-core)\n(pop 1)\n`);
  const cwd = folderOf(t, { 'all.smt2': head + goals.join('') });
  const flags = ['prove', '--json', '--no-cache', '--size', '1'];
  const found = goalsIn((await statepool([...flags, '--engine', 'z3', 'all.smt2'], { cwd })).stdout);
  t.is(found.length, 50);
  const cores = found.map(({ core }, i) => `${chain(i, (name) => core.includes(name))}(check-sat)\n(pop 1)\n`);
  for (const { core } of found) t.true(core.length > 1 && core.length < 18);
  const alone = folderOf(t, { 'cores.smt2': `(set-logic QF_LIA)\n${cores.join('')}` });
  const checked = goalsIn((await statepool([...flags, '--engine', 'cvc5', 'cores.smt2'], { cwd: alone })).stdout);
  t.deepEqual(
    checked.map(({ verdict }) => verdict),
    Array(50).fill('unsat'),
  );
});
