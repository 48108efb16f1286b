import test from 'ava';
import { type Share, Shares } from '../../../../kinds/smt/many/shares.ts';
import { readDocument } from '../../../../kinds/smt/text/document.ts';

const goalsOf = (count: number, file: string, logic = 'ALL') =>
  readDocument(`(set-logic ${logic})${`(push 1)(assert false)(check-sat)(pop 1)`.repeat(count)}`, file).goals;

const newShare = (length: number): Share => ({ section: undefined, length });

test('each goal is taken once, and a share goes on with its file', (t) => {
  const goals = [...goalsOf(20, 'a'), ...goalsOf(20, 'b')];
  const shares = new Shares(goals, 2);
  const [one, two] = [newShare(4), newShare(4)];
  t.deepEqual(shares.take(one), goals.slice(0, 4));
  t.deepEqual(shares.take(two), goals.slice(20, 24));
  t.deepEqual(shares.take(one), goals.slice(4, 8));
  const rest = [...goals.slice(8, 20), ...goals.slice(24)];
  const taken = [];
  for (let next = shares.take(one); next.length > 0; next = shares.take(one)) taken.push(...next);
  t.deepEqual(new Set(taken), new Set(rest));
  t.is(taken.length, rest.length);
  t.deepEqual(shares.take(two), []);
});

test('a run crosses to another file only with the same settings', (t) => {
  const goals = [...goalsOf(2, 'a'), ...goalsOf(2, 'b'), ...goalsOf(2, 'c', 'QF_UF')];
  const shares = new Shares(goals, 1);
  const share = newShare(10);
  t.deepEqual(shares.take(share), goals.slice(0, 4));
  t.deepEqual(shares.take(share), goals.slice(4));
});

test('goals that a run has not decided are taken again, before the others of their share', (t) => {
  const goals = goalsOf(9, 'a');
  const shares = new Shares(goals, 1);
  const share = newShare(4);
  const run = shares.take(share);
  shares.giveBack(share, run.slice(2));
  t.deepEqual(shares.take(share), goals.slice(2, 6));
  t.deepEqual(shares.take(share), goals.slice(6));
});

test('runs grow while goals are quick, and shrink when they are not', (t) => {
  const shares = new Shares(goalsOf(1, 'a'), 2);
  const share = newShare(1);
  shares.learn(share, 1, 0.5);
  t.is(share.length, 8);
  shares.learn(share, 8, 4);
  t.is(share.length, 50);
  shares.learn(share, 50, 5000);
  t.is(share.length, 1);
});

test('a worker alone gets longer runs', (t) => {
  const shares = new Shares(goalsOf(1, 'a'), 1);
  const share = newShare(1);
  shares.learn(share, 50, 25);
  t.is(share.length, 256);
  shares.learn(share, 50, 500);
  t.is(share.length, 25);
});

test('the last goals are shared by all workers', (t) => {
  const shares = new Shares(goalsOf(8, 'a'), 2);
  t.is(shares.take(newShare(100)).length, 2);
  t.is(shares.take(newShare(100)).length, 2);
  t.is(shares.take(newShare(100)).length, 1);
});
