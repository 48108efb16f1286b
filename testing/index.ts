export type { KindExamples } from '../kinds/kind.ts';
export { ChartError } from '../machines/chart-error.ts';
export type { ChartMeta, ChartState, ChartTransition, KindChart } from '../machines/kind-chart.ts';
export { type Bisimulation, bisimulate } from './bisimulate.ts';
export type { Coverage, Mode } from './cover.ts';
export { type KindPath, type KindPaths, kindPaths, PathError, type PathOptions, type PathStep } from './kind-paths.ts';
export { type PathsReport, type RunPathsOptions, runPaths } from './run-paths.ts';
