import { UsageError } from '../../actors/index.ts';
import { quoted } from '../../actors/tooling.ts';
import { type Coverage, coverageOf, MODES, type Mode, pathsOf } from '../graph/cover.ts';
import type { Edge, Graph } from '../graph/graph.ts';
import { TEST_HOSTS, type TestHost, type TestPool } from '../run/test-pool.ts';
import type { TestPools } from '../run/test-pools.ts';

/** Options that choose the paths and the host on which they run. */
export interface PathOptions {
  /**
   * The choice of paths: every transition, every pair of transitions in a row, the shortest way to each, or random
   * walks. @default 'edges'
   */
  readonly mode?: Mode;
  /**
   * The host of the workers. `inline` shows everything but deaths, `simulated` has no workers at all. @default
   * 'process'
   */
  readonly host?: TestHost;
  /** The seed of the random walks. @default 1 */
  readonly seed?: number;
  /** The most steps of a path. @default 40 */
  readonly length?: number;
  /** The most paths, or the number of walks. @default all, 20 walks */
  readonly limit?: number;
  /** A part of the paths: `2/3` is the second third. @default all */
  readonly shard?: string;
  /** The number of the only path to run, counted from 1. @default all */
  readonly only?: number;
}

/** A step of a path. */
export interface PathStep {
  /** The event, such as `give check` or `answer sat`. */
  readonly event: string;
  /** The state before it. */
  readonly from: string;
  /** The state after it. */
  readonly to: string;
  /** The outcome of the step, in a few words. */
  readonly description: string;
}

/** A path through a statechart. */
export interface Path {
  /** The number of the path, from 1 among the paths of its mode. */
  readonly number: number;
  /** The title, unique among the paths of one call: `proof pairs 7: give check, answer sat, ...`. */
  readonly title: string;
  readonly steps: readonly PathStep[];
  /**
   * Runs the path on real workers that follow instructions. @throws {PathError} naming the step at which the pool did
   * otherwise
   */
  run(onStep?: (step: number) => void): Promise<void>;
}

/** The paths that the same options chose from the same chart. */
export interface Paths extends ReadonlyArray<Path> {
  readonly mode: Mode;
  /** The coverage of the chart by all these paths, as far as the host can show it. */
  readonly coverage: Coverage;
  /** Counts the coverage of the chart by some of these paths. */
  coverageOf(paths: Iterable<Path>): Coverage;
}

/** The error of a path whose pool did not do what the chart says. */
export class PathError extends Error {
  override readonly name = 'PathError';
  readonly code = 'PATH';
  /** The path that failed. */
  readonly path: Path;
  /** The step that failed, counted from 0. */
  readonly step: number;

  constructor(path: Path, step: number, cause: Error) {
    const steps = path.steps.map(({ event, to }, i) => `${i === step ? ' -> ' : '    '}${event}  =>  ${to}`);
    const end = step < path.steps.length ? [] : [' -> the end of the path'];
    super(`${path.title}\n${[...steps, ...end].join('\n')}\n${cause.message}`, { cause });
    this.path = path;
    this.step = step;
  }
}

/** A walk along one path: its steps, then its end. */
interface Walk {
  step(edge: Edge, index: number): Promise<void>;
  end(): Promise<void>;
}

/** The source from which paths are made. */
export interface PathSource {
  /** The beginning of each title. */
  readonly name: string;
  readonly graph: Graph;
  readonly pools: TestPools;
  describe(edge: Edge): string;
  /** Begins a walk on a pool whose workers have started. */
  begin(testPool: TestPool, number: number): Promise<Walk>;
}

const WALKS = 20;

/**
 * Returns the paths of a source that the options choose. @throws {UsageError} when an option is wrong: names it, its
 * value and the legal values
 */
export function choosePaths(source: PathSource, options: PathOptions): Paths {
  const { mode, seed, length, limit, shard, only } = filled(options);
  const edges = new Map<Path, readonly Edge[]>();
  const all = pathsOf(source.graph, mode, { length, seed, walks: limit ?? WALKS }).map((steps, i) => {
    const path = pathOf(source, mode, i + 1, steps);
    edges.set(path, steps);
    return path;
  });
  const [part, parts] = shard;
  const chosen = all
    .filter(({ number }) => only === undefined || number === only)
    .filter(({ number }) => (number - 1) % parts === part - 1)
    .slice(0, limit);
  if (only !== undefined && chosen.length === 0) {
    throw new UsageError(`there is no path ${only}: there are ${all.length} of the mode ${mode}, counted from 1`);
  }
  const of = (paths: Iterable<Path>) =>
    coverageOf(
      source.graph,
      [...paths].map((path) => edges.get(path) ?? []),
    );
  return Object.assign(chosen, { mode, coverage: of(chosen), coverageOf: of });
}

/** Returns the host that the options name. @throws {UsageError} when no host has that name */
export function hostOf({ host = 'process' }: PathOptions): TestHost {
  if (TEST_HOSTS.includes(host)) return host;
  throw new UsageError(`host is ${quoted(host)}: it must be one of ${TEST_HOSTS.join(', ')}`);
}

function pathOf(source: PathSource, mode: Mode, number: number, edges: readonly Edge[]): Path {
  const path: Path = {
    number,
    title: `${source.name} ${mode} ${number}: ${titleOf(edges)}`,
    steps: edges.map((edge) => ({
      event: edge.event,
      from: edge.from,
      to: edge.to,
      description: source.describe(edge),
    })),
    run: (onStep) =>
      source.pools.use(async (testPool) => {
        let step = 0;
        try {
          await testPool.ready('the workers start');
          const walk = await source.begin(testPool, number);
          for (; step < edges.length; step++) {
            onStep?.(step);
            await walk.step(edges[step] as Edge, step);
          }
          await walk.end();
        } catch (error) {
          throw new PathError(path, step, error as Error);
        }
      }),
  };
  return path;
}

function titleOf(edges: readonly Edge[]): string {
  const events = edges.map(({ event }) => event);
  if (events.length <= 8) return events.join(', ');
  return `${events.slice(0, 6).join(', ')}, ... ${events.at(-1)} (${events.length} steps)`;
}

function filled(options: PathOptions) {
  const { mode = 'edges', seed = 1, length = 40, limit, shard = '1/1', only } = options;
  if (!MODES.includes(mode)) throw new UsageError(`mode is ${quoted(mode)}: it must be one of ${MODES.join(', ')}`);
  for (const [name, value] of Object.entries({ seed, length, limit, only })) {
    const least = name === 'seed' ? 0 : 1;
    if (value === undefined || (Number.isSafeInteger(value) && value >= least)) continue;
    throw new UsageError(`${name} is ${quoted(value)}: it must be a whole number of at least ${least}`);
  }
  const [, part, parts] = /^(\d+)\/(\d+)$/.exec(shard)?.map(Number) ?? [];
  if (!(part !== undefined && parts !== undefined && part >= 1 && part <= parts)) {
    throw new UsageError(`shard is ${quoted(shard)}: it must be a part and a number of parts, such as 1/3`);
  }
  return { mode, seed, length, limit, only, shard: [part, parts] as const };
}
