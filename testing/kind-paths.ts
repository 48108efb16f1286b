import { createMachine } from 'xstate';
import { UsageError } from '../actors/errors.ts';
import type { Kind, KindTypes } from '../kinds/kind.ts';
import type { ChartedKind } from '../machines/chart-row.ts';
import { type ChartMeta, type KindChart, kindChart } from '../machines/kind-chart.ts';
import { type Coverage, coverageOf, MODES, type Mode, pathsOf } from './cover.ts';
import { type Edge, graphOf, without } from './graph.ts';
import { canShow, KindRun } from './kind-run.ts';
import { STAGE_HOSTS, type StageHost } from './stage.ts';
import { Stages } from './stages.ts';

/** Which paths, and where they run. */
export interface PathOptions {
  /** Every transition, every pair of transitions in a row, the shortest way to each, or walks by chance. @default 'edges' */
  readonly mode?: Mode;
  /** Where the workers run. `inline` shows everything but deaths, `simulated` has no workers at all. @default 'process' */
  readonly host?: StageHost;
  /** Where the chance of walks begins. @default 1 */
  readonly seed?: number;
  /** The most steps of a path. @default 40 */
  readonly length?: number;
  /** The most paths; how many walks. @default all, 20 walks */
  readonly limit?: number;
  /** A part of the paths: `2/3` is the second third. @default all */
  readonly shard?: string;
  /** Only the path of that number, counted from 1. @default all */
  readonly only?: number;
}

/** One step of a path. */
export interface PathStep {
  readonly event: string;
  readonly from: string;
  readonly to: string;
  /** What becomes of worker and task, in a few words. */
  readonly description: string;
}

/** One path through a kind's chart. */
export interface KindPath {
  /** Counted from 1 among the paths of its mode. */
  readonly number: number;
  /** `proof pairs 7: give check, answer sat, ...`: unique among the paths of one call. */
  readonly title: string;
  readonly steps: readonly PathStep[];
  /** Walks it on real workers that do as they are told. @throws {PathError} naming the step at which the pool did otherwise */
  run(onStep?: (step: number) => void): Promise<void>;
}

/** Paths that belong together: chosen by the same options from the same chart. */
export interface KindPaths extends ReadonlyArray<KindPath> {
  readonly chart: KindChart;
  /** What all of them cover of the chart, as far as the host can show it. */
  readonly coverage: Coverage;
  /** What some of them cover. */
  coverageOf(paths: Iterable<KindPath>): Coverage;
}

/** The pool did something else than the chart says. */
export class PathError extends Error {
  override readonly name = 'PathError';
  readonly code = 'PATH';
  readonly path: KindPath;
  /** The step that failed, counted from 0. */
  readonly step: number;

  constructor(path: KindPath, step: number, cause: Error) {
    const steps = path.steps.map(({ event, to }, i) => `${i === step ? ' -> ' : '    '}${event}  =>  ${to}`);
    const end = step < path.steps.length ? [] : [' -> the end of the path'];
    super(`${path.title}\n${[...steps, ...end].join('\n')}\n${cause.message}`, { cause });
    this.path = path;
    this.step = step;
  }
}

/** Pools that run at the same time. */
const LANES = 2;
const WALKS = 20;

/**
 * The paths through the chart of a kind: the model tests of what its `taskMatch`, `requestOfTask` and `useResponse` say.
 * They are generated from its `examples`; each runs on a real pool, with workers that answer, throw, die and hang as the
 * path says.
 *
 * @throws {ChartError} where the examples are no finite abstraction of the kind
 * @throws {UsageError} where an option is wrong: names it, its value and what is legal
 *
 * @example
 * for (const path of kindPaths(kind)) test(path.title, () => path.run());
 */
export function kindPaths<X extends KindTypes>(kind: Kind<X>, options: PathOptions = {}): KindPaths {
  const { mode, host, seed, length, limit, shard, only } = filled(options);
  const chart = kindChart(kind as ChartedKind);
  const whole = graphOf(createMachine(structuredClone(chart) as never));
  const graph = without(whole, ({ event }) => !canShow(host, event));
  const stages = new Stages(kind as ChartedKind, host, LANES);
  const edges = new Map<KindPath, readonly Edge[]>();
  const all = pathsOf(graph, mode, { length, seed, walks: limit ?? WALKS }).map((steps, i) => {
    const path = pathOf(kind.name, mode, i + 1, steps, chart, stages);
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
  const of = (paths: Iterable<KindPath>) =>
    coverageOf(
      graph,
      [...paths].map((path) => edges.get(path) ?? []),
    );
  return Object.assign(chosen, { chart, coverage: of(chosen), coverageOf: of });
}

function pathOf(
  kind: string,
  mode: Mode,
  number: number,
  edges: readonly Edge[],
  chart: KindChart,
  stages: Stages,
): KindPath {
  const metas = edges.map((edge) => transitionOf(chart, edge));
  const path: KindPath = {
    number,
    title: `${kind} ${mode} ${number}: ${titleOf(edges)}`,
    steps: edges.map(({ event, from, to }, i) => ({ event, from, to, description: metas[i]?.description ?? '' })),
    run: (onStep) =>
      stages.use(async (stage) => {
        let step = 0;
        try {
          await stage.ready('the worker starts');
          const run = new KindRun(stage, number);
          for (; step < edges.length; step++) {
            onStep?.(step);
            await run.step(edges[step] as Edge, metas[step]?.meta as ChartMeta);
          }
          await run.end();
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

function transitionOf(chart: KindChart, { from, event }: Edge) {
  const [group, ...rest] = from.split('.') as [string, ...string[]];
  const top = chart.states[group];
  const state = rest.length === 0 ? top : top?.states?.[rest.join('.')];
  return state?.on?.[event]?.[0];
}

function filled(options: PathOptions) {
  const { mode = 'edges', host = 'process', seed = 1, length = 40, limit, shard = '1/1', only } = options;
  if (!MODES.includes(mode)) throw new UsageError(`mode is ${String(mode)}: it must be one of ${MODES.join(', ')}`);
  if (!STAGE_HOSTS.includes(host)) {
    throw new UsageError(`host is ${String(host)}: it must be one of ${STAGE_HOSTS.join(', ')}`);
  }
  for (const [name, value] of Object.entries({ seed, length, limit, only })) {
    const least = name === 'seed' ? 0 : 1;
    if (value === undefined || (Number.isSafeInteger(value) && value >= least)) continue;
    throw new UsageError(`${name} is ${String(value)}: it must be a whole number of at least ${least}`);
  }
  const [, part, parts] = /^(\d+)\/(\d+)$/.exec(shard)?.map(Number) ?? [];
  if (!(part !== undefined && parts !== undefined && part >= 1 && part <= parts)) {
    throw new UsageError(`shard is ${shard}: it must be a part and a number of parts, such as 1/3`);
  }
  return { mode, host, seed, length, limit, only, shard: [part, parts] as const };
}
