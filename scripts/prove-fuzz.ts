import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chanceOf, fileOf, LOGICS } from './fuzzing/smt-grammar.ts';

// Compares `statepool prove` with the solvers themselves on small files made by chance. Prints the seed; run it again
// with `--seed N`. Exits with 1 after an opposite verdict, a verdict beside a command that the solver refuses, or
// verdicts that differ with --clean.

const bin = new URL('../dist/bin/statepool.js', import.meta.url).pathname;
const numberOf = (flag: string, otherwise: number): number => {
  const at = process.argv.indexOf(flag);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const count = numberOf('--files', 2000);
const seed = numberOf('--seed', Math.floor(Math.random() * 1e9));
const part = 200;
const folder = mkdtempSync(join(tmpdir(), 'prove-fuzz-'));

/** Returns the verdicts that a solver itself prints for a file; `error` where it refuses a command. */
function verdictsOf(command: readonly string[], file: string): string[] {
  const [program = '', ...args] = command;
  const { stdout } = spawnSync(program, [...args, file], { encoding: 'utf8' });
  if (/^\(error|^unsupported/m.test(stdout)) return ['error'];
  return stdout.split('\n').filter((line) => /^(sat|unsat|unknown)$/.test(line));
}

/** The word for the verdict of a solver that a busy machine has stopped: it says nothing about the goal. */
const LATE = 'late';

/** Returns the verdicts of `prove` by file. */
function provedBy(args: readonly string[], files: string): Map<string, string[]> {
  const command = [bin, 'prove', '--no-cache', '--json', '--size', '2', '--timeout', '3000', ...args, files];
  const { stdout } = spawnSync(process.execPath, command, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const found = new Map<string, string[]>();
  for (const line of stdout.split('\n').filter((each) => each.startsWith('{"type":"goal"'))) {
    const { file, verdict, reason } = JSON.parse(line) as { file: string; verdict: string; reason?: string };
    found.set(file, [...(found.get(file) ?? []), reason === 'timeout' ? LATE : verdict]);
  }
  return found;
}

const isOpposite = (a: string | undefined, b: string | undefined): boolean =>
  (a === 'sat' && b === 'unsat') || (a === 'unsat' && b === 'sat');

const ways = [
  ['z3', ['--engine', 'z3'], ['z3', '-T:3']],
  // One worker may use two processes of its solver.
  ['z3 clean', ['--engine', 'z3', '--clean', '--size', '1'], ['z3', '-T:3']],
  ['cvc5', ['--engine', 'cvc5'], ['cvc5', '--incremental', '--tlimit=3000']],
  ['cvc5 clean', ['--engine', 'cvc5', '--clean', '--size', '1'], ['cvc5', '--incremental', '--tlimit=3000']],
  ['z3-wasm', [], ['z3', '-T:3']],
] as const;

const chance = chanceOf(seed);
console.log(
  `seed ${seed}, ${count} files in ${LOGICS.length} logics; ${execFileSync(ways[0][2][0], ['--version'])}`.trim(),
);
let goals = 0;
let opposite = 0;
let beside = 0;
let different = 0;
let late = 0;
let disagreed = 0;
for (let from = 0; from < count; from += part) {
  const files = join(folder, String(from));
  mkdirSync(files);
  const names: string[] = [];
  for (let i = from; i < Math.min(count, from + part); i++) {
    const name = join(files, `${i}.smt2`);
    writeFileSync(name, fileOf(chance, LOGICS[i % LOGICS.length] as (typeof LOGICS)[number]));
    names.push(name);
  }
  const native = new Map<string, string[]>();
  const modes: Map<string, string[]>[] = [];
  for (const [way, args, command] of ways) {
    const proved = provedBy(args, files);
    if (args[1] === 'z3') modes.push(proved);
    for (const name of names) {
      const key = `${command[0]} ${name}`;
      if (!native.has(key)) native.set(key, verdictsOf(command, name));
      const expected = native.get(key) as string[];
      const got = proved.get(name) ?? [];
      goals += got.length;
      if (expected[0] === 'error') {
        // The first check of each of these files comes after the refused command.
        if (got.some((verdict) => verdict !== 'error' && verdict !== LATE)) beside++;
        continue;
      }
      for (const [i, verdict] of got.entries()) {
        if (isOpposite(verdict, expected[i])) {
          opposite++;
          console.log(`opposite: ${way} says ${verdict}, ${command[0]} says ${expected[i]}: ${name}, goal ${i}`);
        } else if (verdict === LATE) late++;
        else if (expected[i] !== undefined && verdict !== expected[i]) different++;
      }
    }
  }
  for (const name of names) {
    const [kept = [], clean = []] = modes.map((proved) => proved.get(name));
    const isSame = (verdict: string, i: number): boolean => [clean[i], LATE].includes(verdict) || clean[i] === LATE;
    if (kept.length === clean.length && kept.every(isSame)) continue;
    disagreed++;
    console.log(`the modes differ: '${kept.join(' ')}', with --clean '${clean.join(' ')}': ${name}`);
  }
}
console.log(
  `${goals} verdicts: ${opposite} opposite, ${beside} beside a refused command, ${different} otherwise different, ${late} late; ${disagreed} files differ with --clean`,
);
if (opposite + beside + disagreed === 0) rmSync(folder, { recursive: true });
else {
  console.log(`the files are in ${folder}`);
  process.exitCode = 1;
}
