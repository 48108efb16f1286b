import test from 'ava';
import { gainsOf, isRedefined, readGraph, readUniverses } from '../../../kinds/rocq/session/universes.ts';
import { readRocq } from '../../../kinds/rocq/text/document.ts';
import { outlineOf } from '../../../kinds/rocq/text/outline.ts';
import { placeOf } from '../../../kinds/rocq/text/places.ts';
import { splitSentences } from '../../../kinds/rocq/text/sentences.ts';

const texts = (source: string) => splitSentences(source).map(({ text }) => text);
const reasons = (source: string) =>
  outlineOf(splitSentences(source)).flatMap(({ type, why }) => (type === 'proof' ? [why] : []));

test('a sentence ends with a full stop before a blank or the end of the file', (t) => {
  t.deepEqual(texts('Check A.b. Check 1.5.\tCheck f.(g).\nauto...'), [
    'Check A.b.',
    'Check 1.5.',
    'Check f.(g).',
    'auto...',
  ]);
  t.deepEqual(texts('Notation "[ x ; .. ; y ]" := (cons x .. (cons y nil) ..). Check 1.'), [
    'Notation "[ x ; .. ; y ]" := (cons x .. (cons y nil) ..).',
    'Check 1.',
  ]);
});

test('comments nest, and full stops in comments and strings end nothing', (t) => {
  t.deepEqual(texts('(* a. (* b. *) "*)" c. *) Check "x. ""y. ". (* end. *)'), ['Check "x. ""y. ".']);
});

test('bullets and braces are sentences, with a selector too', (t) => {
  t.deepEqual(texts('split. - auto. -- { auto. } 2: { auto. } [x]: { a. } + ** b.'), [
    ...['split.', '-', 'auto.', '--', '{', 'auto.', '}', '2: {', 'auto.', '}', '[x]: {', 'a.', '}', '+', '**', 'b.'],
  ]);
});

test('a text without an end is one open sentence, from the comment or command that does not end', (t) => {
  for (const [source, open] of [
    ['Check 1. (* oops. ', '(* oops. '],
    ['Check 1. Check "a. ', 'Check "a. '],
    ['Check 1. Check 2', 'Check 2'],
    ['Check 1. (* a *) (* b', '(* b'],
    ['Check 1. exact I.}', 'exact I.}'],
  ] as const) {
    const last = splitSentences(source).at(-1);
    t.deepEqual([last?.text, last?.open], [open, true]);
  }
});

test('places are bytes, counted from the line of their start', (t) => {
  t.deepEqual(placeOf('a\nbcd\nef', 3, 7), { line: 2, start: 1, end: 5 });
});

test('only a proof that changes nothing outside of itself is delegated', (t) => {
  const lemma = 'Lemma a : True. Proof.';
  t.deepEqual(reasons(`${lemma} exact I. Qed.`), [undefined]);
  t.deepEqual(reasons(`${lemma} exact I. Defined.`), ['it ends with Defined']);
  t.deepEqual(reasons(`${lemma} Ltac f := auto. exact I. Qed.`), ["it has the command 'Ltac' inside"]);
  t.deepEqual(reasons(`${lemma} Hint Resolve x : core. exact I. Qed.`), ["it has the command 'Hint' inside"]);
  t.deepEqual(reasons('Lemma a : True. Proof I.'), ['its proof is a term']);
  t.deepEqual(reasons('Lemma a : A with b : B. Proof. auto. Qed.'), ['it is mutual']);
  t.deepEqual(reasons(`Set Universe Polymorphism. ${lemma} exact I. Qed.`), ['universes are polymorphic']);
  t.deepEqual(reasons(`#[local] ${lemma} exact I. Qed.`), []);
});

test('in a section only a proof with Proof using is delegated', (t) => {
  const why = "it is in a section, without 'Proof using'";
  const body = 'Lemma a : A. Proof. auto. Qed. Lemma b : B. Proof using x. auto. Qed.';
  t.deepEqual(reasons(`Section S. ${body} End S. Lemma c : C. auto. Qed.`), [why, undefined, undefined]);
  const { spine } = readRocq(`Section S. ${body}`);
  t.deepEqual(spine[2], ['Lemma b : B.', 'Proof using x.', 'Admitted.']);
});

test('a lemma whose opacity is used is not delegated, also through an abbreviation', (t) => {
  const lemma = 'Lemma a : A. Proof. auto. Qed.';
  for (const command of [
    'Transparent a.',
    'Strategy 3 [ a ].',
    'Fail Transparent a.',
    'Notation b := a. Transparent b.',
  ]) {
    t.deepEqual(reasons(`${lemma} ${command}`), ['its opacity is used']);
  }
});

test('the hash of a spine changes with what a proof sees, and not with delegated proofs', (t) => {
  const chain = (body: string, first = 'Definition d := 1.') =>
    readRocq(`${first} Lemma a : A. Proof. ${body} Qed.`).chain;
  t.deepEqual(chain('auto.'), chain('trivial.'));
  t.notDeepEqual(chain('auto.'), chain('auto.', 'Definition d := 2.'));
});

const universes = (names: string, lines: string) => {
  const read = readUniverses(`Normalized constraints: {${names}} |= ${lines}`);
  if (!read) throw new Error('it is readable');
  return read;
};
const gains = (before: string, after: string, local = '', mine = '') =>
  gainsOf(universes(local, before), universes(`${local} ${mine}`, after)).map(
    (e) => `${e.from} ${e.strict ? '<' : '<='} ${e.to}`,
  );

test('a proof gains the constraints between universes that others can see, also through its own', (t) => {
  t.deepEqual(gains('', 'U.u0 < V.u0'), ['U.u0 < V.u0']);
  t.deepEqual(gains('', 'U.u0 <= a.3\n a.3 < V.u0', '', 'a.3'), ['U.u0 < V.u0']);
  t.deepEqual(gains('', 'a.3 < eq.u0\n Set <= a.3', '', 'a.3'), ['Set < eq.u0']);
  t.deepEqual(gains('a.1 < eq.u0', 'a.1 < eq.u0\n < V.u0', 'a.1'), ['a.1 < V.u0']);
  t.deepEqual(gains('', 'U.u0 = V.u0'), ['U.u0 <= V.u0', 'V.u0 <= U.u0']);
});

test('an unknown form of constraints is not read', (t) => {
  t.is(readUniverses('Constraints: U < V'), undefined);
  t.is(readUniverses('Normalized constraints: {} |= U ~ V'), undefined);
  t.deepEqual(readUniverses('UNIVERSES:\n\nNormalized constraints:')?.edges, []);
});

test('a graph implies constraints through others, and Set is below all', (t) => {
  const graph = readGraph('Set < A.u0\n    < B.u0\nA.u0 \n<= B.u0\nB.u0 < C.u0');
  const implies = (from: string, to: string, strict: boolean) => graph?.implies({ from, to, strict });
  t.deepEqual(
    [implies('A.u0', 'C.u0', true), implies('A.u0', 'B.u0', true), implies('Set', 'X.u0', false)],
    [true, false, true],
  );
  t.deepEqual([implies('Set', 'X.u0', true), implies('C.u0', 'A.u0', false)], [false, false]);
});

test('a name that a later command may define again is no longer trusted', (t) => {
  t.true(isRedefined('Lists.list.u0', 'Inductive list := nil.'));
  t.true(isRedefined('list_rect.u1', 'Inductive list := nil.'));
  t.false(isRedefined('list.u0', 'Lemma a : list nat = list nat. Admitted.'));
});
