import test from 'ava';
import type { EngineName } from '../../../../kinds/smt/engine/engine.ts';
import { findProgram } from '../../../../kinds/smt/engine/native-process.ts';
import { openEngine } from '../../../../kinds/smt/engine/open-engine.ts';
import { Session } from '../../../../kinds/smt/session/session.ts';
import { rejectionsOf } from '../../../../kinds/smt/text/reply.ts';
import { context, expectType, goalOf, goalsOf, hard, requestFor } from '../../../support/smt-requests.ts';

const engines: readonly EngineName[] = ['z3-wasm', 'z3', 'cvc5'];

for (const name of engines) {
  const missing = name !== 'z3-wasm' && findProgram(name) === undefined;
  const on = missing ? test.skip : test.serial;

  on(`${name}: sixty texts at once get sixty whole answers`, async (t) => {
    const engine = await openEngine(name);
    await engine.reset({ options: [], logic: 'ALL' });
    const replies = await Promise.all(
      Array.from({ length: 60 }, (_, i) => engine.eval(`(echo "${`<${i}>`.repeat(200)}")\n(check-sat)`)),
    );
    for (const [i, { text }] of replies.entries()) {
      t.is(text.replaceAll('"', '').trim(), `${`<${i}>`.repeat(200)}\nsat`);
    }
    engine.kill('done');
  });

  on(`${name}: the line of an error counts from the first line of its own text`, async (t) => {
    const engine = await openEngine(name);
    for (let round = 0; round < 2; round++) {
      await engine.reset({ options: [], logic: 'ALL' });
      await engine.eval('(declare-const x Int)\n\n(assert (> x 0))');
      const { text, firstLine } = await engine.eval('\n\n(assert (> x y))\n');
      t.is((rejectionsOf(text)[0]?.line ?? 0) - firstLine, 2);
    }
    engine.kill('done');
  });

  on(`${name}: a killed solver rejects the call under way and every later one`, async (t) => {
    const engine = await openEngine(name);
    await engine.reset({ options: [], logic: 'ALL' });
    const call = engine.eval(hard);
    engine.kill('no longer wanted');
    await t.throwsAsync(call, { code: 'SMT_ENGINE_DIED' });
    await t.throwsAsync(engine.eval('(check-sat)'), { code: 'SMT_ENGINE_DIED' });
  });

  on(`${name}: goals, errors, models and deadlines come through a session`, async (t) => {
    const session = new Session();
    const text =
      '(declare-const x Int)(push)(assert (> x 5))(check-sat)(pop)(push)(assert (distinct x x))(check-sat)(pop)(assert (> x y))(check-sat)';
    const [sat, unsat, bad] = goalsOf(text);
    if (!sat || !unsat || !bad) return t.fail();
    const request = requestFor(sat, { engine: name });
    t.is(expectType(t, await session.perform(request, context()), 'verdict').verdict, 'sat');
    const model = expectType(t, await session.perform({ type: 'model', key: sat.key }, context()), 'model');
    t.regex(model.text ?? '', /define-fun x/);
    expectType(t, await session.perform(requestFor(bad, { engine: name }), context()), 'error');
    t.is(
      expectType(t, await session.perform(requestFor(unsat, { engine: name }), context()), 'verdict').verdict,
      'unsat',
    );
    const late = requestFor(goalOf(hard), { engine: name, limits: { deadlineMs: 300 } });
    t.like(await session.perform(late, context()), { verdict: 'unknown', reason: 'deadline' });
    t.is(
      expectType(t, await session.perform(requestFor(unsat, { engine: name }), context()), 'verdict').verdict,
      'unsat',
    );
    session.dispose();
  });
}

test.serial('a kept state can be restored, and newer states displace it', async (t) => {
  const engine = await openEngine('z3-wasm');
  await engine.reset({ options: [] });
  await engine.eval('(declare-const x Int)(assert (> x 0))');
  await engine.checkpoint?.('a');
  t.is((await engine.eval('(assert (< x 0))(check-sat)')).text.trim(), 'unsat');
  t.true(await engine.rewind?.('a'));
  t.is((await engine.eval('(check-sat)')).text.trim(), 'sat');
  await engine.checkpoint?.('b');
  t.false(await engine.rewind?.('a'));
  engine.kill('done');
});
