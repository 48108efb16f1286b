import test from 'ava';
import { Session } from '../../../../kinds/smt/session/session.ts';
import { placeInFile } from '../../../../kinds/smt/text/goal.ts';
import { context, expectType, goalOf, goalsOf, hard, nonlinear, requestFor } from '../../../support/smt-requests.ts';

test.serial('a goal gets its verdict, with its cost and its solver', async (t) => {
  const session = new Session();
  const goal = goalOf('(declare-const x Int)(assert (and (> x 0) (< x 0)))(check-sat)');
  const answer = expectType(t, await session.perform(requestFor(goal), context()), 'verdict');
  t.is(answer.verdict, 'unsat');
  t.is(answer.pid, process.pid);
  t.true((answer.rlimit ?? 0) > 0 && answer.ms > 0 && answer.rss > 0);
  session.dispose();
});

test.serial('a rejected assertion is an error at its place in the file, never a verdict', async (t) => {
  const session = new Session();
  const text =
    '(declare-const x Int)\n(assert (> x 0))\n(push)\n ; c\n  (assert (< x\n    zz))\n(check-sat)\n(pop)\n(check-sat)';
  const [bad, good] = goalsOf(text);
  if (!bad || !good) return t.fail();
  const error = expectType(t, await session.perform(requestFor(bad), context()), 'error');
  t.is(error.message, 'unknown constant zz');
  t.deepEqual(placeInFile(bad, error.at), { line: 6, column: 5 });
  t.is(expectType(t, await session.perform(requestFor(good), context()), 'verdict').verdict, 'sat');
  session.dispose();
});

for (const [what, text] of [
  ['a misspelt command', '(declare-const p Bool)(assert p)(asert (not p))(check-sat)'],
  ['a second declaration', '(declare-const p Bool)(declare-const p Bool)(check-sat)'],
  ['an unknown constant in the check', '(declare-const p Bool)(check-sat-assuming (q))'],
  ['a late logic', '(declare-const p Bool)(assert p)(set-logic QF_LIA)(assert (not p))(check-sat)'],
] as const) {
  test.serial(`${what} makes its goal an error`, async (t) => {
    const session = new Session();
    expectType(t, await session.perform(requestFor(goalOf(text)), context()), 'error');
    session.dispose();
  });
}

test.serial('an option that the solver refuses is a warning, because it changes no assertion', async (t) => {
  const session = new Session();
  const goal = goalOf('(set-option :smt.nonsense true)(declare-const p Bool)(assert p)(check-sat)');
  const answer = expectType(t, await session.perform(requestFor(goal), context()), 'verdict');
  t.is(answer.verdict, 'sat');
  t.like(answer.refused, [{ setting: 0 }]);
  t.regex(answer.refused?.[0]?.message ?? '', /nonsense/);
  session.dispose();
});

test.serial('options do not leak into the next document', async (t) => {
  const text = '(declare-fun f (Int) Int)(assert (forall ((x Int)) (> (f x) 0)))(check-sat)';
  const without = goalOf(text);
  const withOption = goalOf(`(set-option :smt.mbqi false)(set-option :auto_config false)${text}`);
  const session = new Session();
  const verdicts = [];
  for (const goal of [without, withOption, without]) {
    verdicts.push(expectType(t, await session.perform(requestFor(goal), context()), 'verdict'));
  }
  t.deepEqual(
    verdicts.map(({ verdict }) => verdict),
    ['sat', 'unknown', 'sat'],
  );
  t.is(verdicts[0]?.rlimit, verdicts[2]?.rlimit as number);
  session.dispose();
});

test.serial('a goal costs the same rlimit, whatever its worker did before', async (t) => {
  const goal = goalOf(nonlinear);
  const others = goalsOf(
    '(declare-const a Real)(push)(assert (= (* a a) 2.0))(check-sat)(pop)(assert (> a 1.0))(check-sat)',
  );
  const [used, fresh] = [new Session(), new Session()];
  const costs = new Set<number | undefined>();
  costs.add(expectType(t, await fresh.perform(requestFor(goal), context()), 'verdict').rlimit);
  for (const other of [...others, goal, ...others, goal]) {
    const answer = expectType(t, await used.perform(requestFor(other), context()), 'verdict');
    if (other === goal) costs.add(answer.rlimit);
  }
  t.is(costs.size, 1);
  used.dispose();
  fresh.dispose();
});

test.serial('a long prelude is read once, and the rlimit stays the same', async (t) => {
  const declarations = Array.from({ length: 1000 }, (_, i) => `(declare-const c${i} Int)(assert (> c${i} ${i}))`);
  const text = `${declarations.join('\n')}\n(push)(assert (< c3 2))(check-sat)(pop)(push)(assert (= c5 (* c6 c7)))(check-sat)(pop)`;
  const [first, second] = goalsOf(text);
  if (!first || !second) return t.fail();
  const [warm, cold] = [new Session(), new Session()];
  const costs = [];
  for (const [session, goal] of [
    [warm, first],
    [warm, second],
    [cold, second],
    [warm, first],
    [cold, first],
  ] as const) {
    const answer = expectType(t, await session.perform(requestFor(goal), context()), 'verdict');
    t.is(answer.verdict, goal === first ? 'unsat' : 'sat');
    costs.push(answer.rlimit);
  }
  t.is(costs[1], costs[2] as number);
  t.deepEqual([costs[3], costs[4]], [costs[0], costs[0]]);
  warm.dispose();
  cold.dispose();
});

test.serial('a text sent once is known by its hash, and an unsent one is a mismatch', async (t) => {
  const session = new Session();
  const [first, second] = goalsOf(
    '(declare-const x Int)(push)(assert (> x 0))(check-sat)(pop)(push)(assert (distinct x x))(check-sat)',
  );
  if (!first || !second) return t.fail();
  const byHash = {
    ...requestFor(second),
    push: second.hashes.map((hash, i) => (i > 0 ? { hash, text: second.chunks[i] as string } : { hash })),
  };
  expectType(t, await session.perform(byHash, context()), 'mismatch');
  const answer = expectType(t, await session.perform(requestFor(first), context()), 'verdict');
  t.deepEqual(answer.texts, [first.hashes[0] as string]);
  t.is(expectType(t, await session.perform(byHash, context()), 'verdict').verdict, 'unsat');
  session.dispose();
});

test.serial('a bound on time ends in unknown, and does not affect the next goal', async (t) => {
  const session = new Session();
  const answer = expectType(
    t,
    await session.perform(requestFor(goalOf(hard), { limits: { timeoutMs: 200 } }), context()),
    'verdict',
  );
  t.like(answer, { verdict: 'unknown', reason: 'timeout' });
  const next = requestFor(goalOf('(declare-const p Bool)(assert p)(check-sat)'));
  t.is(expectType(t, await session.perform(next, context()), 'verdict').verdict, 'sat');
  session.dispose();
});

test.serial("a file's own timeout applies if the task has none", async (t) => {
  const session = new Session();
  const goal = goalOf(`(set-option :timeout 150)${hard}`);
  t.like(await session.perform(requestFor(goal), context()), { verdict: 'unknown', reason: 'timeout' });
  session.dispose();
});

test.serial('a bound on resources ends in unknown at the same count each time', async (t) => {
  const session = new Session();
  const request = requestFor(goalOf(hard), { limits: { rlimit: 200_000 } });
  const first = expectType(t, await session.perform(request, context()), 'verdict');
  const second = expectType(t, await session.perform(request, context()), 'verdict');
  t.is(first.verdict, 'unknown');
  t.is(first.rlimit, second.rlimit as number);
  session.dispose();
});

test.serial('a deadline ends in unknown', async (t) => {
  const session = new Session();
  t.like(await session.perform(requestFor(goalOf(hard), { limits: { deadlineMs: 300 } }), context()), {
    type: 'verdict',
    verdict: 'unknown',
    reason: 'deadline',
  });
  session.dispose();
});

test.serial('an aborted signal stops the check', async (t) => {
  const session = new Session();
  const abort = new AbortController();
  const answer = session.perform(requestFor(goalOf(hard)), { signal: abort.signal });
  abort.abort();
  t.like(await answer, { verdict: 'unknown', reason: 'cancelled' });
  session.dispose();
});

test.serial('out of memory is no verdict, and the session goes on with another solver', async (t) => {
  const session = new Session();
  let text = '(set-option :memory_max_size 60)';
  for (let i = 0; i < 200; i++) text += `(declare-const a${i} (_ BitVec 512))(declare-const b${i} (_ BitVec 512))`;
  for (let i = 0; i < 200; i++)
    text += `(assert (distinct (bvudiv a${i} b${i}) (bvmul b${(i * 7 + 1) % 200} a${(i * 3 + 1) % 200})))`;
  const outcome = await session
    .perform(requestFor(goalOf(`${text}(check-sat)`)), context())
    .catch((error: Error) => error);
  if ('type' in outcome)
    t.true(outcome.type === 'error' || (outcome.type === 'verdict' && outcome.verdict === 'unknown'));
  else t.like(outcome, { code: 'SMT_ENGINE_DIED' });
  const next = requestFor(goalOf('(declare-const p Bool)(assert p)(check-sat)'));
  t.is(expectType(t, await session.perform(next, context()), 'verdict').verdict, 'sat');
  session.dispose();
});

test.serial('a tactic that leaves a thread behind does not disturb later goals', async (t) => {
  const session = new Session();
  const goals = goalsOf(
    '(declare-const p Bool)(assert p)(check-sat-using (try-for smt 5000))(assert (not p))(check-sat)',
  );
  for (const [i, goal] of goals.entries()) {
    t.is(
      expectType(t, await session.perform(requestFor(goal), context()), 'verdict').verdict,
      i === 0 ? 'sat' : 'unsat',
    );
  }
  session.dispose();
});
