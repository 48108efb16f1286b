import type { AnyKind } from '../actors/tooling.ts';
import { loadKind } from '../actors/tooling.ts';
import { exploreAsync } from '../testing/exploring/explore-async.ts';
import { ledger } from '../testing/exploring/ledger.ts';
import { sampleKind } from '../testing/exploring/sample-kind.ts';
import {
  bisimulate,
  type Coverage,
  kindPaths,
  type Path,
  type PathError,
  type PathOptions,
  type Paths,
  poolPaths,
  runAll,
} from '../testing/index.ts';
import { SHIPPED, urlOfKind } from './flags/kind-url.ts';
import { complain, failWith } from './terminal/exit.ts';
import { BAD_INPUT, SOME_FAILED } from './terminal/exit-codes.ts';
import { Progress } from './terminal/progress.ts';
import { note, print } from './terminal/terminal.ts';

/** The flags of `statepool paths`. */
export interface PathsFlags extends PathOptions {
  readonly kind?: string;
  /** The number of workers of the pool, only for `supervisor`. */
  readonly size?: number;
  readonly list: boolean;
  /** Walks all paths, on processes and on threads. */
  readonly all?: boolean;
}

/** The bounds for the search through every order of delivery. */
const ORDERS = [
  { size: 1, tasks: 2, faults: 2 },
  { size: 2, tasks: 2, faults: 1 },
];

/**
 * Walks the paths of some statecharts on real workers. Sets the exit code: 0, 1 if some path failed, 2 for bad input.
 */
export async function paths(name: string | undefined, flags: PathsFlags): Promise<void> {
  const { kind, list, all, ...options } = flags;
  if (name !== undefined && kind !== undefined && name !== kind) {
    return complain(`${name} and --kind ${kind} name two kinds: name only one`);
  }
  if (all) return walkAll();
  const chosen = name ?? kind;
  for (const each of chosen === undefined ? [...SHIPPED, 'worker', 'supervisor'] : [chosen]) {
    if (!(await walk(each, options, list))) return;
  }
}

/**
 * Does the long job: every pair of transitions of each chart, every transition of the pool, every order of delivery.
 */
async function walkAll(): Promise<void> {
  for (const host of ['process', 'thread'] as const) {
    print(`on ${host === 'process' ? 'processes' : 'threads'}\n`);
    for (const name of [...SHIPPED, 'worker']) await walk(name, { host, mode: 'pairs' }, false);
    await walk('supervisor', { host }, false);
    await walk('supervisor', { host, size: 3, mode: 'walk', limit: 10, length: 60 }, false);
  }
  for (const { size, ...bounds } of ORDERS) {
    const { states, transitions } = exploreAsync(sampleKind, size, bounds);
    const what = `${size} workers, ${bounds.tasks} tasks, ${bounds.faults} faults`;
    print(`${what}, every order of delivery: the invariants hold in ${states} states and ${transitions} transitions\n`);
  }
}

/** Walks the paths of one chart. Returns `false` for bad input: the command then stops. */
async function walk(
  name: string,
  { size, ...options }: PathOptions & { size?: number },
  isList: boolean,
): Promise<boolean> {
  let found: Paths;
  let charted: AnyKind | undefined;
  try {
    if (name !== 'supervisor' && size !== undefined)
      throw new Error('--size works only with supervisor: the paths of a kind use one worker');
    charted = name === 'supervisor' ? undefined : name === 'worker' ? ledger : await loadKind(urlOfKind(name));
    found =
      charted === undefined
        ? poolPaths({ ...options, ...(size === undefined ? {} : { size }) })
        : kindPaths(charted, options);
  } catch (error) {
    if (error instanceof Error && 'code' in error) failWith(error);
    else complain(error);
    return false;
  }
  if (isList) {
    for (const path of found) print(`${path.number} ${path.title}\n`);
    print(`${sum(name, found.coverage, found.length)}\n`);
    return true;
  }
  if (charted !== undefined) await compare(name, charted);
  await run(name, found, { ...options, ...(size === undefined ? {} : { size }) });
  return process.exitCode !== BAD_INPUT;
}

async function compare(name: string, kind: AnyKind): Promise<void> {
  const { states, transitions, differences } = await bisimulate(kind);
  for (const difference of differences) print(`${name}: ${difference}\n`);
  if (differences.length > 0) process.exitCode = SOME_FAILED;
  else print(`${name}: the worker's machine has the chart's ${states} states and ${transitions} transitions\n`);
}

async function run(name: string, found: Paths, options: PathOptions & { size?: number }): Promise<void> {
  const progress = await Progress.start(name, found.length);
  const isAlone = found.length === 1;
  const { coverage, failures } = await runAll(found, {
    onStep(path, step) {
      if (!isAlone) return;
      const { event, to, description } = path.steps[step] as Path['steps'][number];
      print(`  ${event}  =>  ${to}${description === '' ? '' : `   (${description})`}\n`);
    },
    onPath(path, error) {
      progress.step('');
      if (error === undefined) return;
      report(error, `statepool paths ${name} ${flagsOf(options, path.number)}`);
    },
  });
  progress.stop();
  print(`${sum(name, coverage, found.length)}${failures.length === 0 ? '' : `, ${failures.length} failed`}\n`);
  if (failures.length > 0) process.exitCode = SOME_FAILED;
}

function report(error: PathError, replay: string): void {
  print(`failed: ${error.message}\n`);
  note(`again: ${replay}`);
}

function flagsOf(options: PathOptions & { size?: number }, only: number): string {
  const { shard: _, limit, mode, ...rest } = options;
  const walks = mode === 'walk' && limit !== undefined ? { limit } : {};
  const all = { mode, ...walks, ...rest, only };
  return Object.entries(all)
    .flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag} ${value}`]))
    .join(' ');
}

function sum(name: string, { states, transitions, pairs }: Coverage, paths: number): string {
  const part = ([covered, all]: readonly [number, number], what: string) => `${covered}/${all} ${what}`;
  return `${name} ${part(states, 'states')} ${part(transitions, 'transitions')} ${part(pairs, 'pairs')}, ${paths} paths`;
}
