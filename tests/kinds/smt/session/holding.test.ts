import test from 'ava';
import { Session } from '../../../../kinds/smt/session/session.ts';
import { context, expectType, goalOf, goalsOf, requestFor } from '../../../support/smt-requests.ts';

const satisfiable = goalOf('(declare-const x Int)\n(push)\n(assert (> x 5))\n(check-sat)');
const { key } = satisfiable;

test.serial('a held goal gives its model, and takes repairs until one proves it', async (t) => {
  const session = new Session();
  await session.perform(requestFor(satisfiable, { hold: true }), context());
  t.regex(expectType(t, await session.perform({ type: 'model', key }, context()), 'model').text ?? '', /define-fun x/);
  const repair = (add: string) => session.perform({ type: 'repair', key, add, limits: {} }, context());
  const wrong = expectType(t, await repair('(assert (< x 100))'), 'verdict');
  t.is(wrong.verdict, 'sat');
  t.regex(wrong.model ?? '', /define-fun x/);
  t.like(await repair('(declare-const y Int)\n(assert (< z 100))'), { type: 'error', at: { line: 2, column: 12 } });
  t.is(expectType(t, await repair('(declare-const y Int)(assert (< x y 7))'), 'verdict').verdict, 'unsat');
  expectType(t, await repair('(assert (< x 1))'), 'mismatch');
  session.dispose();
});

test.serial('a goal that is not held is a mismatch: another goal, a released one, an unsat one', async (t) => {
  const session = new Session();
  await session.perform(requestFor(satisfiable, { hold: true }), context());
  expectType(t, await session.perform({ type: 'model', key: 'another' }, context()), 'mismatch');
  await session.perform(requestFor(satisfiable, { hold: true }), context());
  expectType(t, await session.perform({ type: 'release', key }, context()), 'released');
  expectType(t, await session.perform({ type: 'model', key }, context()), 'mismatch');
  const unsat = goalOf('(assert false)(check-sat)');
  await session.perform(requestFor(unsat, { hold: true }), context());
  expectType(t, await session.perform({ type: 'model', key: unsat.key }, context()), 'mismatch');
  session.dispose();
});

test.serial('an incremental context gives the same verdicts as clean ones, in any order', async (t) => {
  const text = `(declare-const x Int)(assert (> x 0))(check-sat)(push)(assert (< x 0))(check-sat)(push)(declare-const y Int)
    (check-sat)(pop)(pop)(push)(declare-const y Bool)(assert (=> y (= x 3)))(assert y)(check-sat)(assert (= x 4))(check-sat)
    (pop)(assert (< x 2))(check-sat)(assert (distinct x 1))(check-sat)(check-sat-assuming ((= x 1)))`;
  const goals = goalsOf(text);
  const order = [0, 1, 2, 3, 4, 5, 6, 7, 4, 2, 6, 0, 3, 3, 7, 1];
  const [clean, incremental] = [new Session(), new Session()];
  let base: readonly string[] = [];
  for (const i of order) {
    const goal = goals[i];
    if (!goal) return t.fail();
    const expected = expectType(t, await clean.perform(requestFor(goal), context()), 'verdict').verdict;
    let keep = 0;
    while (keep < base.length && base[keep] === goal.hashes[keep]) keep++;
    const request = requestFor(goal, { mode: 'incremental' });
    const answer = await incremental.perform({ ...request, base, keep, push: request.push.slice(keep) }, context());
    t.is(expectType(t, answer, 'verdict').verdict, expected);
    base = goal.hashes;
  }
  clean.dispose();
  incremental.dispose();
});

test.serial('a request that continues from another stack is a mismatch', async (t) => {
  const session = new Session();
  const [first, second] = goalsOf(
    '(declare-const x Int)(push)(assert (> x 0))(check-sat)(pop)(push)(assert (< x 0))(check-sat)',
  );
  if (!first || !second) return t.fail();
  await session.perform(requestFor(first, { mode: 'incremental' }), context());
  const request = requestFor(second, { mode: 'incremental' });
  const push = request.push.slice(1);
  expectType(t, await session.perform({ ...request, base: second.hashes, keep: 1, push }, context()), 'mismatch');
  expectType(t, await session.perform({ ...request, base: first.hashes, keep: 1, push }, context()), 'mismatch');
  session.dispose();
});
