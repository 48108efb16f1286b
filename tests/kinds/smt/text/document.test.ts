import test from 'ava';
import { readDocument } from '../../../../kinds/smt/text/document.ts';
import { goalOf, goalsOf } from '../../../support/smt-requests.ts';

const textsOf = (text: string) => goalsOf(text).map((goal) => goal.chunks.join(' '));

test('a goal has the commands before its check, and the place of the check', (t) => {
  const goal = goalOf('(declare-const p Bool)\n(assert p)\n  (check-sat)\n(assert false)');
  t.deepEqual(goal.chunks, ['(declare-const p Bool)\n(assert p)']);
  t.deepEqual([goal.line, goal.column, goal.index, goal.check, goal.file], [3, 3, 0, '(check-sat)', 'test.smt2']);
});

test('comments are left out, and the other text keeps its lines and columns', (t) => {
  const goal = goalOf('; (check-sat)\n(declare-const p Bool) ; "(\n\n  (assert p) #| (pop) " |# (check-sat)');
  t.deepEqual(goal.chunks, ['(declare-const p Bool)\n\n  (assert p)']);
  t.deepEqual(goal.places, [{ line: 2, column: 1 }]);
});

test('parentheses, quotes, bars and semicolons inside strings and quoted symbols are text', (t) => {
  const asserted = '(assert (= |a ; " (| "b "" ) | ;"))';
  t.deepEqual(textsOf(`${asserted}(check-sat)`), [asserted]);
  t.deepEqual(textsOf('(declare-const |two\nlines| Int)(check-sat)'), ['(declare-const |two\nlines| Int)']);
});

test('a quoted command name and a comment after the parenthesis make no difference', (t) => {
  t.is(goalsOf('(|check-sat|)( ; now\n check-sat)').length, 2);
});

test('a pop removes the commands of its frame, with and without a number', (t) => {
  t.deepEqual(textsOf('(assert a)(push)(assert b)(check-sat)(pop)(push 2)(assert c)(check-sat)(pop 2)(check-sat)'), [
    '(assert a) (assert b)',
    '(assert a) (assert c)',
    '(assert a)',
  ]);
});

test('depths give the number of frames above each text and above the check', (t) => {
  const [first, second] = goalsOf('(assert a)(push 2)(assert b)(push)(check-sat)(pop 3)(assert c)(check-sat)');
  t.deepEqual(first?.depths, [0, 2, 3]);
  t.deepEqual(second?.depths, [0, 0, 0]);
});

test('several checks in one frame share the text before them', (t) => {
  const [first, second, third] = goalsOf('(assert a)(check-sat)(assert b)(check-sat)(check-sat)');
  t.deepEqual(first?.chunks, ['(assert a)']);
  t.deepEqual(second?.chunks, ['(assert a)', '(assert b)']);
  t.deepEqual(third?.hashes, second?.hashes ?? []);
  t.is(second?.hashes[0], first?.hashes[0] as string);
  t.not(second?.key, third?.key);
});

test('text after a check in the same frame is not part of that check', (t) => {
  t.deepEqual(textsOf('(push)(assert a)(check-sat)(assert b)(pop)(assert c)(check-sat)'), ['(assert a)', '(assert c)']);
});

test('goals under one prelude share its text and its hash', (t) => {
  const goals = goalsOf('(declare-const x Int)(push)(assert a)(check-sat)(pop)(push)(assert b)(check-sat)(pop)');
  t.is(new Set(goals.map((goal) => goal.hashes[0])).size, 1);
  t.is(new Set(goals.map((goal) => goal.hashes[1])).size, 2);
});

test('check-sat-assuming and check-sat-using are checks', (t) => {
  const checks = goalsOf('(check-sat-assuming (p (not q)))(check-sat-using (then simplify smt))').map(
    (goal) => goal.check,
  );
  t.deepEqual(checks, ['(check-sat-assuming (p (not q)))', '(check-sat-using (then simplify smt))']);
});

test('a status applies to the next check only', (t) => {
  const text =
    '(set-info :status unsat)(check-sat)(check-sat)(set-info :status sat)(push)(check-sat)(set-info :status odd)(check-sat)';
  t.deepEqual(
    goalsOf(text).map((goal) => goal.expected),
    ['unsat', undefined, 'sat', undefined],
  );
});

test('a goal has the name of its innermost named frame', (t) => {
  const text =
    '(set-info :goal "the ""file""")(check-sat)(push)(set-info :boogie-vc-id |a b|)(check-sat)(check-sat)(pop)(check-sat)';
  t.deepEqual(
    goalsOf(text).map((goal) => goal.name),
    ['the "file"', 'a b', 'a b', 'the "file"'],
  );
  t.is(goalOf('(set-info :source |x (check-sat)|)(check-sat)').name, undefined);
});

test('options apply from their line on, with the last value of each', (t) => {
  const text = '(set-option :smt.mbqi false)(check-sat)(set-option :timeout 5)(set-option :smt.mbqi true)(check-sat)';
  t.deepEqual(
    goalsOf(text).map((goal) => goal.options),
    [
      [[':smt.mbqi', 'false']],
      [
        [':smt.mbqi', 'true'],
        [':timeout', '5'],
      ],
    ],
  );
});

test('goals with the same options and logic have the same settings', (t) => {
  const [first, second, third] = goalsOf('(set-logic ALL)(check-sat)(check-sat)(set-option :timeout 5)(check-sat)');
  t.is(first?.settings, second?.settings as string);
  t.not(first?.settings, third?.settings);
  t.is(first?.logic, 'ALL');
});

test('options of printing, and commands that only print, are not part of a goal', (t) => {
  const goal = goalOf(
    '(set-option :print-success true)(echo "a")(get-model)(get-value (x))(get-info :name)(eval x)(check-sat)',
  );
  t.deepEqual([goal.chunks, goal.options], [[], []]);
});

test('exit ends the file, whatever comes after it', (t) => {
  t.is(goalsOf('(check-sat)(exit)(check-sat) ))) "').length, 1);
});

test('reset removes frames, options, logic and names', (t) => {
  const goal = goalsOf('(set-logic ALL)(set-option :timeout 5)(set-info :goal a)(push)(assert a)(reset)(check-sat)')[0];
  t.deepEqual([goal?.chunks, goal?.options, goal?.logic, goal?.name], [[], [], undefined, undefined]);
});

test('reset-assertions removes frames and, unless they are global, declarations', (t) => {
  const commands = '(declare-const a Bool)(push)(assert a)(define-fun b () Bool a)(reset-assertions)(check-sat)';
  t.deepEqual(textsOf(commands), ['']);
  t.deepEqual(textsOf(`(set-option :global-declarations true)${commands}`), [
    '(declare-const a Bool) (define-fun b () Bool a)',
  ]);
});

for (const option of [':global-declarations', ':global-decls']) {
  test(`${option} makes declarations outlive their frames, but never assertions`, (t) => {
    const text = `(set-option ${option} true)(push)(declare-sort S 0)(assert a)(push)\n(declare-fun f () S)(pop 2)(assert b)(check-sat)`;
    const goal = goalOf(text);
    t.is(goal.chunks.join(' '), '(declare-sort S 0) (declare-fun f () S) (assert b)');
    t.deepEqual(goal.places[1], { line: 2, column: 1 });
    t.deepEqual(goal.options, []);
  });
}

test('an option of declarations that comes too late has no effect and is a warning', (t) => {
  const { goals, notes } = readDocument(
    '(push)\n(set-option :global-decls true)(declare-const a Bool)(pop)(check-sat)',
    'late.smt2',
  );
  t.deepEqual(goals[0]?.chunks, []);
  t.like(notes, [{ line: 2, column: 1 }]);
});

test('a second or late logic rejects the goals in its context', (t) => {
  const goals = goalsOf('(set-logic ALL)(check-sat)(push)\n (set-logic QF_LIA)(check-sat)(pop)(check-sat)');
  t.deepEqual(
    goals.map((goal) => goal.rejected?.line),
    [undefined, 2, undefined],
  );
  t.truthy(goalsOf('(assert a)(set-logic ALL)(check-sat)')[0]?.rejected);
});

test('a file without a check has no goals', (t) => {
  t.deepEqual(goalsOf('; nothing\n(declare-const x Int)\n'), []);
  t.deepEqual(goalsOf(''), []);
});
