import test from 'ava';
import { SmtSyntaxError } from '../../../../kinds/smt/text/errors.ts';
import { placeInFile } from '../../../../kinds/smt/text/goal.ts';
import { goalOf, goalsOf } from '../../../support/smt-requests.ts';

const broken: readonly (readonly [title: string, text: string, line: number, column: number, message: RegExp])[] = [
  ['a parenthesis that is never closed', '(check-sat)\n  (assert (> x 1)\n', 2, 3, /'\(' is never closed/],
  ['a parenthesis that closes nothing', '(check-sat)\n (check-sat))', 2, 13, /'\)' closes nothing/],
  ['an unterminated string', '(echo "a""b)\n(check-sat)', 1, 7, /unterminated string/],
  ['an unterminated quoted symbol', '\n(assert |a)', 2, 9, /unterminated quoted symbol/],
  ['an unterminated block comment', '(check-sat) #| no end', 1, 13, /unterminated comment/],
  ['text outside of parentheses', '(check-sat)\ncheck-sat (exit)', 2, 1, /'check-sat' stands outside/],
  ['a pop of more than was pushed', '(push)\n (pop 2)', 2, 2, /pop of 2 levels, but only 1 were pushed/],
  ['a push of what is no number', '(push x)', 1, 1, /push takes one numeral/],
];

for (const [title, text, line, column, message] of broken) {
  test(`${title} is an error with its place in the file`, (t) => {
    const error = t.throws(() => goalsOf(text, 'a/b.smt2'), { instanceOf: SmtSyntaxError });
    t.like(error, { code: 'SMT_SYNTAX', file: 'a/b.smt2', line, column });
    t.regex(error?.message ?? '', message);
    t.true(error?.message.startsWith(`a/b.smt2:${line}:${column}: `));
  });
}

test('a place in a text is a place in the file', (t) => {
  const goal = goalOf('(push)\n  (declare-const p Bool) ; c\n\n   (assert q)\n (check-sat-assuming (r))');
  t.deepEqual(placeInFile(goal, { chunk: 0, line: 1, column: 4 }), { line: 2, column: 6 });
  t.deepEqual(placeInFile(goal, { chunk: 0, line: 3, column: 12 }), { line: 4, column: 12 });
  t.deepEqual(placeInFile(goal, { chunk: 'check', line: 1, column: 22 }), { line: 5, column: 23 });
});

test('columns that a solver counts in bytes become columns of characters', (t) => {
  const goal = goalOf('(assert (= "éü" x))(check-sat)');
  t.deepEqual(placeInFile(goal, { chunk: 0, line: 1, column: 19 }), { line: 1, column: 17 });
});

test('a place after the end of its text becomes the place where the text begins', (t) => {
  const goal = goalOf('\n(assert a)(check-sat)');
  t.deepEqual(placeInFile(goal, { chunk: 0, line: 9, column: 1 }), { line: 2, column: 1 });
  t.deepEqual(placeInFile(goal, { chunk: 7, line: 9, column: 1 }), { line: 2, column: 11 });
});
