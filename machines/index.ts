/**
 * Holds the statecharts of a pool and its workers, the rules behind them, and the chart of any kind.
 *
 * @module statepool/machines
 */

export { ChartError } from './kind-chart/chart-error.ts';
export type { ChartMeta, ChartState, ChartTransition, KindChart } from './kind-chart/kind-chart.ts';
export { kindChart } from './kind-chart/kind-chart.ts';
export { decide } from './rules/decide.ts';
export type { SupervisorEvent } from './state/supervisor-events.ts';
export type { WorkerEvent } from './state/worker-events.ts';
export type { Announcement } from './supervisor.ts';
export { supervisorMachine } from './supervisor.ts';
export type { WorkerInput } from './worker.ts';
export { workerMachine } from './worker.ts';
