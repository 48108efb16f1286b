import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkerInfo } from 'statepool';
import { checkDocument, RocqMemory, readRocq } from 'statepool/kinds';
import { rocqFolder, rocqPool, withRocq } from '../../support/rocq.ts';

/** Some of the files that come with Rocq: scripts/rocq-compare.ts compares any number of them. */
const theories = ['Bool/Sumbool.v', 'Arith/Cantor.v', 'Lists/ListSet.v', 'Logic/Hurkens.v', 'Sorting/Permutation.v'];

const readable = () => join(String(spawnSync('coqc', ['-where'], { encoding: 'utf8' }).stdout).trim(), 'theories');

withRocq('files of the standard library have the verdict of coqc, whole and with an error', async (t) => {
  const folder = rocqFolder(t);
  const pool = rocqPool(t);
  for (const path of theories) {
    const from = join(readable(), path);
    if (!existsSync(from)) continue;
    const source = readFileSync(from, 'latin1');
    const whole = await checkDocument(pool, readRocq(source, { file: 'x.v', folder, args: ['-w', 'none'] }));
    t.deepEqual(whole.errors, [], path);
    // The last end of a proof becomes an error.
    const at = source.lastIndexOf('Qed.');
    const broken = `${source.slice(0, at)}exact statepool_nowhere. ${source.slice(at)}`;
    writeFileSync(join(folder, 'x.v'), broken, 'latin1');
    const coqc = spawnSync('coqc', ['-q', '-w', 'none', 'x.v'], { cwd: folder, encoding: 'latin1' });
    const place = /line (\d+), characters (\d+)-(\d+)/.exec(coqc.stderr)?.slice(1).map(Number);
    const [first] = (await checkDocument(pool, readRocq(broken, { file: 'x.v', folder, args: ['-w', 'none'] }))).errors;
    t.deepEqual([first?.place?.line, first?.place?.start, first?.place?.end], place, path);
  }
});

const inSection = (variables: string, script: string, behind: string): string =>
  `Section S.\n${variables}\nLemma one : True.\nProof. ${script} Qed.\nLemma two : n = n.\nProof. pose one. reflexivity. Qed.\nEnd S.\n${behind}\n`;
const plain = 'Variables (A : Type) (x y : A) (H : x = y) (n : nat).';

withRocq('sections have the verdict of coqc, whatever was learnt of their proofs before', async (t) => {
  const folder = rocqFolder(t);
  const pool = rocqPool(t);
  const memory = new RocqMemory();
  const scripts = ['exact I.', 'pose n. exact I.', 'pose H. exact I.', 'clear n. exact I.', 'exact nowhere.'];
  const checks = ['Check one : True.', 'Check one 1 : True.', 'Check two 1 : 1 = 1.'];
  const texts = [...scripts, ...scripts.toReversed()].flatMap((script) =>
    checks.map((check) => inSection(plain, script, check)),
  );
  const defined = 'Variables (n : nat) (m : nat).\nLet k := n.';
  texts.push(...[1, 2, 3].map((i) => inSection(defined, 'pose m. exact I.', `Check ${i}. Check one 1 : True.`)));
  let ran = 0;
  for (const text of texts) {
    writeFileSync(join(folder, 'x.v'), text);
    const coqc = spawnSync('coqc', ['-q', 'x.v'], { cwd: folder, encoding: 'latin1' });
    const place = /line (\d+), characters (\d+)-(\d+)/.exec(coqc.stderr)?.slice(1).map(Number);
    const report = await checkDocument(pool, readRocq(text, { file: 'x.v', folder }), { memory });
    const [first] = report.errors;
    t.deepEqual(first?.place && [first.place.line, first.place.start, first.place.end], place, text);
    ran += report.ran;
  }
  t.true(ran > 20, `${ran} proofs were delegated`);
});

const proofs = Array.from(
  { length: 12 },
  (_, i) => `Lemma l${i} : ${i} + 1 = ${i + 1 + Number(i === 7)}.\nProof. do 20000 idtac. reflexivity. Qed.\n`,
);

withRocq('four kills of workers and engines in the middle of a file change no verdict', async (t) => {
  const pool = rocqPool(t);
  let kills = 0;
  // The pool shows a worker as busy until it hears of its end.
  const ended = new Set<number>();
  pool.on('task', () => {
    const isAlive = ({ pid, state }: WorkerInfo) => pid !== undefined && state === 'busy' && !ended.has(pid);
    const worker = pool.workers.find(isAlive)?.pid;
    if (worker === undefined || kills >= 4) return;
    const children = readFileSync(`/proc/${worker}/task/${worker}/children`, 'utf8').trim().split(' ').filter(Boolean);
    kills++;
    const engine = kills % 2 === 0 ? undefined : children[0];
    if (engine === undefined) ended.add(worker);
    process.kill(Number(engine ?? worker), 'SIGKILL');
  });
  const { errors } = await checkDocument(pool, readRocq(proofs.join(''), { file: 'x.v' }));
  t.is(kills, 4);
  t.deepEqual(
    errors.map(({ name, place }) => [name, place?.line]),
    [['l7', 16]],
  );
});

withRocq('an engine above maxRss is replaced, and no verdict is lost', async (t) => {
  const pool = rocqPool(t, 1);
  const { errors, ran } = await checkDocument(pool, readRocq(proofs.join(''), { file: 'x.v' }), { maxRss: 1 });
  t.deepEqual(
    errors.map(({ name }) => name),
    ['l7'],
  );
  t.is(ran, proofs.length);
});

withRocq('a repair goes on from the last good state, in the same engine', async (t) => {
  const pool = rocqPool(t);
  const document = readRocq('Lemma a (n : nat) : n = n /\\ True.\nProof. split. - foo. - exact I. Qed.\n');
  const held = await pool.run({ type: 'prove', document, segment: 0, key: 'a', hold: true });
  t.like(held, { type: 'error', error: { index: 4, start: 0, end: 3 } });
  const states = await pool.run({ type: 'states', key: 'a' });
  t.regex(states.type === 'states' ? states.goals : '', /n = n/);
  const right = await pool.run({ type: 'repair', key: 'a', script: ['reflexivity.', '-', 'exact I.', 'Qed.'] });
  t.deepEqual([right.type, right.enginePid], ['proved', held.enginePid]);
});

withRocq('a query is answered, and scripts are tried, in the state before a segment', async (t) => {
  const pool = rocqPool(t, 1);
  const document = readRocq('Definition d := 5.\nLemma a : d = 5.\nProof. admit. Qed.\n');
  t.like(await pool.run({ type: 'query', text: 'Eval compute in d.', document, segment: 1 }), {
    text: '= 5\n     : nat',
  });
  const tried = await pool.run({
    type: 'try',
    document,
    segment: 1,
    sentences: 2,
    candidates: ['exact I.', 'reflexivity.'],
  });
  t.like(tried, { type: 'tried', found: 1 });
});

withRocq('an engine that goes back over a notation of Ltac2 refuses no right file', async (t) => {
  const pool = rocqPool(t, 1);
  const text = 'From Ltac2 Require Import Ltac2.\nLtac2 f () := ().\nLtac2 Notation "rfl" := reflexivity.\n';
  for (const first of ['', 'Check 1.\n', '']) {
    t.deepEqual((await checkDocument(pool, readRocq(first + text, { file: 'x.v' }))).errors, []);
  }
});
