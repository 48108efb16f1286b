import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../kinds/smt/engine/native-process.ts';

// Proves a folder of heavy goals over a shared prelude in several ways, and prints their times in one table. Another
// folder may be named.

const bin = new URL('../dist/bin/statepool.js', import.meta.url).pathname;
const folder = process.argv[2] ?? new URL('compare/heavy', import.meta.url).pathname;
const hasZ3 = findProgram('z3') !== undefined;
const engine = hasZ3 ? 'z3' : 'z3-wasm';
const cache = mkdtempSync(join(tmpdir(), 'prove-compare-'));

/** The summary of a run, as --json prints it. */
interface Summary {
  readonly goals: number;
  readonly unexpected: number;
  readonly cached: number;
  readonly workers: number;
}

/** One line of the table. */
interface Row {
  readonly name: string;
  readonly ms: number;
  readonly summary?: Summary;
}

function proved(name: string, flags: readonly string[]): Row {
  const start = performance.now();
  const { stdout, stderr } = spawnSync(process.execPath, [bin, 'prove', '--json', ...flags, folder], {
    encoding: 'utf8',
  });
  const ms = performance.now() - start;
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (!last.includes('"summary"')) throw new Error(`${name} has failed: ${stderr}`);
  return { name, ms, summary: JSON.parse(last) as Summary };
}

function solverAlone(program: string): Row {
  const start = performance.now();
  for (const file of readdirSync(folder)) if (file.endsWith('.smt2')) spawnSync(program, [join(folder, file)]);
  return { name: `${program} file, one after the other`, ms: performance.now() - start };
}

const one = ['--no-cache', '--engine', engine, '--size', '1'];
const others = [...(hasZ3 ? ['z3'] : []), ...(findProgram('cvc5') === undefined ? [] : ['cvc5'])];
const rows = [
  ...(hasZ3 ? [solverAlone(engine)] : []),
  proved('cold: a new solver for each goal', [...one, '--fresh', '--clean']),
  proved('warm: one solver', one),
  proved('warm: two solvers', ['--engine', engine, '--size', '2', '--cache', cache]),
  proved('cached: the same once more', ['--engine', engine, '--size', '2', '--cache', cache]),
  ...(others.length === 2
    ? [proved(`portfolio: ${others.join(' and ')}`, ['--no-cache', '--portfolio', others.join(',')])]
    : []),
];
rmSync(cache, { recursive: true });
const base = rows.find(({ name }) => name.startsWith('cold'))?.ms ?? 1;
console.log(`${rows.at(-1)?.summary?.goals} goals in ${folder}, engine ${engine}\n`);
console.log(`${'way'.padEnd(36)}${'s'.padStart(8)}${'x cold'.padStart(9)}${'asked'.padStart(8)}${'wrong'.padStart(8)}`);
for (const { name, ms, summary } of rows) {
  const asked = summary === undefined ? '' : String(summary.goals - summary.cached);
  const wrong = summary === undefined ? '' : String(summary.unexpected);
  const [seconds, speed] = [(ms / 1000).toFixed(2), (base / ms).toFixed(2)];
  console.log(`${name.padEnd(36)}${seconds.padStart(8)}${speed.padStart(9)}${asked.padStart(8)}${wrong.padStart(8)}`);
}
