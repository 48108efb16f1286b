import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { findProgram } from '../../../kinds/smt/engine/native-process.ts';
import { folderOf, statepool } from '../../support/cli.ts';

const withZ3 = findProgram('z3') === undefined ? test.skip : test;

const mixed = `(set-logic ALL)
(declare-const x Int)
(push 1)(set-info :goal "a<b&c")(assert (> x 3))(check-sat)(pop 1)
(push 1)(assert (> x x))(check-sat)(pop 1)
(push 1)(assert (> nowhere 0))(check-sat)(pop 1)
`;

withZ3('reports for other programs have a case for each goal, and a result for each surprise', async (t) => {
  const cwd = folderOf(t, { 'a b.smt2': mixed });
  const flags = ['--engine', 'z3', '--junit', 'j.xml', '--sarif', 's.json'];
  t.is((await statepool(['prove', ...flags, 'a b.smt2'], { cwd })).code, 2);
  const junit = readFileSync(join(cwd, 'j.xml'), 'utf8');
  t.regex(
    junit,
    /<testsuite name="a b\.smt2" id="0" package="\w+" hostname="[^"]+" timestamp="[\dT:-]{19}" tests="3" failures="1" errors="1" time="\d+\.\d{3}">/,
  );
  t.is(junit.match(/<testcase /g)?.length, 3);
  t.regex(
    junit,
    /name="a&lt;b&amp;c \(line 3\)"[^>]*><failure type="sat" message="the verdict is sat, expected unsat \(x = 4\)"\/>/,
  );
  t.regex(junit, /<error type="SMT_REJECTED" message="[^"]*nowhere[^"]*"\/>/);
  const { version, runs } = JSON.parse(readFileSync(join(cwd, 's.json'), 'utf8'));
  t.is(version, '2.1.0');
  const [{ results, tool }] = runs;
  t.deepEqual(
    results.map(({ ruleId, ruleIndex }: { ruleId: string; ruleIndex: number }) => [
      ruleId,
      tool.driver.rules[ruleIndex].id,
    ]),
    [
      ['disproved', 'disproved'],
      ['error', 'error'],
    ],
  );
  t.deepEqual(results[1].locations[0].physicalLocation, {
    artifactLocation: { uri: 'a%20b.smt2' },
    region: { startLine: 5, startColumn: 20 },
  });
});

test('a report that cannot be written is an error in one line', async (t) => {
  const cwd = folderOf(t, { 'g.smt2': '(assert false)(check-sat)' });
  const { code, stderr } = await statepool(['prove', '--junit', 'no/such/j.xml', 'g.smt2'], { cwd });
  t.is(code, 2);
  t.regex(stderr, /^statepool: [^\n]*no\/such\/j\.xml[^\n]*\n$/);
});
