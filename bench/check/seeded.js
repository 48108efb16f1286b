/**
 * Compares the warm check of this repository with `tsc -p`: node bench/check/seeded.js
 *
 * A copy of the repository gets 30 errors in 30 files. The diagnostics must be equal as sets: at first, with every second file mended, with
 * all errors back, and after kill -9 of the server in the middle of a check: it has worked for 200 ms then. One pool does it all.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createPool } from '../../dist/actors/index.js';
import { findTypescript } from '../../dist/kinds/typescript/engine/find-typescript.js';
import typescript from '../../dist/kinds/typescript.js';
import { cpuOf } from './cpu.js';

const root = new URL('../..', import.meta.url).pathname;
const home = realpathSync(mkdtempSync(join(tmpdir(), 'statepool-seeded-')));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));
const config = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
for (const folder of config.include) cpSync(join(root, folder), join(home, folder), { recursive: true });
for (const file of ['tsconfig.json', 'package.json']) cpSync(join(root, file), join(home, file));
for (const folder of ['node_modules', 'dist']) symlinkSync(join(root, folder), join(home, folder));
const project = join(home, 'tsconfig.json');

/** Thirty files, spread over the repository, and what each gets at its end. */
const sources = ['actors', 'bin', 'fleet', 'kinds', 'machines', 'tests']
  .flatMap((folder) => readdirSync(join(home, folder), { recursive: true }).map((name) => join(home, folder, name)))
  .filter((path) => path.endsWith('.ts') && !/page|fixtures|\.d\.ts$/.test(path))
  .sort();
const files = Array.from({ length: 30 }, (_, i) => sources[Math.floor(((i + 0.5) * sources.length) / 30)]);
const originals = files.map((file) => readFileSync(file, 'utf8'));
const faults = [
  (n) => `export const seeded${n}: number = 'text';`,
  (n) => `export const seeded${n} = unknownName${n};`,
  (n) => `export function seeded${n}(x) { return x; }`,
  (n) => `export const seeded${n}: { a: { b: number } } = { a: { b: 'é💥' } };`,
  (n) => `/* 💥 */ export const seeded${n}: string = 1 + 1;`,
];
const changes = [];
const seed = (isFaulty) => {
  for (const [i, file] of files.entries()) {
    const text = isFaulty(i) ? `${originals[i]}\n${faults[i % faults.length](i)}\n` : originals[i];
    if (text === readFileSync(file, 'utf8')) continue;
    writeFileSync(file, text);
    changes.push({ path: file, type: 'changed' });
  }
};

function cold() {
  try {
    execFileSync(findTypescript(project), ['-p', project, '--noEmit', '--pretty', 'false'], {
      cwd: home,
      encoding: 'utf8',
    });
    return [];
  } catch ({ stdout }) {
    return stdout.match(/^\S+\(\d+,\d+\): error TS\d+/gm).sort();
  }
}

const lineOf = ({ file, line, column, code }) => `${relative(home, file)}(${line},${column}): error TS${code}`;
const pool = createPool(typescript, { size: 1 });
let isSame = true;
async function compare(title, check = pool.run({ type: 'project', project, changes: [...changes] })) {
  const { diagnostics, pid } = await check;
  const [warm, plain] = [diagnostics.map(lineOf).sort(), cold()];
  const isEqual = JSON.stringify(warm) === JSON.stringify(plain);
  isSame &&= isEqual;
  const inFiles = new Set(warm.map((line) => line.split('(')[0])).size;
  console.log(`${title}: ${warm.length} errors in ${inFiles} files, ${isEqual ? 'equal to' : 'DIFFERENT from'} tsc -p`);
  return pid;
}

seed(() => true);
await compare('30 seeded errors');
seed((i) => i % 2 === 0);
await compare('every second file mended');
seed(() => false);
await compare('all mended');
seed(() => true);
const pid = await compare('all errors back');
seed((i) => i % 3 === 0);
const check = pool.run({ type: 'project', project, changes: [...changes] });
let isOver = false;
check.finally(() => {
  isOver = true;
});
for (const before = cpuOf(pid); cpuOf(pid) - before < 200 && !isOver; ) await setTimeout(5);
process.kill(pid, 'SIGKILL');
console.log(isOver ? 'the check was over before the kill' : 'the server is killed while it checks');
const next = await compare('the server killed by -9 in the middle', check);
console.log(next === pid ? 'the same server answered: it was not killed' : 'a new server answered');
await pool.destroy();
process.exitCode = isSame && next !== pid && !isOver ? 0 : 1;
