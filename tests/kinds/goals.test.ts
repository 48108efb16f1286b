import test from 'ava';
import { askQuery, checkGoal, par, proof, query, tactic } from '../../kinds/index.ts';
import { endSession } from '../../kinds/smt/session/sessions.ts';
import { OneWorker } from '../support/one-worker.ts';
import { goalOf, goalsOf } from '../support/smt-requests.ts';

const text = `(declare-const x Int) (assert (> x 0))
(push) (assert (< x 0)) (check-sat) (pop)
(push) (assert (= x 5)) (check-sat) (pop)
(push) (assert (= x y)) (check-sat) (pop)
(push) (assert (= (* 2 x) 3)) (check-sat) (pop)`;

test.serial(
  'checkGoal resolves with the verdict, with a model for a sat goal, and rejects at a rejected command',
  async (t) => {
    const pool = new OneWorker(proof);
    const [proved, refuted, bad, last] = goalsOf(text);
    if (!proved || !refuted || !bad || !last) return t.fail();
    const [first, second, third, fourth] = await Promise.allSettled(
      [proved, refuted, bad, last].map((goal) => checkGoal(pool, goal)),
    );
    t.like(first, { value: { verdict: 'unsat' } });
    t.like(second, { value: { verdict: 'sat' } });
    t.regex((second as { value: { model: string } }).value.model, /define-fun x \(\) Int\s+5/);
    t.like(third, { reason: { code: 'SMT_REJECTED', line: 4, column: 21 } });
    t.like(fourth, { value: { verdict: 'unsat' } });
    t.is(pool.born, 1);
    endSession(`proof:0:${pool.born}`);
  },
);

test.serial('the worker that holds a goal repairs it, and makes room for the next check', async (t) => {
  const pool = new OneWorker(proof);
  const goal = goalOf('(declare-const n Int)(push)(assert (> n 10))(check-sat)');
  const result = await checkGoal(pool, goal, { hold: true });
  t.is(result.verdict, 'sat');
  const repair = (add: string) => pool.run({ type: 'repair', key: goal.key, add });
  t.like(await repair('(assert (< n 50))'), { verdict: 'sat' });
  await t.throwsAsync(repair('(assert (< m 50))'), { message: /refuses the repair at its line 1, column 12/ });
  t.like(await repair('(assert (< n 5))'), { verdict: 'unsat' });
  t.is(pool.born, 1);
  t.like(await checkGoal(pool, goal, { hold: true }), { verdict: 'sat' });
  t.like(await checkGoal(pool, goal), { verdict: 'sat' });
  t.is(pool.born, 2);
  endSession(`proof:0:${pool.born}`);
});

test.serial('par returns all results, or only the first failure', async (t) => {
  const pool = new OneWorker(tactic);
  const [first, second, , fourth] = goalsOf(text);
  if (!first || !second || !fourth) return t.fail();
  const results = await par(pool, [first, fourth]);
  t.deepEqual(
    results.map(({ verdict }) => verdict),
    ['unsat', 'unsat'],
  );
  await t.throwsAsync(par(pool, [first, second, fourth]), { code: 'SMT_UNPROVED', message: /3:.* not proved: sat/ });
  t.is(pool.born, 1);
  endSession(`tactic:0:${pool.born}`);
});

test.serial('a query answers in feedback and ends its worker', async (t) => {
  const pool = new OneWorker(query);
  const goal = goalOf('(declare-const x Int)(define-fun f ((y Int)) Int (+ y 1))(assert (= x (f 3)))(check-sat)');
  t.deepEqual(await askQuery(pool, { goal, ask: '(simplify (f 2))\n(echo "two")' }), ['3', 'two']);
  t.deepEqual(await askQuery(pool, { goal, ask: '(eval x)', check: true }), ['4']);
  await t.throwsAsync(askQuery(pool, { goal: goalOf('(assert q)(check-sat)'), ask: '(simplify 1)' }), {
    code: 'SMT_REJECTED',
  });
  t.is(pool.born, 4);
});
