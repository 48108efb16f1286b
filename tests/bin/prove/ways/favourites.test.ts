import test from 'ava';
import { Favourites } from '../../../../bin/prove/ways/favourites.ts';
import { readDocument } from '../../../../kinds/smt/text/document.ts';
import type { Goal } from '../../../../kinds/smt/text/goal.ts';

const goalOf = (file: string, logic: string): Goal =>
  readDocument(`(set-logic ${logic})(declare-const p Bool)(assert p)(check-sat)`, file).goals[0] as Goal;
const a = goalOf('a.smt2', 'QF_UF');
const win = (name: string) => ({ name, ms: 5 });
const engines = (['z3-wasm', 'z3', 'cvc5'] as const).map((engine) => ({ name: engine, engine }));
const namesOf = (ranked: readonly { readonly name: string }[]) => ranked.map(({ name }) => name);

test('the winner of a file is the favourite there, and for other files of the same logic', (t) => {
  const favourites = new Favourites();
  t.is(favourites.of(a), undefined);
  favourites.learn(a, win('z3'));
  t.like(favourites.of(a), win('z3'));
  t.like(favourites.of(goalOf('b.smt2', 'QF_UF')), win('z3'));
  t.is(favourites.of(goalOf('c.smt2', 'QF_LIA')), undefined);
});

test('the winner in the file itself comes before that of the logic', (t) => {
  const favourites = new Favourites();
  favourites.learn(a, win('z3'));
  favourites.learn(goalOf('b.smt2', 'QF_UF'), win('cvc5'));
  favourites.learn(goalOf('b.smt2', 'QF_UF'), win('cvc5'));
  t.like(favourites.of(a), win('z3'));
  t.like(favourites.of(goalOf('c.smt2', 'QF_UF')), win('cvc5'));
});

test('after another winner there is no favourite until one has won twice', (t) => {
  const favourites = new Favourites();
  favourites.learn(a, win('z3'));
  favourites.learn(a, win('cvc5'));
  t.is(favourites.of(a), undefined);
  favourites.learn(a, win('cvc5'));
  t.like(favourites.of(a), win('cvc5'));
});

test('without a win the native engines come first, in the order of the user', (t) => {
  t.deepEqual(namesOf(new Favourites().ranked(a, engines)), ['z3', 'cvc5', 'z3-wasm']);
});

test('the favourite comes first, then the winners of other goals, the last one first', (t) => {
  const favourites = new Favourites();
  favourites.learn(a, win('cvc5'));
  t.deepEqual(namesOf(favourites.ranked(a, engines)), ['cvc5', 'z3', 'z3-wasm']);
  favourites.learn(goalOf('b.smt2', 'QF_LIA'), win('z3-wasm'));
  t.deepEqual(namesOf(favourites.ranked(a, engines)), ['cvc5', 'z3-wasm', 'z3']);
  t.deepEqual(namesOf(favourites.ranked(goalOf('c.smt2', 'QF_BV'), engines)), ['z3-wasm', 'cvc5', 'z3']);
});
