import test from 'ava';
import { infoOf, rejectionsOf, verdictOf } from '../../../../kinds/smt/text/reply.ts';

test("Z3's errors have their line, and their column from 1", (t) => {
  t.deepEqual(rejectionsOf('(error "line 2 column 13: unknown constant y")\nsat\n'), [
    { message: 'unknown constant y', line: 2, column: 14 },
  ]);
});

test("cvc5's errors have their line from 1", (t) => {
  t.deepEqual(rejectionsOf('(error "Parse Error: <stdin>:4.15: Symbol y is not declared.\n\n  (assert y)\n")'), [
    { message: 'Symbol y is not declared.', line: 5, column: 15 },
  ]);
});

test('an unsupported command is refused, because its assertion would be missing', (t) => {
  t.deepEqual(rejectionsOf('unsupported\n; asert line: 3 position: 26\n'), [
    { message: 'unsupported command asert', line: 3, column: 1, command: 'asert' },
  ]);
  t.is(rejectionsOf('unsupported\n').length, 1);
});

test('errors of other forms are refusals too, and several are reported in order', (t) => {
  const messages = rejectionsOf('(error "out of memory")\n(error "again")').map(({ message }) => message);
  t.deepEqual(messages, ['out of memory', 'again']);
});

test('a verdict has a line of its own', (t) => {
  t.is(verdictOf('success\nunsat\n'), 'unsat');
  t.is(verdictOf('(objectives\n (x 9)\n)\n'), undefined);
  t.is(verdictOf('unsatisfiable\n'), undefined);
});

test('infos lose their quotes and parentheses', (t) => {
  t.is(infoOf('(:rlimit 12)\n', 'rlimit'), '12');
  t.is(
    infoOf('(:rlimit 1)\n(:reason-unknown "(incomplete quantifiers)")\n', 'reason-unknown'),
    'incomplete quantifiers',
  );
  t.is(infoOf('(:reason-unknown timeout)\n', 'reason-unknown'), 'timeout');
  t.is(infoOf('(:reason-unknown "")\n', 'reason-unknown'), undefined);
});
