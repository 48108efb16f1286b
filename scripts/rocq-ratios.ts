/**
 * Prints how much faster Rocq files are checked here than by coqc, in one run: `tsx scripts/rocq-ratios.ts FILE.v ...`.
 * Each line is a ratio with its two times. Runs that are compared alternate, since a machine may be busy.
 *
 * `--only cold,again,edit,repair,async,small` chooses lines; `--size N` sets the workers; `--async-limit S` ends coqc's
 * own workers, whose ratio is then a lower bound. `small` checks a small file in this program, as a session or a server
 * does: the start of Node, which `cold` has, is left out.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPool } from '../actors/index.ts';
import { SMALL } from '../bin/rocq/check-file.ts';
import { checkDocument } from '../kinds/rocq/proving/check-document.ts';
import { keyOf, RocqMemory } from '../kinds/rocq/proving/memory.ts';
import { LoneRunner } from '../kinds/rocq/session/lone-runner.ts';
import { endRocqSession } from '../kinds/rocq/session/sessions.ts';
import { isDelegated, type RocqDocument, readRocq, textsOf } from '../kinds/rocq/text/document.ts';
import rocq from '../kinds/rocq.ts';

const { values, positionals } = parseArgs({
  options: {
    only: { type: 'string', default: 'cold,again,edit,repair,async' },
    size: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '2' },
    'async-limit': { type: 'string', default: '60' },
  },
  allowPositionals: true,
});
const bin = new URL('../dist/bin/statepool.js', import.meta.url).pathname;
const args = ['-w', 'none'];
const size = Number(values.size);
const lines = new Set(values.only.split(','));
const compiled = mkdtempSync(join(tmpdir(), 'statepool-rocq-'));
process.on('exit', () => rmSync(compiled, { recursive: true, force: true }));

for (const file of positionals) {
  const source = readFileSync(file, 'latin1');
  const document = readRocq(source, { file, args });
  const coqc: number[] = [];
  const cold: number[] = [];
  const small: number[] = [];
  const runs = [
    () => void coqc.push(coqcOn(file)),
    () => void cold.push(programOn(file)),
    async () => void (lines.has('small') && small.push(await timeOf(() => checkSmall(source, file)))),
  ];
  for (let i = 0; i < Number(values.rounds); i++)
    for (const run of i % 2 === 0 ? runs : [...runs].reverse()) await run();
  const plain = mean(coqc);
  if (lines.has('cold')) say(file, 'cold', plain, mean(cold));
  if (lines.has('small')) say(file, 'checked in a program that runs', plain, mean(small));
  if (lines.has('again') || lines.has('edit')) await warm(file, source, document, plain);
  if (lines.has('repair')) await repair(file, document, plain);
  if (lines.has('async')) {
    const limit = Number(values['async-limit']) * 1000;
    const ms = coqcOn(file, ['-async-proofs', 'on', '-async-proofs-j', String(size)], limit);
    say(file, `coqc -async-proofs on${ms >= limit ? ' (ended: at least)' : ''}`, ms, mean(cold));
  }
}

/** Checks a small file on a new engine. */
async function checkSmall(source: string, file: string): Promise<void> {
  const runner = new LoneRunner();
  const { errors } = await checkDocument(runner, readRocq(source, { file, args }), { small: SMALL });
  runner.close();
  if (errors.length > 0) throw new Error(`${file} is not right: ${errors[0]?.message}`);
}

/** The whole file again on warm workers, which keep no verdict; and after an edit of one proof, with verdicts kept. */
async function warm(file: string, source: string, document: RocqDocument, plain: number): Promise<void> {
  const pool = poolOf();
  const memory = new RocqMemory();
  const first = await checkDocument(pool, document, { memory });
  if (first.errors.length > 0) throw new Error(`${file} is not right: ${first.errors[0]?.message}`);
  if (lines.has('again')) {
    const times: number[] = [];
    for (let i = 0; i < 2; i++) times.push(await timeOf(() => checkDocument(pool, readRocq(source, { file, args }))));
    say(file, 'again on warm workers', plain, mean(times));
  }
  if (lines.has('edit')) {
    // The times of the first check have the way to the state before a proof: each proof is tried alone.
    const edits: { readonly name: string; readonly ran: number; readonly ms: number }[] = [];
    const proofs = first.proofs.filter(({ ms }) => ms !== undefined).sort((x, y) => (y.ms ?? 0) - (x.ms ?? 0));
    for (const { segment, name } of proofs.filter((_, i) => i < 8 || i === proofs.length >> 1)) {
      const end = document.sentences[document.segments[segment]?.to ?? 0]?.start ?? 0;
      const edited = readRocq(`${source.slice(0, end)}all: idtac. ${source.slice(end)}`, { file, args });
      const before = performance.now();
      const { ran } = await checkDocument(pool, edited, { memory });
      edits.push({ name, ran, ms: performance.now() - before });
    }
    const median = edits.at(-1);
    const heaviest = [...edits].sort((x, y) => y.ms - x.ms)[0];
    for (const [kind, edit] of Object.entries({ heaviest, median })) {
      if (!edit) continue;
      say(file, `edit of the ${kind} proof, ${edit.name}: ${edit.ran} of ${first.proofs.length} run`, plain, edit.ms);
    }
  }
  await pool.destroy();
}

/** A proof whose last sentence is broken, repaired in the same engine; against a new worker, and against coqc. */
async function repair(file: string, document: RocqDocument, plain: number): Promise<void> {
  const segment = document.segments.findLastIndex((_, i) => isDelegated(document, i));
  const texts = textsOf(document, segment);
  const { from, to } = document.segments[segment] as { from: number; to: number };
  const last = document.sentences[to - 1] as { start: number; end: number };
  const source = `${document.source.slice(0, last.start)}apply statepool_nowhere.${document.source.slice(last.end)}`;
  const broken = readRocq(source, { file, args });
  const pool = poolOf();
  const key = keyOf(broken, segment);
  const held = await pool.run({ type: 'prove', document: broken, segment, key, hold: true });
  if (held.type !== 'error' || held.error.index !== to - 1 - from) throw new Error(`${file}: it is not held`);
  const wrong = await timeOf(() => pool.run({ type: 'repair', key, script: ['exact statepool_no.', 'Qed.'] }));
  let pid: number | undefined;
  const right = await timeOf(async () => {
    const repaired = await pool.run({ type: 'repair', key, script: texts.slice(-2) });
    pid = repaired.type === 'proved' ? repaired.enginePid : undefined;
  });
  await pool.destroy();
  const other = poolOf();
  const cold = await timeOf(() => other.run({ type: 'prove', document, segment, key: 'cold' }));
  await other.destroy();
  const engines = `engine ${held.enginePid} at the error, ${pid} at the repair`;
  say(file, `repair against a cold rebuild (${engines}; a wrong one ${Math.round(wrong)} ms)`, cold, right);
  say(file, 'repair', plain, right);
}

function poolOf() {
  const pool = createPool(rocq, { size, host: 'inline' });
  pool.on('worker', ({ id, state }) => {
    if (state === 'dead') endRocqSession(id);
  });
  return pool;
}

function coqcOn(file: string, more: readonly string[] = [], timeout = 300_000): number {
  const begin = performance.now();
  // A theory that is installed keeps its compiled file: others need exactly that one.
  const output = ['-no-glob', '-o', join(compiled, `${basename(file, '.v')}.vo`)];
  const { status, error } = spawnSync('coqc', ['-q', ...args, ...output, ...more, file], { stdio: 'ignore', timeout });
  if (error === undefined && status !== 0) throw new Error(`coqc refuses ${file}`);
  return performance.now() - begin;
}

function programOn(file: string): number {
  const begin = performance.now();
  const flags = ['rocq', '--quiet', '--no-cache', '-j', String(size), file];
  const { status } = spawnSync(process.execPath, [bin, ...flags], { stdio: 'ignore' });
  if (status !== 0) throw new Error(`statepool rocq refuses ${file}`);
  return performance.now() - begin;
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function mean(times: readonly number[]): number {
  return times.reduce((sum, each) => sum + each, 0) / times.length;
}

function say(file: string, name: string, theirs: number, ours: number): void {
  console.log(`${file} ${name}: ${(theirs / ours).toFixed(2)} times (${Math.round(theirs)} / ${Math.round(ours)} ms)`);
}
