import test from 'ava';
import { Z3Bounds } from '../../../../kinds/smt/text/z3-bounds.ts';

test('a solver without bounds gets no options, and one that had bounds loses them once', (t) => {
  const bounds = new Z3Bounds();
  t.is(bounds.commands(0, 0), '');
  t.is(bounds.commands(5, 0), '(set-option :timeout 5)(set-option :rlimit 0)');
  t.is(bounds.commands(0, 7), '(set-option :timeout 0)(set-option :rlimit 7)');
  t.is(bounds.commands(0, 0), '(set-option :timeout 0)(set-option :rlimit 0)');
  t.is(bounds.commands(0, 0), '');
});

test('a time that the session keeps is a bound too, and a solver that was restored has none', (t) => {
  const bounds = new Z3Bounds();
  t.not(bounds.commands(0, 0, true), '');
  bounds.forget();
  t.is(bounds.commands(0, 0), '');
});
