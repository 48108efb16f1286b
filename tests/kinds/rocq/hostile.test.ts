import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkDocument, readRocq } from 'statepool/kinds';
import { rocqFolder, rocqPool, withRocq } from '../../support/rocq.ts';

const universes =
  'Monomorphic Definition U := Type.\nMonomorphic Definition V := Type.\nMonomorphic Definition W := Type.\n';
const below = (name: string, a: string, b: string): string =>
  `Lemma ${name} : True.\nProof. pose (x := (fun (T:${a}) => T) : ${a} -> ${b}). pose (y := (${a} : ${b})). exact I. Qed.\n`;
const lemma = (name: string, ...body: string[]): string =>
  `Lemma ${name} : True.\nProof. ${body.join(' ')} exact I. Qed.\n`;

/** Files that a check of each proof alone would accept or refuse wrongly. The verdict and the place are coqc's. */
const files: Readonly<Record<string, string>> = {
  'two proofs whose universes contradict each other': universes + below('a', 'U', 'V') + below('b', 'V', 'U'),
  'a circle of universes over three proofs':
    universes + below('a', 'U', 'V') + below('b', 'V', 'W') + below('c', 'W', 'U'),
  'a definition that contradicts an earlier proof': `${universes}${below('a', 'U', 'V')}Definition d : U := V.\n`,
  'a proof that contradicts an earlier definition': `${universes}Definition d : U := V.\n${below('a', 'U', 'V')}`,
  'a proof that is right only behind another one': `${universes}${below('a', 'U', 'V')}${lemma('b', 'Fail pose (y := (V : U)).')}`,
  'a proof that is right only without the constraint of another one, and drops its own':
    'Universe U V.\nLemma a : True.\nProof. pose (x := Type@{U} : Type@{V}). exact I. Qed.\nLemma b : True.\nProof. assert_succeeds (pose (x := Type@{V} : Type@{U})). exact I. Qed.\n',
  'a proof that is right only without the constraint of a later one':
    'Universe U V.\nLemma b : True.\nProof. assert_succeeds (pose (x := Type@{V} : Type@{U})). exact I. Qed.\nLemma a : True.\nProof. pose (x := Type@{U} : Type@{V}). exact I. Qed.\n',
  'universes of a statement, used by a later proof':
    'Lemma a : exists T : Type, T = T.\nProof. exists (Type : Type). reflexivity. Qed.\nDefinition T := Type.\nLemma b : True. Proof. pose (ex_intro (fun T : Type => T = T) T eq_refl). exact I. Qed.\n',
  'an opaque lemma made transparent': `${lemma('a')}Transparent a.\n`,
  'an opaque lemma made transparent through an abbreviation': `${lemma('a')}Notation b := a.\nTransparent b.\n`,
  'a strategy for an opaque lemma': `${lemma('a')}Strategy 3 [ a ].\n`,
  'a lemma that must not be unfolded': `${lemma('a')}Lemma b : a = a.\nProof. unfold a. reflexivity. Qed.\n`,
  'a tactic that one proof defines and the next one uses': lemma('a', 'Ltac f := idtac.') + lemma('b', 'f.'),
  'a hint that one proof adds': `Axiom P : Prop. Axiom p : P.\n${lemma('a', '#[export] Hint Resolve p : core.')}Lemma b : P. Proof. auto. Qed.\n`,
  'sections with and without Proof using':
    'Section S.\nVariables (n : nat) (h : n = 1).\nLemma a : n = n. Proof. reflexivity. Qed.\nLemma b : n = 1. Proof using h. exact h. Qed.\nLemma c : n = 1. Proof using. exact h. Qed.\nEnd S.\nCheck (a 1).\n',
  'a section that uses a lemma with its variables':
    'Section S.\nVariables (n : nat) (h : n = 1).\nLemma b : n = n. Proof using h. reflexivity. Qed.\nEnd S.\nCheck (b 1 eq_refl : 1 = 1).\nCheck (b 1 : 1 = 1).\n',
  'modules and functors':
    'Module Type T. Parameter a : True. End T.\nModule M <: T.\nLemma a : True. Proof. exact I. Qed.\nEnd M.\nModule F (X : T). Lemma b : True. Proof. exact X.a. Qed. End F.\nModule N := F M.\nLemma c : False. Proof. exact N.b. Qed.\n',
  'notations that change the text behind them':
    'Lemma a : True. Proof. exact I. Qed.\nNotation "x [.] y" := (x + y) (at level 50).\nLemma b : 1 [.] 1 = 2. Proof. reflexivity. Qed.\nLemma c : 1 [.] 1 = 3. Proof. reflexivity. Qed.\n',
  'a proof that is open at the end': 'Lemma a : True. Proof. exact I.\n',
  'a section that is open at the end': 'Section S.\nLemma a : True. Proof. exact I. Qed.\n',
  'a module that is open at the end': 'Module M.\nLemma a : True. Proof. exact I. Qed.\n',
  'obligations that are open at the end':
    'Require Import Program.\nProgram Definition g (x : nat) : {y | y = x} := _.\n',
  'a comment that does not end': 'Lemma a : True. Proof. exact I. Qed.\n(* oops\n a. \n',
  'a string that does not end': 'Lemma a : True. Proof. exact I. Qed.\nCheck "oops.\n a. \n',
  'a sentence that does not end': 'Lemma a : True. Proof. exact I. Qed.\nCheck a',
  'a full stop before a brace': 'Lemma a : True. Proof. { exact I.} Qed.\n',
  'an unfinished proof, then others':
    'Lemma a : True /\\ True. Proof. split. exact I. Qed.\nLemma b : True. Proof. exact I. Qed.\n',
  'a guard that only Qed checks': 'Lemma a : nat -> False. Proof. fix f 1. intro n. exact (f n). Qed.\n',
  'a polymorphic lemma, from an option':
    'Set Universe Polymorphism.\nLemma a@{u} : Type@{u} -> Type@{u}. Proof. intro x. exact x. Qed.\nCheck a@{Set}.\nCheck a@{Set Set}.\n',
  'names and strings that are not ASCII, and bytes that are not UTF-8':
    'Lemma \u00fc (\u03b1 : nat) : \u03b1 = \u03b1. Proof. (* \u00e4. "\u00f6. " *) reflexivity. Qed.\nLemma b (\u03b1 : nat) : \u03b1 = \u03b1. Proof. intros \u00fc. Qed.\n',
  'a nested proof': 'Lemma a : True.\nLemma b : True. Proof. exact I. Qed.\nexact I. Qed.\n',
  'an abstract part whose name is used later': `Lemma a : True. Proof. abstract exact I. Qed.\nCheck a_subproof.\n`,
  'an error behind a notation of Ltac2':
    'From Ltac2 Require Import Ltac2.\nModule B.\nLtac2 f () := ().\nLtac2 Notation "rfl" := reflexivity.\nEnd B.\nPrint B.f.\n',
  'an axiom in the statement that has a hole': 'Lemma a : exists x : nat, x = _. Proof. exists 0. reflexivity. Qed.\n',
};

for (const [title, text] of Object.entries(files)) {
  withRocq(`the verdict and the place are those of coqc: ${title}`, async (t) => {
    const folder = rocqFolder(t);
    writeFileSync(join(folder, 'x.v'), text);
    const coqc = spawnSync('coqc', ['-q', '-w', 'none', 'x.v'], { cwd: folder, encoding: 'utf8' });
    const at = /File "[^"]*", line (\d+), characters (-?\d+)-(-?\d+):\s*\n(?!Warning)/
      .exec(coqc.stderr)
      ?.slice(1)
      .map(Number);
    const pool = rocqPool(t, 2);
    const source = Buffer.from(text, 'utf8').toString('latin1');
    const { errors } = await checkDocument(pool, readRocq(source, { file: 'x.v', folder, args: ['-w', 'none'] }));
    const [first] = errors;
    t.is(errors.length === 0, coqc.status === 0, first?.message ?? coqc.stderr);
    t.deepEqual(first?.place && [first.place.line, first.place.start, first.place.end], at, coqc.stderr);
  });
}
