/**
 * Compares the verdicts of the rocq kind with coqc's: whether a file is right, and the place of its first error.
 * `tsx scripts/rocq-compare.ts FILE.v ...`; with `--seed N` one error is put into each file; with `--hints` each file is
 * checked twice, and what the first check learns of its sections is used in the second one; `--limit-ms N` ends early.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPool } from '../actors/index.ts';
import { checkDocument } from '../kinds/rocq/proving/check-document.ts';
import { RocqMemory, type RocqStore } from '../kinds/rocq/proving/memory.ts';
import type { RocqReport } from '../kinds/rocq/proving/report.ts';
import { endRocqSession } from '../kinds/rocq/session/sessions.ts';
import { isDelegated, isInSection, readRocq } from '../kinds/rocq/text/document.ts';
import rocq from '../kinds/rocq.ts';

/** Keeps what is known of proofs in sections, and nothing else: no verdict of the first check is believed in the second one. */
class HintStore implements RocqStore {
  readonly #values = new Map<string, unknown>();

  has(): boolean {
    return false;
  }

  add(key: string, value?: unknown): void {
    if (key.startsWith('rocq:uses:')) this.#values.set(key, value);
  }

  get(key: string): unknown {
    return this.#values.get(key);
  }
}

const { values, positionals } = parseArgs({
  options: {
    seed: { type: 'string' },
    hints: { type: 'boolean', default: false },
    size: { type: 'string', default: '2' },
    'limit-ms': { type: 'string' },
  },
  allowPositionals: true,
});
const folder = mkdtempSync(join(tmpdir(), 'rocq-compare-'));
const pool = createPool(rocq, { size: Number(values.size), host: 'inline' });
pool.on('worker', ({ id, state }) => {
  if (state === 'dead') endRocqSession(id);
});
let seed = Number(values.seed ?? 0);
const begin = performance.now();
const sums = {
  files: 0,
  verdict: 0,
  place: 0,
  rejected: 0,
  coqcMs: 0,
  ms: 0,
  proofs: 0,
  delegated: 0,
  joined: 0,
  taken: 0,
};
for (const path of positionals) {
  if (values['limit-ms'] !== undefined && performance.now() - begin > Number(values['limit-ms'])) break;
  await compare(path);
}
await pool.destroy();
rmSync(folder, { recursive: true });
console.log(JSON.stringify({ ...sums, coqcMs: Math.round(sums.coqcMs), ms: Math.round(sums.ms) }));
process.exitCode = sums.files === sums.verdict && sums.files === sums.place ? 0 : 1;

async function compare(path: string): Promise<void> {
  const given = readFileSync(path, 'latin1');
  const [source, note] = values.seed === undefined ? [given, ''] : withError(given);
  if (source === undefined) return;
  const file = basename(path).replaceAll(/[^\w.]/g, '_');
  writeFileSync(join(folder, file), source, 'latin1');
  const coqcBegin = performance.now();
  const coqc = spawnSync('coqc', ['-q', '-w', 'none', file], { cwd: folder, encoding: 'latin1', timeout: 180_000 });
  const coqcMs = performance.now() - coqcBegin;
  if (coqc.status === null) return console.log(`${path}: coqc did not end`);
  const error = coqc.stderr.slice(Math.max(0, coqc.stderr.lastIndexOf('File "')));
  const place = /^File "[^"]*", line (\d+), characters (-?\d+)-(-?\d+)/.exec(error)?.slice(1).join(',');
  const options = { file, folder, args: ['-w', 'none'] };
  const store = new HintStore();
  if (values.hints) await checkDocument(pool, readRocq(given, options), { memory: new RocqMemory(store) });
  const ourBegin = performance.now();
  const report = await checkDocument(pool, readRocq(source, options), { memory: new RocqMemory(store) });
  const ms = performance.now() - ourBegin;
  count(path, note, coqc.status, place, error, report, coqcMs, ms);
}

function count(
  path: string,
  note: string,
  status: number,
  place: string | undefined,
  error: string,
  { errors: [first], document, proofs }: RocqReport,
  coqcMs: number,
  ms: number,
): void {
  const ours = first?.place && `${first.place.line},${first.place.start},${first.place.end}`;
  const isSame = (status === 0) === (first === undefined);
  const isPlaceSame = isSame && ours === place;
  sums.files++;
  sums.verdict += Number(isSame);
  sums.place += Number(isPlaceSame);
  sums.rejected += Number(status !== 0);
  sums.coqcMs += coqcMs;
  sums.ms += ms;
  sums.proofs += proofs.length;
  sums.delegated += document.segments.filter((_, i) => isDelegated(document, i)).length;
  sums.joined += document.joined.size;
  sums.taken += [...document.uses.keys()].filter((i) => isDelegated(document, i)).length;
  const head = `${isPlaceSame ? 'same' : isSame ? 'PLACE' : 'VERDICT'} ${path} ${note}`;
  const times = `coqc ${Math.round(coqcMs)} ms, ours ${Math.round(ms)} ms, ${proofs.length} proofs, ${document.joined.size} joined`;
  console.log(`${head} ${times}`);
  if (!isPlaceSame)
    console.log(`  coqc ${status} ${place} ${error.slice(0, 200)}\n  ours ${ours} ${first?.message.slice(0, 200)}`);
}

/** Returns the file with an error in one of its delegated proofs. */
function withError(source: string): [string | undefined, string] {
  const document = readRocq(source);
  const isMeant = (i: number): boolean => isDelegated(document, i) || (values.hints && isInSection(document, i));
  const long = document.segments.filter(({ from, to }, i) => isMeant(i) && to - from > 2);
  const segment = long[random(long.length)];
  if (!segment) return [undefined, ''];
  const sentence = document.sentences[segment.from + 1 + random(segment.to - segment.from - 1)];
  if (!sentence) return [undefined, ''];
  const text = ['apply statepool_nowhere.', '', 'exact (fun x => x x).'][random(3)] ?? '';
  return [
    source.slice(0, sentence.start) + text + source.slice(sentence.end),
    `(${segment.name}: '${sentence.words.slice(0, 30)}' -> '${text}')`,
  ];
}

function random(below: number): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff;
  return below === 0 ? 0 : (seed >> 8) % below;
}
