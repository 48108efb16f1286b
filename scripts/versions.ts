/** Checks the machines and the planned steps on several versions of XState. Exit code 1: one version differs. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as Planned from '../machines/plan/plan.ts';
import type * as Worker from '../machines/worker.ts';
import { compareMachine, newTally, type Tally, underParent } from '../tests/support/plan-compare.ts';
import type { Lib } from '../tests/support/plan-machines.ts';
import { compareSupervisors, type PoolMachines } from '../tests/support/plan-supervisors.ts';
import { compareWorkers } from '../tests/support/plan-workers.ts';

/** The number of random events to machines, and of as many to workers and to supervisors. */
const EVENTS = 20_000;
/** The number of versions between the oldest and the newest. */
const BETWEEN = 3;

const root = fileURLToPath(new URL('..', import.meta.url));
const named = process.argv.slice(2);
if (named.some((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))) {
  process.stderr.write('versions: they look like 5.33.3\n');
  process.exit(2);
}
for (const version of named.length > 0 ? named : chosenOf(inRange(rangeOf()))) {
  if (!(await tryVersion(version))) process.exitCode = 1;
}

/** Returns the range of XState that the package supports, or builds on. */
function rangeOf(): string {
  const { peerDependencies, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    peerDependencies?: { xstate?: string };
    dependencies: { xstate: string };
  };
  return peerDependencies?.xstate ?? dependencies.xstate;
}

/** Returns the released versions in a range, oldest first. */
function inRange(range: string): string[] {
  const found = JSON.parse(npm(root, 'view', `xstate@${range}`, 'version', '--json')) as string | string[];
  const numbers = (version: string) => version.split('.').map(Number) as [number, number, number];
  return [found]
    .flat()
    .filter((version) => /^\d+\.\d+\.\d+$/.test(version))
    .sort((a, b) => {
      const [left, right] = [numbers(a), numbers(b)];
      return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
    });
}

/** Chooses the oldest, the newest and a few between. */
function chosenOf(versions: readonly string[]): string[] {
  const step = (versions.length - 1) / (BETWEEN + 1);
  const indices = Array.from({ length: BETWEEN + 2 }, (_, i) => Math.round(i * step));
  return [...new Set(indices)].map((index) => versions[index] as string);
}

/** Compares everything on one version, in a folder where the built machines find it, and reports the result. */
async function tryVersion(version: string): Promise<boolean> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'statepool-xstate-')));
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }));
    npm(folder, 'install', '--no-audit', '--no-fund', '--no-package-lock', `xstate@${version}`);
    const { version: installed } = JSON.parse(readFileSync(join(folder, 'node_modules/xstate/package.json'), 'utf8'));
    if (installed !== version) throw new Error(`npm installed ${installed}`);
    mkdirSync(join(folder, 'dist'));
    cpSync(join(root, 'dist/machines'), join(folder, 'dist/machines'), { recursive: true });
    writeFileSync(join(folder, 'xstate.js'), "export * from 'xstate';\n");
    const lib = (await load(folder, 'xstate')) as Lib;
    const machines = await machinesOf(folder);
    const byChance = newTally();
    for (let seed = 1; byChance.events < EVENTS && byChance.differences.length === 0; seed++)
      compareMachine(lib, machines, seed, byChance);
    const workers = compareWorkers(lib, machines, EVENTS);
    const supervisors = compareSupervisors(lib, machines, EVENTS);
    return report(version, byChance, workers, supervisors, lifeOf(lib, machines));
  } catch (error) {
    say(`${version.padEnd(8)} fails: ${(error as Error).message.split('\n')[0]}`);
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function machinesOf(folder: string): Promise<PoolMachines> {
  const files = [
    'queue/entry',
    'queue/task-queue',
    'state/matching',
    'state/pool-state',
    'state/seat',
    'rules/take',
    'plan/plan',
    'plan/steps',
    'worker',
    'supervisor',
  ];
  const modules = await Promise.all(files.map((file) => load(folder, `dist/machines/${file}`)));
  return Object.assign({}, ...modules) as PoolMachines;
}

function load(folder: string, path: string): Promise<object> {
  return import(pathToFileURL(join(folder, `${path}.js`)).href) as Promise<object>;
}

/** Runs one worker from start to end and returns its states, or the error in them. */
function lifeOf(lib: Lib, { planSteps, loadWorkerMachine }: typeof Planned & typeof Worker): string {
  const log: string[] = [];
  const guards = { hasNextWith: () => false, hasNext: () => true, isFresh: () => false };
  const machine = planSteps(loadWorkerMachine().provide({ guards, actions: { learn: () => {} } }), () => false);
  const actor = underParent(lib, machine, log, { input: { seat: { id: 'w' } } });
  const states = ['ready', 'dispatch', 'keep', 'stay', 'dispatch', 'keep', 'keep', 'exit'].map((type) => {
    actor.send({ type });
    return (actor.getSnapshot() as { value: string }).value;
  });
  return states.join(' ');
}

function report(version: string, byChance: Tally, workers: Tally, supervisors: Tally, life: string): boolean {
  const tallies = [byChance, workers, supervisors];
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  const differences = tallies.flatMap((tally) => tally.differences);
  const isRight = differences.length === 0 && life === 'fresh busy busy old busy busy busy dead';
  say(
    `${version.padEnd(8)} ${isRight ? 'agrees ' : 'DIFFERS'}  ${sum(({ pairs }) => pairs)} pairs planned, ` +
      `${workers.pairs} of them a worker's, ${supervisors.pairs} a supervisor's; ${sum(({ agreed }) => agreed)} of ${sum(({ events }) => events)} events agreed, ` +
      `${sum(({ planned }) => planned)} of them planned`,
  );
  for (const difference of differences) say(difference);
  if (!isRight && differences.length === 0) say(`a worker's life was ${life}`);
  return isRight;
}

function npm(cwd: string, ...args: string[]): string {
  // Needs a shell only on Windows, where npm is a script. No argument contains a space.
  const shell = process.platform === 'win32';
  return execFileSync('npm', args, { cwd, shell, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
