import test from 'ava';
import { checkDocument, RocqMemory, type RocqReport } from 'statepool/kinds';
import { rocqPool, standInDocument } from '../../support/rocq.ts';

type Pool = Parameters<typeof checkDocument>[0];

const lemma = (name: string, ...body: string[]): string =>
  `Lemma ${name} : x. ${body.map((each) => `${each}.`).join(' ')} Qed.\n`;
const section = (body: string, begin = 'Variable x. Variable y.'): string => `Section S. ${begin}\n${body}End S.\n`;
const two = lemma('a', 'use x') + lemma('b', 'use y', 'use x');

const ranOf = (reports: readonly RocqReport[]) => reports.map(({ ran }) => ran);
const placesOf = ({ errors }: RocqReport) => errors.map(({ name, place }) => [name, place?.line, place?.start]);

/** Checks texts one after another with what is known of the former ones. */
async function checkAll(pool: Pool, ...texts: string[]): Promise<RocqReport[]> {
  const memory = new RocqMemory();
  const reports: RocqReport[] = [];
  for (const text of texts) reports.push(await checkDocument(pool, standInDocument(text), { memory }));
  return reports;
}

/** Checks texts, each with nothing known before it. */
const checkApart = (pool: Pool, ...texts: string[]): Promise<RocqReport[]> =>
  Promise.all(texts.map((text) => checkDocument(pool, standInDocument(text))));

test('a proof in a section is delegated once its variables are known, and then remembered', async (t) => {
  const pool = rocqPool(t);
  const text = section(two);
  const reports = await checkAll(pool, text, text, `${text}Check b y.\n`, `${text}Check b x.\n`);
  t.deepEqual(ranOf(reports), [0, 0, 2, 0]);
  t.deepEqual(reports.flatMap(placesOf), []);
  t.deepEqual(
    reports.map(({ proofs }) => proofs.filter(({ why }) => why === "it is in a section, without 'Proof using'").length),
    [2, 2, 0, 0],
  );
});

test('an edit of a proof in a section runs that proof alone', async (t) => {
  const edited = section(lemma('a', 'use x', 'ok') + lemma('b', 'use y', 'use x'));
  const reports = await checkAll(rocqPool(t), section(two), `${section(two)}Check 1.\n`, `${edited}Check 1.\n`);
  t.deepEqual(ranOf(reports), [0, 2, 1]);
});

for (const check of ['Check a x.', 'Check a y.']) {
  test(`a proof that comes to use another variable changes what is behind it: ${check}`, async (t) => {
    const pool = rocqPool(t);
    const [x = '', y = ''] = ['use x', 'use y'].map((use) => section(lemma('a', use) + lemma('b', 'use x')) + check);
    const apart = await checkApart(pool, x, y, x, y, x);
    const reports = await checkAll(pool, x, y, x, y, x);
    t.deepEqual(reports.map(placesOf), apart.map(placesOf));
    t.is(apart.slice(0, 2).flatMap(placesOf).length, 1);
  });
}

test('a proof that was right with other variables is not believed with these', async (t) => {
  const [x, y] = ['use x', 'use y'].map((use) => section(lemma('a', use)));
  const reports = await checkAll(rocqPool(t), `${x}`, `${x}Check a x.\n`, `${y}`, `${x}Check 1.\nCheck a x.\n`);
  t.deepEqual(reports.flatMap(placesOf), []);
});

test('a store keeps the variables for other programs, and words that are no names are not taken', async (t) => {
  const pool = rocqPool(t);
  const values = new Map<string, unknown>();
  const store = {
    has: () => false,
    get: (key: string) => values.get(key),
    add: (key: string, value?: unknown) => void values.set(key, value),
  };
  const ran = async () =>
    (await checkDocument(pool, standInDocument(section(two)), { memory: new RocqMemory(store) })).ran;
  t.deepEqual([await ran(), await ran()], [0, 2]);
  for (const key of [...values.keys()].filter((each) => each.startsWith('rocq:uses:'))) {
    values.set(key, { uses: 'x. fail', ms: 1 });
  }
  t.is(await ran(), 0);
});

test('a name that is no variable any more makes no error', async (t) => {
  const renamed = section(lemma('a', 'use z') + lemma('b', 'ok'), 'Variable z.');
  const texts = [section(lemma('a', 'use x') + lemma('b', 'ok')), renamed, `${renamed}Check a z.\n`];
  const reports = await checkAll(rocqPool(t), ...texts);
  t.deepEqual(reports.flatMap(placesOf), []);
  t.is(reports[2]?.ran, 2);
});

const countWhy = (report: RocqReport | undefined) => report?.proofs.filter(({ why }) => why !== undefined).length;

test('in a section with definitions no proof is delegated', async (t) => {
  const text = section(two, 'Variable x. Let y.');
  const reports = await checkAll(rocqPool(t), text, `${text}Check 1.\n`);
  t.deepEqual(reports.flatMap(placesOf), []);
  t.deepEqual([ranOf(reports), reports[1]?.document.joined.size, countWhy(reports[1])], [[0, 0], 0, 2]);
});

test('in a section that gets a definition no proof is delegated any more', async (t) => {
  const [plain, defined] = ['', ' Let z.'].map((more) => section(two, `Variable x. Variable y.${more}`));
  const texts = [plain, `${plain}Check 1.\n`, `${defined}Check 1.\n`, `${defined}Check 2.\n`];
  const reports = await checkAll(rocqPool(t), ...(texts as string[]));
  t.deepEqual(reports.flatMap(placesOf), []);
  t.deepEqual([reports[1]?.ran, countWhy(reports[1]), reports[3]?.ran, countWhy(reports[3])], [2, 0, 0, 2]);
});

test('a proof in a section that adds universe constraints is not delegated', async (t) => {
  const text = section(lemma('a', 'use x', 'gain') + lemma('b', 'use x'));
  const reports = await checkAll(rocqPool(t), text, `${text}Check 1.\n`, `${text}Check 2.\n`);
  t.deepEqual(reports.flatMap(placesOf), []);
  t.deepEqual([reports[1]?.document.joined.size, countWhy(reports[2])], [0, 1]);
});

test('a broken proof in a section has its place, and hides no other one', async (t) => {
  const pool = rocqPool(t);
  const broken = section(lemma('a', 'use x', 'fail') + lemma('b', 'use y', 'use x', 'nonsense'));
  const [apart] = await checkApart(pool, broken);
  const [, report] = await checkAll(pool, section(two), broken);
  t.deepEqual(placesOf(report as RocqReport), placesOf(apart as RocqReport));
  t.deepEqual(
    report?.errors.map(({ name, place }) => [name, place?.line]),
    [
      ['a', 2],
      ['b', 3],
    ],
  );
});

test('where collections have names, no proof in a section is delegated', async (t) => {
  const text = section(two, 'Variable x. Variable y. Collection z := x y.');
  const [, report] = await checkAll(rocqPool(t), text, `${text}Check 1.\n`);
  t.deepEqual([report?.errors, report?.ran], [[], 0]);
});
