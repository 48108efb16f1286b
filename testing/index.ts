/**
 * Generates model tests from the chart of a kind, and runs them on real pools.
 *
 * @module statepool/testing
 */

export type { KindExamples } from '../kinds/kind.ts';
export { ChartError } from '../machines/chart-error.ts';
export type { ChartMeta, ChartState, ChartTransition, KindChart } from '../machines/kind-chart.ts';
export { type Bisimulation, bisimulate } from './bisimulate.ts';
export type { Coverage, Mode } from './cover.ts';
export { type KindPaths, kindPaths } from './kind-paths.ts';
export { type Path, PathError, type PathOptions, type PathStep, type Paths } from './paths.ts';
export { type PoolPathOptions, type PoolPaths, poolPaths } from './pool-paths.ts';
export { type PathsReport, type RunPathsOptions, runAll, runPaths } from './run-paths.ts';
