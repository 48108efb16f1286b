import { constants, getPriority } from 'node:os';
import test from 'ava';
import { findProgram } from '../../../../kinds/smt/engine/native-process.ts';
import { Session } from '../../../../kinds/smt/session/session.ts';
import { context, expectType, goalOf, requestFor } from '../../../support/smt-requests.ts';

const withZ3 = findProgram('z3') === undefined ? test.skip : test;
const quick = goalOf('(declare-const x Int)(assert (and (> x 4) (< x 4)))(check-sat)');
const other = goalOf('(declare-const y Int)(assert (> y 4))(check-sat)');

withZ3('a solver gives way for its own goal only, and is not used for another one', async (t) => {
  const session = new Session();
  const ask = async (goal: typeof quick, whileAsked = () => {}) => {
    const answering = session.perform(requestFor(goal, { engine: 'z3' }), context());
    whileAsked();
    return expectType(t, await answering, 'verdict');
  };
  const { solverPid: first = 0 } = await ask(quick);
  const usual = getPriority(first);
  const kept = await ask(other, () => {
    session.giveWay(quick.key);
    t.is(getPriority(first), usual);
  });
  t.is(kept.broken, undefined);
  const lost = await ask(other, () => {
    session.giveWay(other.key);
    t.is(getPriority(first), constants.priority.PRIORITY_LOW);
  });
  t.like(lost, { verdict: 'sat', solverPid: first, dropped: true, broken: true });
  const next = await ask(quick);
  t.like(next, { verdict: 'unsat' });
  t.is(next.broken, undefined);
  t.not(next.solverPid, first);
  t.is(getPriority(next.solverPid as number), usual);
  session.dispose();
});
