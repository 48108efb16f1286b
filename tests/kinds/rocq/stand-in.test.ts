import { join } from 'node:path';
import test from 'ava';
import { checkDocument, type RocqResult, readRocq } from 'statepool/kinds';
import { rejoined } from '../../../kinds/rocq/text/document.ts';
import { rocqFolder, rocqPool, standInDocument } from '../../support/rocq.ts';

const lemma = (name: string, ...body: string[]): string =>
  `Lemma ${name} : x. ${body.map((each) => `${each}.`).join(' ')} Qed.\n`;
const errorsOf = async (pool: Parameters<typeof checkDocument>[0], text: string, first = false) => {
  const { errors } = await checkDocument(pool, standInDocument(text), { first });
  return errors.map(({ name, place, message }) => [name, place?.line, place?.start, place?.end, message]);
};

test('all broken proofs are found, each at its place; with first only the first one', async (t) => {
  const pool = rocqPool(t);
  const text = lemma('a', 'ok') + lemma('b', 'ok', 'fail') + lemma('c', 'ok') + lemma('d', 'nonsense');
  const b = ['b', 2, 17, 21, 'It failed.'];
  t.deepEqual(await errorsOf(pool, text), [b, ['d', 4, 13, 21, 'Syntax error.']]);
  t.deepEqual(await errorsOf(pool, text, true), [b]);
});

test('an error of a command hides what follows, and no proof before it', async (t) => {
  const pool = rocqPool(t);
  t.deepEqual(await errorsOf(pool, `${lemma('a', 'fail')}Check 1.\nfail.\n${lemma('b', 'fail')}`), [
    ['a', 1, 13, 17, 'It failed.'],
    [undefined, 3, 0, 4, 'It failed.'],
  ]);
});

test('a broken proof that is not delegated is taken for admitted behind it', async (t) => {
  const pool = rocqPool(t);
  t.deepEqual(await errorsOf(pool, `Lemma a : x. fail. Defined.\n${lemma('b', 'fail')}`), [
    ['a', 1, 13, 17, 'It failed.'],
    ['b', 2, 13, 17, 'It failed.'],
  ]);
});

test('a proof that is open at the end of the file is an error', async (t) => {
  const pool = rocqPool(t);
  const [error] = await errorsOf(pool, 'Lemma a : x. ok.');
  t.deepEqual(error, [undefined, undefined, undefined, undefined, 'There are pending proofs: a.']);
});

test('a proof that gains constraints is executed by everyone in its place', async (t) => {
  const pool = rocqPool(t);
  const { document, errors, proofs } = await checkDocument(
    pool,
    standInDocument(lemma('a', 'gain') + lemma('b', 'ok')),
  );
  t.deepEqual([...document.joined], [0]);
  t.deepEqual(errors, []);
  t.is(proofs[0]?.why, 'it adds universe constraints');
});

test('a proof that is right only without the constraints of an earlier one is wrong', async (t) => {
  const pool = rocqPool(t);
  const text = lemma('a', 'lone') + lemma('b', 'gain') + lemma('c', 'lone');
  t.deepEqual(await errorsOf(pool, text), [['c', 3, 13, 17, 'It failed.']]);
});

test('an engine that dies is replaced, and the proof has its verdict; one that dies always is an error', async (t) => {
  const pool = rocqPool(t);
  const folder = rocqFolder(t);
  t.deepEqual(await errorsOf(pool, lemma('a', `once ${join(folder, 'a')}`) + lemma('b', 'fail')), [
    ['b', 2, 13, 17, 'It failed.'],
  ]);
  const [dead] = await errorsOf(pool, lemma('a', 'die'));
  t.is(dead?.[0], 'a');
  t.regex(String(dead?.[4]), /the engine gives no verdict: .*exit code 7/);
});

test('a proof that runs for too long is an error, and its engine is killed', async (t) => {
  const pool = rocqPool(t, 1);
  const { errors } = await checkDocument(pool, standInDocument(lemma('a', 'hang') + lemma('b', 'ok')), {
    timeoutMs: 300,
  });
  t.deepEqual(
    errors.map(({ name, message }) => [name, message]),
    [['a', 'Timeout: the proof ran longer than 300 ms.']],
  );
});

test('the worker of a broken proof holds it: goals, repairs and release in the same engine', async (t) => {
  const pool = rocqPool(t);
  const document = standInDocument(lemma('a', 'ok', 'fail'));
  const goals = await new Promise<RocqResult>((settle) => {
    void pool.run({ type: 'prove', document, segment: 0, key: 'a', goals: true, hold: true, settle });
  });
  t.like(goals, { type: 'error', error: { index: 2 }, goals: 'goals at ok.' });
  const wrong = await pool.run({ type: 'repair', key: 'a', script: ['fail.', 'Qed.'] });
  t.like(wrong, { type: 'error', error: { index: 2 } });
  const right = await pool.run({ type: 'repair', key: 'a', script: ['ok.', 'Qed.'] });
  t.is(right.type, 'proved');
  t.deepEqual([wrong.enginePid, right.enginePid], [goals.enginePid, goals.enginePid]);
});

test('scripts are tried on a goal until one is accepted', async (t) => {
  const pool = rocqPool(t, 1);
  const document = standInDocument(lemma('a', 'ok', 'ok'));
  const result = await pool.run({
    type: 'try',
    document,
    segment: 0,
    sentences: 2,
    candidates: ['fail.', 'ok.', 'die.'],
  });
  t.like(result, { type: 'tried', found: 1, failures: ['It failed.'] });
});

test('a worker that has executed the start of a document gets only the rest', async (t) => {
  const pool = rocqPool(t, 1);
  const document = standInDocument(`Check 1. Check 2. ${lemma('a', 'ok')}`);
  const first = await pool.run({ type: 'spine', document, segment: 2 });
  const second = await pool.run({ type: 'prove', document, segment: 2, key: 'a' });
  t.deepEqual([second.chain.slice(0, 3), second.enginePid], [first.chain, first.enginePid]);
});

test('a worker keeps a right proof: nothing is executed again on the way to the next one', async (t) => {
  const pool = rocqPool(t, 1);
  const text = lemma('a', 'ok') + lemma('b', 'gain') + lemma('c', 'fail') + lemma('d', 'ok');
  const document = standInDocument(text);
  const run = (segment: number, of = document) => pool.run({ type: 'prove', document: of, segment, key: `${segment}` });
  t.deepEqual((await run(0)).chain, document.chain.slice(0, 2));
  // What others must know of stands there as everybody executes it.
  const joined = rejoined(document, [1], []);
  t.deepEqual((await run(1)).chain, joined.chain.slice(0, 3));
  t.deepEqual((await run(2, joined)).chain, joined.chain.slice(0, 3));
  t.deepEqual((await run(3, joined)).chain, joined.chain);
});

test('without an engine the error names the remedy', async (t) => {
  const pool = rocqPool(t, 1);
  const document = readRocq(lemma('a', 'ok'), { program: '/nowhere/coqidetop' });
  const error = await t.throwsAsync(checkDocument(pool, document));
  t.regex(String(error?.message), /apt-get install coq/);
});
