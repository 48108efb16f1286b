/**
 * Generates model tests from the chart of a kind, and runs them on real pools.
 *
 * @module statepool/testing
 */

export type { KindExamples } from '../kinds/kind.ts';
export { ChartError } from '../machines/kind-chart/chart-error.ts';
export type { ChartMeta, ChartState, ChartTransition, KindChart } from '../machines/kind-chart/kind-chart.ts';
export type { Coverage, Mode } from './graph/cover.ts';
export { type KindPaths, kindPaths } from './paths/kind-paths.ts';
export { type Path, PathError, type PathOptions, type PathStep, type Paths } from './paths/paths.ts';
export { type PoolPathOptions, type PoolPaths, poolPaths } from './paths/pool-paths.ts';
export { type PathsReport, type RunPathsOptions, runAll, runPaths } from './paths/run-paths.ts';
export { type Bisimulation, bisimulate } from './run/bisimulate.ts';
