import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { findProgram } from '../../../kinds/smt/engine/native-process.ts';
import { folderOf, statepool } from '../../support/cli.ts';

const withZ3 = findProgram('z3') === undefined ? test.skip : test;

/** Proves texts of one file one after the other, and returns the report of each. */
async function provedInTurn(t: ExecutionContext, texts: readonly string[], flags: readonly string[] = ['--hints']) {
  const cwd = folderOf(t, {});
  const reports = [];
  for (const text of texts) {
    writeFileSync(join(cwd, 'g.smt2'), text);
    const { stdout, stderr } = await statepool(['prove', '--json', '--engine', 'z3', ...flags, 'g.smt2'], { cwd });
    reports.push({ ...JSON.parse(stdout.split('\n')[0] as string), stderr });
  }
  return reports;
}

/** Six pigeons in five holes, beside products that have nothing to do with them. */
const besideProducts = (product: number): string => {
  const [pigeons, holes] = [[...Array(6).keys()], [...Array(5).keys()]];
  const declared = pigeons.flatMap((p) => holes.map((h) => `(declare-const p${p}_${h} Bool)`));
  const products = pigeons.map(
    (i) => `(declare-const a${i} (_ BitVec 20))(declare-const b${i} (_ BitVec 20))
(assert (= (bvmul a${i} b${i}) (_ bv${product + 2 * i} 20)))
(assert (and (bvugt a${i} #x00001) (bvugt b${i} (_ bv${i + 1} 20))))
(assert (and (bvult a${i} #x00400) (bvult b${i} #x00400)))`,
  );
  const placed = pigeons.map((p) => `(assert (or ${holes.map((h) => `p${p}_${h}`).join(' ')}))`);
  const apart = holes.flatMap((h) =>
    pigeons.flatMap((p) => pigeons.slice(0, p).map((q) => `(assert (not (and p${p}_${h} p${q}_${h})))`)),
  );
  const text = [...declared, ...products, ...placed, ...apart].join('\n');
  return `(set-logic ALL)\n${text}\n(check-sat)\n`;
};

withZ3('a changed goal costs a fifth if what was enough before is enough again', async (t) => {
  const edits = [besideProducts(1_000_003), besideProducts(1_000_005)];
  const [, without] = await provedInTurn(t, edits, ['--no-cache']);
  const [first, second] = await provedInTurn(t, edits);
  t.like(first, { verdict: 'unsat', hinted: undefined });
  t.like(second, { verdict: 'unsat', hinted: true });
  t.true(second.rlimit * 5 < without.rlimit, `${second.rlimit} and ${without.rlimit}`);
});

const small = (x: string, y: string): string => `(declare-const x Int)
(declare-const y Int)
(assert (> x 3))
(assert ${x})
(assert ${y})
(check-sat)
`;

withZ3('a hint that is not enough any more changes no verdict', async (t) => {
  const edits = [small('(< x 2)', '(> y 0)'), small('(< x 9)', '(> y 0)'), small('(< x 9)', '(> 1 y x)')];
  const [first, second, third] = await provedInTurn(t, edits);
  t.is(first.verdict, 'unsat');
  t.like(second, { verdict: 'sat', hinted: undefined });
  t.like(third, { verdict: 'unsat', hinted: undefined });
});

withZ3('an assertion that the solver refuses is an error, although the proof does not need it', async (t) => {
  const [first, second] = await provedInTurn(t, [small('(< x 2)', '(> y 0)'), small('(< x 2)', '(> nowhere 0)')]);
  t.is(first.verdict, 'unsat');
  t.like(second, { verdict: 'error', error: { code: 'SMT_REJECTED', line: 5 } });
  t.regex(second.stderr, /g\.smt2:5:.*nowhere/);
});

for (const [flags, problem] of [
  [['--no-cache'], /leave out --no-cache/],
  [['--portfolio', 'z3,cvc5'], /--hints and --portfolio do not go together/],
  [['--flaky', '3'], /--hints and --flaky do not go together/],
] as const) {
  test(`--hints with ${flags.join(' ')} is refused in one line`, async (t) => {
    const cwd = folderOf(t, { 'g.smt2': small('(< x 2)', '(> y 0)') });
    const { code, stderr } = await statepool(['prove', '--hints', ...flags, 'g.smt2'], { cwd });
    t.is(code, 2);
    t.regex(stderr, problem);
    t.is(stderr.trim().split('\n').length, 1);
  });
}
