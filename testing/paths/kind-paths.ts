import { createMachine } from 'xstate';
import type { Kind, KindTypes } from '../../kinds/kind.ts';
import type { ChartedKind } from '../../machines/kind-chart/chart-row.ts';
import {
  type ChartMeta,
  type ChartTransition,
  type KindChart,
  kindChart,
} from '../../machines/kind-chart/kind-chart.ts';
import { type Edge, graphOf, without } from '../graph/graph.ts';
import { canShow, KindRun } from '../run/kind-run.ts';
import { TestPools } from '../run/test-pools.ts';
import { choosePaths, hostOf, type PathOptions, type Paths } from './paths.ts';

/** The paths share pools: a later path does not pay for the start of a pool. */
const POOLS = { parallel: 2, size: 1, paths: 25 };

/** The paths through a kind's chart, and the chart. */
export interface KindPaths extends Paths {
  readonly chart: KindChart;
}

/**
 * Makes the paths through the chart of a kind: model tests of its `taskMatch`, `requestOfTask` and `useResponse`.
 * Generates them from the kind's `examples`. Each path runs on a real pool, with workers that answer, throw, die and
 * hang as the path says.
 *
 * @throws {ChartError} when the examples are no finite abstraction of the kind
 * @throws {UsageError} when an option is wrong: names it, its value and the legal values
 *
 * @example
 * import { kindPaths } from 'statepool/testing';
 *
 * for (const path of kindPaths(kind)) test(path.title, () => path.run());
 */
export function kindPaths<X extends KindTypes>(kind: Kind<X>, options: PathOptions = {}): KindPaths {
  const host = hostOf(options);
  const chart = kindChart(kind as ChartedKind);
  const graph = graphOf(createMachine(structuredClone(chart) as never));
  const paths = choosePaths(
    {
      name: kind.name,
      graph: without(graph, ({ event }) => !canShow(host, event)),
      pools: new TestPools(kind as ChartedKind, host, POOLS),
      describe: (edge) => transitionOf(chart, edge)?.description ?? '',
      async begin(testPool, number) {
        const run = new KindRun(testPool, number);
        return {
          step: (edge) => run.step(edge, transitionOf(chart, edge)?.meta as ChartMeta),
          end: () => run.end(),
        };
      },
    },
    options,
  );
  return Object.assign(paths, { chart });
}

function transitionOf(chart: KindChart, { from, event }: Edge): ChartTransition | undefined {
  const [group, ...rest] = from.split('.') as [string, ...string[]];
  const top = chart.states[group];
  const state = rest.length === 0 ? top : top?.states?.[rest.join('.')];
  return state?.on?.[event]?.[0];
}
