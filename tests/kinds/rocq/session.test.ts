import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createPool, type PoolOf } from 'statepool';
import rocq, { createSession, type RocqTypes, type Session, type SessionOptions } from 'statepool/kinds/rocq';
import { rocqFolder, rocqPool, standIn, withRocq } from '../../support/rocq.ts';

const lemma = (name: string, ...body: string[]): string =>
  `Lemma ${name} : x. ${body.map((each) => `${each}.`).join(' ')} Qed.\n`;

function sessionOf(
  t: ExecutionContext,
  pool: PoolOf<RocqTypes>,
  text: string,
  options: Partial<SessionOptions> = { program: standIn },
): Session {
  const session = createSession(pool, { text, ...options });
  t.teardown(() => session.close());
  return session;
}

/** Collects the names of the proofs as their verdicts come. */
function verdictsOf(session: Session): string[] {
  const names: string[] = [];
  session.on('verdict', ({ name, verdict }) => names.push(`${name} ${verdict}`));
  return names;
}

const at = (line: number, character: number) => ({ line, character });

test('an edit runs only the proof that it changes, and the errors follow', async (t) => {
  const pool = rocqPool(t);
  const session = sessionOf(t, pool, lemma('a', 'ok') + lemma('b', 'ok') + lemma('c', 'ok'));
  const verdicts = verdictsOf(session);
  t.is((await session.checked()).ran, 3);
  t.deepEqual(session.problems, []);
  session.edit({ start: at(1, 13), end: at(1, 15) }, 'ok. fail');
  t.is((await session.checked()).ran, 1);
  t.deepEqual(session.problems, [{ range: { start: at(1, 17), end: at(1, 21) }, message: 'It failed.', name: 'b' }]);
  session.edit({ start: at(1, 13), end: at(1, 21) }, 'ok');
  t.is((await session.checked()).ran, 0);
  t.deepEqual([session.problems, session.text], [[], lemma('a', 'ok') + lemma('b', 'ok') + lemma('c', 'ok')]);
  t.deepEqual(verdicts.sort(), ['a ok', 'b error', 'b ok', 'c ok'].sort());
});

test('the proofs in the viewport are checked before all others, and those near it before those far away', async (t) => {
  const pool = rocqPool(t, 1);
  const names = [...'abcdefgh'];
  const session = sessionOf(t, pool, names.map((name) => lemma(name, 'ok')).join(''), {
    program: standIn,
    viewport: { from: 4, to: 5 },
  });
  const verdicts = verdictsOf(session);
  await session.checked();
  t.deepEqual(
    verdicts.map((each) => each[0]),
    ['e', 'f', 'd', 'g', 'c', 'h', 'b', 'a'],
  );
});

test('a viewport that moves, and an edit, change the order of what waits', async (t) => {
  const pool = rocqPool(t, 1);
  const names = [...'abcdefgh'];
  const session = sessionOf(t, pool, names.map((name) => lemma(name, 'ok')).join(''));
  const verdicts = verdictsOf(session);
  await once(session, 'verdict');
  // The worker goes on with the commands.
  session.setViewport({ from: 7, to: 7 });
  session.edit({ start: at(6, 13), end: at(6, 15) }, 'ok. ok');
  await session.checked();
  t.deepEqual(
    verdicts.map((each) => each[0]),
    ['a', 'h', 'g', 'f', 'e', 'd', 'c', 'b'],
  );
});

test('a proof under way that an edit changes is cancelled; those that it does not change go on', async (t) => {
  const pool = rocqPool(t, 2);
  const session = sessionOf(t, pool, lemma('a', 'hang') + lemma('b', 'ok'));
  const verdicts = verdictsOf(session);
  await once(session, 'verdict');
  t.deepEqual(verdicts, ['b ok']);
  session.edit({ start: at(0, 13), end: at(0, 17) }, 'ok');
  await session.checked();
  t.deepEqual([verdicts, session.problems], [['b ok', 'a ok'], []]);
});

test('goals, questions and scripts are answered at a position, also behind an error and in a proof without end', async (t) => {
  const pool = rocqPool(t, 1);
  const session = sessionOf(t, pool, `${lemma('a', 'ok', 'fail', 'ok')}Check 1.\nLemma b : x. ok.`);
  const goalsAt = async (line: number, character: number) => {
    const { goals, error } = await session.goals(at(line, character));
    return [goals?.goals[0]?.hypotheses[0], goals?.goals[0]?.conclusion, error];
  };
  t.deepEqual(await goalsAt(0, 14), ['n := 2 : nat', 'ok.', undefined]);
  t.deepEqual(await goalsAt(0, 23), ['n := 2 : nat', 'ok.', 'It failed.']);
  t.deepEqual(await goalsAt(1, 3), [undefined, undefined, undefined]);
  t.deepEqual(await goalsAt(2, 15), ['n := 2 : nat', 'ok.', undefined]);
  t.is(await session.query('Show.', at(0, 13)), 'goals at ok.');
  const tried = await session.tryAt(at(0, 17), ['nonsense.', 'fail.', 'ok.']);
  t.deepEqual(tried, { found: 2, failures: ['Syntax error.', 'It failed.'] });
});

test('the progress counts the proofs and the commands, and names what waits', async (t) => {
  const pool = rocqPool(t, 1);
  const session = sessionOf(t, pool, lemma('a', 'ok') + lemma('b', 'ok'));
  const seen: string[] = [];
  session.on('progress', ({ done, total, waiting }) => seen.push(`${done}/${total} ${waiting.length}`));
  await session.checked();
  await new Promise(setImmediate);
  t.is(seen.at(-1), '3/3 0');
  t.true(seen.length > 1);
});

test('a missing engine is an event, and an error for those who wait', async (t) => {
  const pool = rocqPool(t, 1);
  const session = sessionOf(t, pool, lemma('a', 'ok'), { program: '/nowhere/coqidetop' });
  const failed = once(session, 'failed');
  await t.throwsAsync(session.checked(), { message: /apt-get install coq/ });
  t.regex(String(await failed), /apt-get install coq/);
});

test('positions count UTF-16 units, and the engine gets bytes', async (t) => {
  const pool = rocqPool(t, 1);
  const session = sessionOf(t, pool, '(* \u{1d7d8}é *) Lemma a : x. fail. Qed.');
  await session.checked();
  t.deepEqual(
    session.problems.map(({ range }) => range),
    [{ start: at(0, 23), end: at(0, 27) }],
  );
});

withRocq('an edit interrupts a proof that runs for long, and the same engine goes on', async (t) => {
  const pool = createPool(rocq, { size: 1, killGrace: 5000 });
  t.teardown(() => pool.destroy());
  const text = (body: string): string =>
    `Require Import Arith.\nLemma a : 1 = 1.\nProof. ${body} Qed.\nLemma b : True.\nProof. idtac. Qed.\n`;
  const session = sessionOf(t, pool, text('do 1000000000 idtac. split.'), { viewport: { from: 3, to: 3 } });
  await once(session, 'verdict');
  const [before] = pool.workers;
  session.replace(text('reflexivity.'));
  const { errors } = await session.checked();
  t.deepEqual(
    errors.map(({ name }) => name),
    ['b'],
  );
  t.deepEqual([pool.workers.length, pool.workers[0]?.id], [1, before?.id]);
});

withRocq('goals have the hypotheses and the conclusion of the real engine', async (t) => {
  const pool = rocqPool(t, 1);
  const session = sessionOf(
    t,
    pool,
    'Lemma a (n m : nat) : n = m -> let x := n in x = m.\nProof.\n  intros é x.\n',
    {},
  );
  t.deepEqual(await session.goals(at(2, 4)), {
    goals: {
      goals: [{ hypotheses: ['n, m : nat', 'é : n = m', 'x := n : nat'], conclusion: 'x = m' }],
      background: [],
      setAside: [],
      givenUp: [],
    },
  });
});

withRocq('the verdicts of a session are those of a check from the start, after many edits', async (t) => {
  const folder = rocqFolder(t);
  const pool = createPool(rocq, { size: 2, killGrace: 5000 });
  t.teardown(() => pool.destroy());
  const lines = Array.from({ length: 8 }, (_, i) => `Lemma l${i} : ${i} + 1 = ${i + 1}.\nProof. reflexivity. Qed.`);
  const session = sessionOf(t, pool, lines.join('\n'), { file: 'x.v', folder });
  for (const [line, body] of [
    [1, 'Proof. do 100000000 idtac. reflexivity. Qed.'],
    [3, 'Proof. exact I. Qed.'],
    [6, 'Lemma l3 : 3 + 1 = 5.'],
    [1, 'Proof. reflexivity. Qed.'],
    [8, 'Definition l4 := (l3, foo).'],
    [8, 'Lemma l4 : 4 + 1 = 5.'],
  ] as const) {
    session.edit({ start: at(line, 0), end: at(line, 1000) }, body);
    await new Promise(setImmediate);
  }
  const { errors } = await session.checked();
  writeFileSync(join(folder, 'x.v'), session.text);
  t.deepEqual(
    errors.map(({ name, place }) => [name, place?.line]),
    [
      ['l1', 4],
      ['l3', 8],
    ],
  );
});
