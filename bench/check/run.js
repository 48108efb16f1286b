/**
 * Measures warm checks of TypeScript projects: node bench/check/run.js [ROUNDS]
 *
 * First one edited file against a cold tsc, then three projects on a pool and on piscina, with the same perform. CPU is that
 * of TypeScript's processes. Both sides alternate in one run. Linux only: it reads /proc.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Piscina from 'piscina';
import { createPool } from '../../dist/actors/index.js';
import { findTypescript } from '../../dist/kinds/typescript/engine/find-typescript.js';
import typescript from '../../dist/kinds/typescript.js';
import { cpuOf } from './cpu.js';

const ROUNDS = Number(process.argv[2] ?? 3);
const FOLDERS = ['actors', 'kinds', 'machines', 'tokens'];
const FILES = [
  'actors/pool/pool.ts',
  'kinds/proof.ts',
  'actors/tasks/settlement.ts',
  'machines/worker.ts',
  'kinds/rocq.ts',
];
const TASKS = 24;

const home = realpathSync(mkdtempSync(join(tmpdir(), 'statepool-bench-check-')));
const root = new URL('../..', import.meta.url).pathname;
process.on('exit', () => rmSync(home, { recursive: true, force: true }));
const projects = ['a', 'b', 'c'].map((name) => {
  const folder = join(home, name);
  for (const each of FOLDERS) cpSync(join(root, each), join(folder, each), { recursive: true });
  cpSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'tsconfig.json');
});

function coldTsc(project) {
  const before = childCpu();
  spawnSync(findTypescript(project), ['-p', project, '--noEmit'], { stdio: 'ignore' });
  return childCpu() - before;
}

/** Returns the CPU time in ms of the children that have ended. */
function childCpu() {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

function taskOf(i) {
  const project = projects[(i * 7 + Math.floor(i / 3)) % 3];
  const path = FILES[Math.floor(i / 2) % FILES.length];
  const file = join(project, '..', path);
  const text = `${readFileSync(file, 'utf8')}\nexport const edit${i}: number = ${i % 5 === 0 ? "'text'" : i};\n`;
  return { type: 'file', project, file, texts: { [file]: text } };
}

/** Runs the tasks with a number of them in flight. Returns what it cost. */
async function measure(inFlight, run) {
  const cpu = new Map();
  let [started, errors, next] = [0, 0, 0];
  const begin = performance.now();
  const caller = async () => {
    while (next < TASKS) {
      const result = await run(taskOf(next++));
      started += result.started;
      errors += result.diagnostics.length;
      cpu.set(result.pid, cpuOf(result.pid));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  const wall = Math.round(performance.now() - begin);
  return { started, errors, cpu: [...cpu.values()].reduce((sum, each) => sum + each, 0), wall };
}

async function onPool(size, inFlight) {
  const pool = createPool(typescript, { size });
  const cost = await measure(inFlight, (task) => pool.run(task));
  await pool.destroy();
  return cost;
}

async function onPiscina(size, inFlight) {
  const filename = new URL('./perform.mjs', import.meta.url).href;
  const pool = new Piscina({ filename, minThreads: size, maxThreads: size });
  const cost = await measure(inFlight, (task) => pool.run(task));
  await pool.destroy();
  return cost;
}

async function editedFile() {
  const pool = createPool(typescript, { size: 1 });
  const project = join(root, 'tsconfig.json');
  const file = join(root, FILES[0]);
  const first = await pool.run({ type: 'project', project });
  for (let round = 1; round <= ROUNDS; round++) {
    const before = cpuOf(first.pid);
    const text = `${readFileSync(file, 'utf8')}\nexport const edit${round}: string = ${round};\n`;
    const { diagnostics, ms } = await pool.run({ type: 'file', project, file, texts: { [file]: text } });
    const warm = Math.max(10, cpuOf(first.pid) - before);
    const cold = coldTsc(project);
    const found = diagnostics.length;
    console.log(
      `edited file: cold ${cold} ms CPU, warm ${warm} (${Math.round(ms)} wall, ${found} errors): ${ratio(cold, warm)} times`,
    );
  }
  await pool.destroy();
}

function ratio(one, other) {
  return (one / other).toFixed(2);
}

async function compare(title, size, inFlight) {
  for (let round = 1; round <= ROUNDS; round++) {
    const sides = [
      ['pool', onPool],
      ['piscina', onPiscina],
    ];
    const cost = {};
    for (const [name, run] of round % 2 ? sides : sides.reverse()) cost[name] = await run(size, inFlight);
    const { pool, piscina } = cost;
    console.log(
      `${title}: servers ${pool.started} and piscina ${piscina.started}, errors ${pool.errors} and ${piscina.errors}, ` +
        `CPU ${pool.cpu} and ${piscina.cpu} (${ratio(piscina.cpu, pool.cpu)} times), ` +
        `wall ${pool.wall} and ${piscina.wall} (${ratio(piscina.wall, pool.wall)} times)`,
    );
  }
}

await editedFile();
await compare('3 projects, 3 workers, 3 in flight', 3, 3);
await compare('3 projects, 2 workers, 2 in flight', 2, 2);
