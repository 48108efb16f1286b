import test from 'ava';
import { requestOfCheck } from '../../../../kinds/smt/proving/proof-check.ts';
import type { CheckRequest } from '../../../../kinds/smt/session/messages.ts';
import { Session } from '../../../../kinds/smt/session/session.ts';
import type { Goal } from '../../../../kinds/smt/text/goal.ts';
import { emptyStack, type Stack, stackOf } from '../../../../kinds/smt/text/stack.ts';
import { context, expectType, goalOf, goalsOf, requestFor } from '../../../support/smt-requests.ts';

const satisfiable = goalOf('(declare-const x Int)\n(push)\n(assert (> x 5))\n(check-sat)');
const { key } = satisfiable;

/** Makes the request for a goal on a worker whose solver has this stack. */
function requestAfter(stack: Stack, goal: Goal): CheckRequest {
  const { settings } = goal;
  const competence = { engine: 'z3-wasm', settings, stack, texts: [], goal: undefined, oneShot: false } as const;
  return requestOfCheck({ type: 'old', competence }, { type: 'check', goal, mode: 'incremental' });
}

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
  let stack = emptyStack;
  for (const i of order) {
    const goal = goals[i];
    if (!goal) return t.fail();
    const expected = expectType(t, await clean.perform(requestFor(goal), context()), 'verdict').verdict;
    const request = requestAfter(stack, goal);
    const answer = await incremental.perform(request, context());
    t.is(expectType(t, answer, 'verdict').verdict, expected);
    stack = stackOf(goal);
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
  const request = requestAfter(stackOf(first), second);
  t.is(request.to, 0);
  expectType(t, await session.perform({ ...request, base: second.hashes }, context()), 'mismatch');
  expectType(t, await session.perform(request, context()), 'mismatch');
  session.dispose();
});
